// Merger. It compares two sorted lists of prices until they differ.
// LEAK: the iterators that iter.Pull runs are not stopped when the lists differ before their end.
package main

import (
	"iter"
	"math/rand/v2"
)

type merger struct {
	differing int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	m := new(merger)
	steadily(12, func() { m.compare(rand.IntN(90)) })
	recorder.run()
}

// prices are a hundred, read page by page; from a number on they are a cent higher.
func prices(higherFrom int) iter.Seq[int] {
	return func(yield func(int) bool) {
		page := make([]int, 2048)
		for i := range 100 {
			page[i] = 10 * i
			if i >= higherFrom {
				page[i]++
			}
			if !yield(page[i]) {
				return
			}
		}
	}
}

func (m *merger) compare(higherFrom int) {
	old, stopOld := iter.Pull(prices(100))
	defer stopOld()
	now, _ := iter.Pull(prices(higherFrom))
	for {
		a, more := old()
		b, _ := now()
		if !more {
			return
		}
		if a != b {
			m.differing++
			return
		}
	}
}
