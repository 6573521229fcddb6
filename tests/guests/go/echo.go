// Echoes to as many clients as its argument says, on the listener that it was given as descriptor 3: each in a goroutine
// of its own, until the client has ended its side.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
)

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	clients, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fail(err)
	}
	listener, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		fail(err)
	}
	var all sync.WaitGroup
	for i := 0; i < clients; i++ {
		conn, err := listener.Accept()
		if err != nil {
			fail(err)
		}
		all.Add(1)
		go func() {
			defer all.Done()
			defer conn.Close()
			if _, err := io.Copy(conn, conn); err != nil {
				fail(err)
			}
		}()
	}
	all.Wait()
	fmt.Printf("served %d clients\n", clients)
}
