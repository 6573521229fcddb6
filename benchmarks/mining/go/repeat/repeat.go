// Package repeat is the main function that the programs share.
package repeat

import (
	"fmt"
	"os"
	"strconv"
)

// Main calls once as often as the first argument says, once without one, and prints the sum of what it returns.
func Main(once func() int) {
	iterations := 1
	if len(os.Args) > 1 {
		iterations, _ = strconv.Atoi(os.Args[1])
	}
	sum := 0
	for i := 0; i < iterations; i++ {
		sum += once()
	}
	fmt.Println(sum)
}
