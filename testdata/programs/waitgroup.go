// Report generator. The parts of a report are rendered at the same time, then put together.
// LEAK: a part that cannot be rendered is never Done, so the report waits for it for ever.
package main

import (
	"math/rand/v2"
	"sync"
)

type report struct {
	parts [4][]byte
	wait  sync.WaitGroup
}

func main() {
	recorder := openRecorder()
	startShop(1)
	steadily(60, func() { go assemble() })
	recorder.run()
}

func assemble() int {
	r := new(report)
	for i := range r.parts {
		r.parts[i] = make([]byte, 10<<10)
		r.wait.Add(1)
		go r.render(i)
	}
	r.wait.Wait()
	pages := 0
	for _, part := range r.parts {
		pages += len(part) / 1000
	}
	return pages
}

func (r *report) render(part int) {
	if rand.IntN(10) == 0 {
		return // no data for this part
	}
	copy(r.parts[part], "rendered")
	r.wait.Done()
}
