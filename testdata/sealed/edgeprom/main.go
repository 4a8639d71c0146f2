package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"edgeprom/httpmw"
	"edgeprom/loadgen"
	"edgeprom/shop"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21020", "")
	admin = flag.String("admin", "127.0.0.1:21021", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	reg := prometheus.NewRegistry()
	in := httpmw.New(reg)
	http.Handle("/metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, in.Wrap(shop.New().Routes()))) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fams, _ := reg.Gather()
	for _, f := range fams {
		if strings.HasPrefix(f.GetName(), "http_request") {
			fmt.Println("KEPT series", len(f.Metric))
		}
	}
}

func load() {
	base := "http://" + *addr
	go loadgen.Run(*span, loadgen.Steady(6), func(int) { loadgen.Get(base + "/search") })
	go loadgen.Run(*span, loadgen.Steady(0.1), func(int) { loadgen.Get("http://" + *admin + "/metrics") })
	go loadgen.Run(*span, loadgen.Steady(16), func(int) { loadgen.Get(fmt.Sprint(base, "/shop?d=", rand.Intn(40))) })
	go loadgen.Run(*span, loadgen.Steady(1), func(int) { loadgen.Get(base + "/healthz") })
	// In the second half somebody tries the doors.
	loadgen.Run(*span, func(x float64) float64 {
		if x < 0.5 {
			return 0
		}
		return 45
	}, func(int) { loadgen.Get(fmt.Sprintf("%s/wp-content/%x/%x.php", base, rand.Intn(900), rand.Int63())) })
}
