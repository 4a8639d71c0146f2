// Orders takes orders over HTTP and asks the warehouses over gRPC.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"git.fjord.dev/orders/internal/api"
	"git.fjord.dev/orders/internal/book"
	"git.fjord.dev/orders/internal/receipt"
	"git.fjord.dev/orders/internal/stock"
	"git.fjord.dev/orders/loadgen"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21000", "")
	admin = flag.String("admin", "127.0.0.1:21001", "")
	wh    = flag.String("upstream", "127.0.0.1:21002", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	switch *mode {
	case "load":
		load()
	case "upstream":
		warehouse()
	default:
		serve()
	}
}

func serve() {
	c, err := stock.Dial(*wh)
	if err != nil {
		log.Fatal(err)
	}
	s := &api.Server{Stock: c, Book: book.New(1500), Sent: receipt.NewReplies()}
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, s.Routes())) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, os.Interrupt)
	<-end
	fmt.Println("KEPT streams", c.Opened, "replies", s.Sent.Len())
}

func warehouse() {
	l, err := net.Listen("tcp", *wh)
	if err != nil {
		log.Fatal(err)
	}
	h := health.NewServer()
	for i := 0; i < 10; i++ {
		h.SetServingStatus(fmt.Sprintf("wh-%d", i), healthpb.HealthCheckResponse_SERVING)
	}
	g := grpc.NewServer()
	healthpb.RegisterHealthServer(g, h)
	log.Fatal(g.Serve(l))
}

func load() {
	go loadgen.Run(*span, loadgen.Steady(2), func(int) { loadgen.Get("http://" + *addr + "/overview") })
	loadgen.Run(*span, loadgen.Steady(24), func(i int) {
		o := book.Order{ID: fmt.Sprintf("%d-%d", rand.Intn(10), i), Express: rand.Intn(5) == 0}
		for n := 1 + rand.Intn(8); n > 0; n-- {
			o.Lines = append(o.Lines, book.Line{SKU: fmt.Sprint("sku-", rand.Intn(9999)), Count: n, Note: strings.Repeat("n", rand.Intn(200))})
		}
		b, _ := json.Marshal(o)
		req, _ := http.NewRequest("POST", "http://"+*addr+"/orders", bytes.NewReader(b))
		if rand.Intn(9) == 0 { // a client of a partner, who sends everything twice to be sure
			req.Header.Set("Idempotency-Key", fmt.Sprintf("%x", rand.Int63()))
			loadgen.Do(req.Clone(req.Context()))
			req.Body = io.NopCloser(bytes.NewReader(b))
		}
		loadgen.Do(req)
	})
}
