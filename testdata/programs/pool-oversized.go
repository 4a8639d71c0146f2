// Statement printer. Each statement is printed into a buffer from a sync.Pool; one in a hundred is of a large company
// and takes a megabyte.
// LEAK: a buffer goes back into the pool however large it has become, and so ever more of them are large.
package main

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"time"
)

type printer struct {
	buffers sync.Pool // of *bytes.Buffer
}

var line = bytes.Repeat([]byte("2026-11-23  booking            12.00\n"), 28)

func main() {
	recorder := openRecorder()
	startShop(1)
	p := &printer{buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
	steadily(150, func() {
		lines := 4
		if rand.IntN(100) == 0 {
			lines = 900
		}
		go p.print(lines)
	})
	recorder.run()
}

func (p *printer) print(lines int) int {
	buffer := p.buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	for range lines {
		buffer.Write(line)
	}
	time.Sleep(time.Duration(700+rand.IntN(200)) * time.Millisecond) // the printer
	length := buffer.Len()
	p.buffers.Put(buffer)
	return length
}
