package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"nightly/batch"
	"nightly/loadgen"
	"nightly/store"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21130", "")
	admin = flag.String("admin", "127.0.0.1:21131", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	st, err := store.Open(filepath.Join(os.TempDir(), fmt.Sprintf("nightly-%d.db", os.Getpid())))
	if err != nil {
		log.Fatal(err)
	}
	b := batch.New(st, 1300)
	mux := http.NewServeMux()
	mux.HandleFunc("/book", func(w http.ResponseWriter, r *http.Request) {
		bk := new(batch.Booking)
		if err := json.NewDecoder(r.Body).Decode(bk); err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		if err := b.Add(bk); err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		fmt.Fprintln(w, "booked")
	})
	mux.HandleFunc("/sum", func(w http.ResponseWriter, r *http.Request) {
		n, err := st.Sum(r.URL.Query().Get("account"))
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		fmt.Fprintln(w, n)
	})
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, mux)) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT pending", b.Pending())
}

func load() {
	go loadgen.Run(*span, loadgen.Steady(3), func(int) { loadgen.Get(fmt.Sprintf("http://%s/sum?account=a%d", *addr, rand.Intn(300))) })
	loadgen.Run(*span, loadgen.Steady(36), func(int) {
		j, _ := json.Marshal(batch.Booking{Account: fmt.Sprint("a", rand.Intn(300)), Cents: int64(rand.Intn(100000)), Text: "booking", Proof: bytes.Repeat([]byte{7}, 3000+rand.Intn(6000))})
		loadgen.Post("http://"+*addr+"/book", "application/json", j)
	})
}
