// The ordinary life around the one thing that each program is about: a small shop with an index that is
// built at start-up and stays, requests that come at random and leave nothing behind, and a few goroutines
// that wait for work. None of this leaks.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

type product struct {
	SKU   string
	Name  string
	Tags  []string
	Cents int
}

type orderLine struct {
	SKU    string
	Amount int
	Note   string
}

type order struct {
	Number   int
	Customer string
	Lines    []orderLine
}

type receipt struct {
	Order   int
	Cents   int
	Printed string
}

type shop struct {
	products map[string]*product // filled at start-up, read-only afterwards
	mail     chan receipt

	mu     sync.Mutex
	orders int
	cents  int
}

// startShop opens the shop. A busyness of 1 is some forty orders a second, eight of them in flight.
func startShop(busyness float64) *shop {
	s := &shop{products: loadProducts(20_000), mail: make(chan receipt, 16)}
	for range 4 {
		go s.mailReceipts()
	}
	go s.reportTurnover()
	steadily(40*busyness, func() { go s.serveOrder(randomOrder()) })
	return s
}

func loadProducts(n int) map[string]*product {
	products := make(map[string]*product)
	for i := range n {
		p := &product{
			SKU:   sku(i),
			Name:  "product " + strings.Repeat("x", i%40),
			Tags:  []string{"tag-" + sku(i%100), "season"},
			Cents: 100 + i%5000,
		}
		products[p.SKU] = p
	}
	return products
}

func sku(i int) string { return fmt.Sprintf("SKU-%06d", i) }

// randomOrder makes what would come over the network.
func randomOrder() []byte {
	o := order{Number: rand.Int(), Customer: fmt.Sprintf("customer-%d", rand.IntN(1000))}
	for range 5 + rand.IntN(30) {
		o.Lines = append(o.Lines, orderLine{SKU: sku(rand.IntN(20_000)), Amount: 1 + rand.IntN(3), Note: "gift wrap"})
	}
	body, _ := json.Marshal(o)
	return body
}

// serveOrder handles one order, which takes a fifth of a second on average, mostly waiting for the bank.
func (s *shop) serveOrder(body []byte) {
	var o order
	if json.Unmarshal(body, &o) != nil {
		return
	}
	cents := s.total(&o)
	page := s.render(&o)
	askTheBank()
	s.mu.Lock()
	s.orders++
	s.cents += cents
	s.mu.Unlock()
	s.mail <- receipt{Order: o.Number, Cents: cents, Printed: page.String()}
}

func (s *shop) total(o *order) int {
	cents := 0
	for _, line := range o.Lines {
		if p := s.products[line.SKU]; p != nil {
			cents += p.Cents * line.Amount
		}
	}
	return cents
}

func (s *shop) render(o *order) *bytes.Buffer {
	page := bytes.NewBuffer(make([]byte, 0, 16<<10))
	fmt.Fprintf(page, "order %d for %s\n", o.Number, o.Customer)
	for _, line := range o.Lines {
		fmt.Fprintf(page, "%3d x %s  %s\n", line.Amount, line.SKU, line.Note)
	}
	return page
}

func askTheBank() {
	time.Sleep(time.Duration(rand.ExpFloat64() * float64(200*time.Millisecond)))
}

func (s *shop) mailReceipts() {
	for r := range s.mail {
		_ = strings.ToUpper(r.Printed)
	}
}

func (s *shop) reportTurnover() {
	for range time.Tick(time.Second) {
		s.mu.Lock()
		_ = fmt.Sprintf("%d orders, %d cents", s.orders, s.cents)
		s.mu.Unlock()
	}
}

// steadily calls serve at random moments, so many times a second on average.
func steadily(perSecond float64, serve func()) {
	arrivals(func(time.Duration) float64 { return perSecond }, serve)
}

// arrivals calls serve at random moments (a Poisson process), at a rate that may change with the time
// since the start. It looks at the clock a hundred times a second, so as to need next to no CPU.
func arrivals(perSecond func(sinceStart time.Duration) float64, serve func()) {
	const longest = 100 * time.Millisecond
	start := time.Now()
	go func() {
		due := start
		for now := range time.Tick(10 * time.Millisecond) {
			for due.Before(now) {
				gap := rand.ExpFloat64() / perSecond(due.Sub(start)) * float64(time.Second)
				if gap > float64(longest) {
					due = due.Add(longest) // a Poisson process has no memory: ask for the rate again, draw again
					continue
				}
				due = due.Add(time.Duration(gap))
				serve()
			}
		}
	}()
}

// pause waits for a random time, of the given mean.
func pause(mean time.Duration) {
	time.Sleep(time.Duration(rand.ExpFloat64() * float64(mean)))
}
