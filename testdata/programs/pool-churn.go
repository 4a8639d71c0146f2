// Compressor. Its buffers come from a sync.Pool and go back there.
// BENIGN: the pool gives up what nobody took for two garbage collections. Allocation goes on all the time.
package main

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"time"
)

type compressor struct {
	buffers sync.Pool // of *bytes.Buffer
}

func main() {
	recorder := openRecorder()
	startShop(1)
	c := &compressor{buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
	steadily(60, func() { go c.compress(16<<10 + rand.IntN(96<<10)) })
	recorder.run()
}

func (c *compressor) compress(size int) int {
	buffer := c.buffers.Get().(*bytes.Buffer)
	defer c.buffers.Put(buffer)
	buffer.Reset()
	buffer.Grow(size)
	pause(100 * time.Millisecond)
	buffer.WriteString("compressed")
	return buffer.Len()
}
