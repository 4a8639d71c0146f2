package main

import (
	"encoding/json"
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

	"erpdesk/loadgen"
	"erpdesk/logs"
	"erpdesk/people"
	"erpdesk/purchase"
	"erpdesk/sales"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21080", "")
	admin = flag.String("admin", "127.0.0.1:21081", "")
	mode  = flag.String("mode", "serve", "")
	quiet = flag.Bool("quiet", true, "log to nowhere")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	logs.Init(*quiet)
	mux := http.NewServeMux()
	for path, h := range map[string]http.HandlerFunc{
		"/sales/lead": sales.CreateLead, "/sales/offer": sales.Offer, "/sales/discount": sales.Discount,
		"/purchase/order": purchase.Order, "/purchase/receive": purchase.Receive, "/purchase/invoice": purchase.Invoice,
		"/people/clock": people.Clock, "/people/plan": people.Plan, "/people/leave": people.Leave,
	} {
		mux.HandleFunc(path, h)
	}
	http.HandleFunc("/last", func(w http.ResponseWriter, r *http.Request) {
		if e := logs.Recent.LastEntry(); e != nil {
			json.NewEncoder(w).Encode(map[string]any{"message": e.Message, "at": e.Time})
		}
	})
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, mux)) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT entries", len(logs.Recent.AllEntries()))
}

func load() {
	base := "http://" + *addr
	word := func() string { return fmt.Sprintf("%x", rand.Int63()) }
	go loadgen.Run(*span, loadgen.Steady(0.5), func(int) { loadgen.Get("http://" + *admin + "/last") })
	loadgen.Run(*span, loadgen.Steady(80), func(i int) {
		switch i % 9 {
		case 0:
			b, _ := json.Marshal(sales.Lead{Name: word(), Phone: word(), Text: strings.Repeat(word(), 160), Tags: []string{word(), word()}})
			loadgen.Post(base+"/sales/lead", "application/json", b)
		case 1:
			loadgen.Get(base + "/sales/offer?" + word())
		case 2:
			loadgen.Get(base + "/sales/discount?c=" + word() + "&p=4&why=" + word())
		case 3:
			loadgen.Get(fmt.Sprintf("%s/purchase/order?n=%d&sku=%s&s=%s", base, rand.Intn(200), word(), word()))
		case 4:
			loadgen.Get(base + "/purchase/receive?gate=3&sku=" + word())
		case 5:
			loadgen.Get(base + "/purchase/invoice?no=" + word())
		case 6:
			loadgen.Get(base + "/people/clock?who=" + word() + "&door=" + word())
		case 7:
			loadgen.Get(base + "/people/plan")
		case 8:
			loadgen.Get(base + "/people/leave?who=" + word() + "&days=4")
		}
	})
}
