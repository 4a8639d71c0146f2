package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"example.org/fxrates/loadgen"
	"example.org/fxrates/quote"
	"example.org/fxrates/upstream"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21040", "")
	admin = flag.String("admin", "127.0.0.1:21041", "")
	bank  = flag.String("upstream", "127.0.0.1:21042", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

var currencies = strings.Fields("EUR USD GBP CHF JPY SEK NOK DKK PLN CZK HUF")

func main() {
	flag.Parse()
	switch *mode {
	case "load":
		load()
	case "upstream":
		serveBank()
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	desk := quote.NewDesk(ctx)
	var busy int64
	go refresh(ctx, desk, upstream.New("http://"+*bank), &busy)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /offer", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		amount, err := strconv.ParseFloat(q.Get("amount"), 64)
		if err != nil {
			http.Error(w, "amount?", http.StatusBadRequest)
			return
		}
		price, err := desk.Offer(q.Get("from"), q.Get("to"), amount)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(map[string]any{"pair": q.Get("from") + q.Get("to"), "price": price})
	})
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, mux)) }()
	<-ctx.Done()
	fmt.Println("KEPT bodies", atomic.LoadInt64(&busy), "scopes", atomic.LoadInt64(&desk.Open))
	os.Exit(0)
}

func refresh(ctx context.Context, desk *quote.Desk, f *upstream.Fetcher, busy *int64) {
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(150 * time.Millisecond):
		}
		c := currencies[i%len(currencies)]
		rates, err := f.Fetch(ctx, c)
		if err != nil {
			if err == upstream.ErrBusy {
				atomic.AddInt64(busy, 1)
			}
			log.Printf("refresh %s: %v", c, err)
			continue
		}
		desk.Refresh(c, rates)
	}
}

func serveBank() {
	log.Fatal(http.ListenAndServe(*bank, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rand.Intn(12) == 0 {
			w.WriteHeader(http.StatusTooManyRequests)
			w.Write([]byte(strings.Repeat("please come back later ", 800)))
			return
		}
		out := map[string]float64{}
		for _, c := range currencies {
			out[c] = rand.Float64() * 3
		}
		json.NewEncoder(w).Encode(out)
	})))
}

func load() {
	loadgen.Run(*span, loadgen.Steady(30), func(int) {
		to := currencies[rand.Intn(len(currencies))]
		if rand.Intn(15) == 0 {
			to = "XAU"
		}
		loadgen.Get(fmt.Sprintf("http://%s/offer?from=%s&to=%s&amount=%d", *addr, currencies[rand.Intn(len(currencies))], to, rand.Intn(9000)))
	})
}
