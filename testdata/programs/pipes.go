// Export. It writes all orders into a pipe, from which they are sent.
// LEAK: where sending fails early the reading end of the pipe is not closed, so the writer waits for ever.
package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
)

type exporter struct {
	failed int
}

var errTooLarge = errors.New("too large")

func main() {
	recorder := openRecorder()
	startShop(1)
	e := new(exporter)
	steadily(10, func() { go e.export() })
	recorder.run()
}

func (e *exporter) export() error {
	reader, writer := io.Pipe()
	go e.write(writer)
	part := make([]byte, 512)
	for {
		if _, err := reader.Read(part); err != nil {
			return nil
		}
		if rand.IntN(30) == 0 {
			e.failed++
			return errTooLarge
		}
	}
}

func (e *exporter) write(to *io.PipeWriter) {
	page := make([]byte, 16<<10)
	for i := range 100 {
		fmt.Fprintf(to, "order %d\n", i)
		page[i] = 1
	}
	to.Close()
}
