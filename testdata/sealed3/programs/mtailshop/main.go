// Command mtailshop drives mtail: it writes the log of a shop, which mtail counts.
package main

import (
	"bufio"
	"fmt"
	"log"
	"math/rand"
	"os"
	"sync"
	"time"

	"pump"
)

func main() {
	pump.Flags()
	f, err := os.OpenFile(pump.Dir+"/shop.log", os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		log.Fatal(err)
	}
	var mu sync.Mutex
	w := bufio.NewWriter(f)
	line := func(format string, a ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w, format+"\n", a...)
	}
	pages := []string{"/", "/cart", "/list", "/search", "/article", "/account", "/help"}
	orders := 0
	go pump.Run(pump.Flat(120), func(i int) {
		line("GET %s status=%d ms=%d agent=%s", pages[rand.Intn(len(pages))], []int{200, 200, 200, 304, 404, 500}[rand.Intn(6)], rand.Intn(900), pump.ID(30))
	})
	go pump.Run(pump.Wave(40, 110, 3), func(i int) {
		id := fmt.Sprintf("%s-%08d", pump.ID(8), i)
		line("ORDER id=%s shop=s%02d cents=%d", id, rand.Intn(40), rand.Intn(99999))
		if rand.Intn(3) > 0 {
			line("PAID id=%s shop=s%02d ms=%d", id, rand.Intn(40), rand.Intn(9000))
		}
		mu.Lock()
		orders++
		mu.Unlock()
	})
	for k := 0; ; k++ {
		time.Sleep(500 * time.Millisecond)
		mu.Lock()
		w.Flush()
		n := orders
		mu.Unlock()
		if k%10 == 0 {
			log.Print("orders: ", n)
		}
	}
}
