// Report service. A report is made, sent and forgotten. Now and then the mail server is away for a moment:
// what is made in that moment is put aside, to be sent later.
// BENIGN: it is sent five seconds later, and the list is emptied.
package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

type report struct {
	customer int
	pages    [30 << 10]byte
}

type mailer struct {
	mu    sync.Mutex
	away  bool
	aside []*report
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	m := new(mailer)
	recorder.held = m.len
	steadily(60, func() { go m.serve(rand.IntN(1000)) })
	go m.outages()
	recorder.run()
}

func (m *mailer) outages() {
	for {
		time.Sleep(time.Duration(10+rand.IntN(7)) * time.Second)
		m.mu.Lock()
		m.away = true
		m.mu.Unlock()
		for range 120 + rand.IntN(120) { // everybody tries again at once
			m.serve(rand.IntN(1000))
		}
		m.mu.Lock()
		m.away = false
		m.mu.Unlock()
		time.AfterFunc(5*time.Second, m.sendAside)
	}
}

func (m *mailer) serve(customer int) {
	r := makeReport(customer)
	m.mu.Lock()
	if m.away {
		m.aside = append(m.aside, r)
		m.mu.Unlock()
		return
	}
	m.mu.Unlock()
	pause(300 * time.Millisecond)
	send(r)
}

func makeReport(customer int) *report {
	r := &report{customer: customer}
	copy(r.pages[:], "Dear customer")
	return r
}

func (m *mailer) sendAside() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.aside {
		send(r)
	}
	clear(m.aside)
	m.aside = m.aside[:0]
}

func send(r *report) { r.pages[0] = 'd' }

func (m *mailer) len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.aside)
}
