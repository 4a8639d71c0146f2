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
	"sync/atomic"
	"syscall"
	"time"

	"reserved/loadgen"
	"reserved/stock"
	"reserved/web"

	"go.uber.org/zap"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21070", "")
	admin = flag.String("admin", "127.0.0.1:21071", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	logger, err := zap.NewProduction()
	if err != nil {
		log.Fatal(err)
	}
	s := stock.New(logger, 30*time.Minute)
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, web.Routes(s))) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT timers", atomic.LoadInt64(&s.Held), "of which open", s.Open())
}

func load() {
	base := "http://" + *addr
	basket := func() []byte {
		skus := make([]uint64, 1+rand.Intn(40))
		for i := range skus {
			skus[i] = uint64(rand.Intn(5000))
		}
		b, _ := json.Marshal(skus)
		return b
	}
	// Everybody asks for the price in bursts; few buy.
	go loadgen.Run(*span, func(x float64) float64 {
		if int(x*23)%4 == 0 {
			return 80
		}
		return 22
	}, func(int) { loadgen.Post(base+"/quote", "application/json", basket()) })
	loadgen.Run(*span, loadgen.Steady(1.6), func(int) {
		resp, err := loadgen.Client.Post(base+"/reserve", "application/json", bytes.NewReader(basket()))
		if err != nil {
			return
		}
		var got struct{ ID string }
		json.NewDecoder(resp.Body).Decode(&got)
		resp.Body.Close()
		time.Sleep(time.Duration(rand.Intn(3000)) * time.Millisecond)
		loadgen.Post(base+"/confirm?id="+got.ID, "", nil)
	})
}
