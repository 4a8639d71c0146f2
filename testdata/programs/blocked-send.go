// Broker. It asks three suppliers for a quote at the same time and takes the first answer.
// LEAK: nobody receives the other two answers, so their goroutines wait for ever to send them.
package main

import (
	"context"
	"math/rand/v2"
	"runtime/pprof"
	"time"
)

type quote struct {
	supplier string
	cents    int
	terms    [40 << 10]byte
}

type broker struct {
	suppliers []string
}

func main() {
	recorder := openRecorder()
	startShop(1)
	b := &broker{suppliers: []string{"north", "south", "west"}}
	tenants := []string{"acme", "globex", "initech"}
	steadily(10, func() { go b.serve(tenants[rand.IntN(len(tenants))]) })
	recorder.run()
}

// serve labels the request's goroutines with its tenant, so that profiles can be split by it.
func (b *broker) serve(tenant string) {
	pprof.Do(context.Background(), pprof.Labels("tenant", tenant, "route", "/quote"), func(context.Context) {
		b.best()
	})
}

func (b *broker) best() *quote {
	answers := make(chan *quote)
	for _, supplier := range b.suppliers {
		go b.ask(supplier, answers)
	}
	return <-answers
}

func (b *broker) ask(supplier string, answers chan<- *quote) {
	time.Sleep(time.Duration(50+rand.IntN(200)) * time.Millisecond)
	q := &quote{supplier: supplier, cents: rand.IntN(100_000)}
	answers <- q
}
