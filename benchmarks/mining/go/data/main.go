// Slices, maps, heaps, big numbers, interfaces, goroutines and channels, hashes, compression, float arithmetic.
package main

import (
	"bytes"
	"compress/flate"
	"container/heap"
	"container/list"
	"crypto/aes"
	"crypto/md5"
	"hash/fnv"
	"io"
	"math"
	"math/big"
	"slices"

	"mining/repeat"
)

type shape interface {
	area() float64
}
type circle struct{ r float64 }
type box struct{ w, h float64 }

func (c circle) area() float64 { return math.Pi * c.r * c.r }
func (b *box) area() float64   { return b.w * b.h }

type item struct{ node, distance int }
type queue []item

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].distance < q[j].distance }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(item)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

type tree struct {
	left, right *tree
	key         int
}

func (t *tree) insert(key int) *tree {
	if t == nil {
		return &tree{nil, nil, key}
	}
	if key < t.key {
		t.left = t.left.insert(key)
	} else {
		t.right = t.right.insert(key)
	}
	return t
}

func (t *tree) walk(call func(int)) {
	if t != nil {
		t.left.walk(call)
		call(t.key)
		t.right.walk(call)
	}
}

func paths(number func() int) int {
	graph := map[int][]item{}
	for i := 0; i < 900; i++ {
		from := number() % 200
		graph[from] = append(graph[from], item{number() % 200, 1 + number()%50})
	}
	distances := map[int]int{0: 0}
	q := &queue{{0, 0}}
	for q.Len() > 0 {
		at := heap.Pop(q).(item)
		if at.distance > distances[at.node] {
			continue
		}
		for _, edge := range graph[at.node] {
			d := at.distance + edge.distance
			if known, ok := distances[edge.node]; !ok || d < known {
				distances[edge.node] = d
				heap.Push(q, item{edge.node, d})
			}
		}
	}
	sum := 0
	for _, d := range distances {
		sum += d
	}
	return sum
}

func product(n int) float64 {
	a, b := make([][]float64, n), make([][]float64, n)
	for i := range a {
		a[i], b[i] = make([]float64, n), make([]float64, n)
		for j := range a[i] {
			a[i][j], b[i][j] = float64(i*j%7), float64(i+j)
		}
	}
	trace := 0.0
	for i := range a {
		for j := range b {
			sum := 0.0
			for k := range b {
				sum += a[i][k] * b[k][j]
			}
			if i == j {
				trace += sum
			}
		}
	}
	return trace
}

func once() int {
	seed := uint32(12345)
	number := func() int { seed = seed*1664525 + 1013904223; return int(seed >> 8) }
	sum := paths(number)
	numbers := make([]int, 2000)
	for i := range numbers {
		numbers[i] = number() % 100000
	}
	var root *tree
	for _, n := range numbers[:700] {
		root = root.insert(n)
	}
	root.walk(func(key int) { sum += key & 7 })
	slices.Sort(numbers)
	at, _ := slices.BinarySearch(numbers, 50000)
	sum += at
	shapes := []shape{}
	for i := 0; i < 300; i++ {
		if i%3 == 0 {
			shapes = append(shapes, circle{float64(i)})
		} else {
			shapes = append(shapes, &box{float64(i), 2})
		}
	}
	area := 0.0
	for _, s := range shapes {
		area += s.area()
	}
	sum += int(area) % 1000
	factorial := big.NewInt(1)
	for i := int64(2); i < 120; i++ {
		factorial.Mul(factorial, big.NewInt(i))
	}
	sum += len(factorial.String())
	channel := make(chan int, 4)
	go func() {
		for i := 0; i < 200; i++ {
			channel <- i
		}
		close(channel)
	}()
	for i := range channel {
		sum += i
	}
	l := list.New()
	for i := 0; i < 300; i++ {
		l.PushFront(i)
	}
	for e := l.Front(); e != nil; e = e.Next() {
		sum += e.Value.(int) % 3
	}
	data := make([]byte, 4096)
	for i := range data {
		data[i] = byte(number()>>4&15) + 'a'
	}
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, 6)
	w.Write(data)
	w.Close()
	back, _ := io.ReadAll(flate.NewReader(bytes.NewReader(packed.Bytes())))
	hash := fnv.New32a()
	hash.Write(back)
	digest := md5.Sum(back)
	block, _ := aes.NewCipher(data[:16])
	for i := 0; i+16 <= 1024; i += 16 {
		block.Encrypt(data[i:], data[i:])
	}
	grid := [64][64]bool{}
	for step := 2; step < 64; step++ {
		for i := step; i < 4096; i += step {
			grid[i/64][i%64] = !grid[i/64][i%64]
		}
	}
	if grid[3][3] {
		sum++
	}
	return sum + int(hash.Sum32()&1023) + int(digest[3]) + int(data[9]) + int(product(28))
}

func main() { repeat.Main(once) }
