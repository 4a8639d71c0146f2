// Upload service. What has to be tidied up at the end of the process is a chain of functions.
// LEAK: every upload adds a function to the chain, which keeps the upload's buffer till then.
package main

import "sync"

type uploads struct {
	mu   sync.Mutex
	tidy func()
	kept int
}

func main() {
	recorder := openRecorder()
	startShop(1)
	u := &uploads{tidy: func() {}}
	steadily(40, func() { u.receive("holiday.jpg") })
	recorder.run()
}

func (u *uploads) receive(name string) {
	buffer := make([]byte, 24<<10)
	copy(buffer, name)
	u.mu.Lock()
	defer u.mu.Unlock()
	rest := u.tidy
	u.tidy = func() {
		clear(buffer)
		u.kept--
		rest()
	}
	u.kept++
}
