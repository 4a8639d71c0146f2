// Command wardboard shows who lies in which ward.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"time"

	"probe"
	"pump"
	"wardboard/board"
)

func main() {
	port := flag.Int("port", 22070, "first port")
	mode := flag.String("mode", "serve", "serve or load")
	flag.DurationVar(&pump.Span, "span", pump.Span, "length of the run")
	flag.Parse()
	if *mode == "load" {
		load(fmt.Sprintf("http://127.0.0.1:%d", *port))
	}
	b, err := board.New()
	if err != nil {
		log.Fatal(err)
	}
	probe.Gauge("rows", b.Rows)
	probe.Gauge("admitted", b.Admitted.Load)
	probe.Gauge("discharged", b.Discharged.Load)
	probe.Listen(*port + 1)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), b.Routes()))
}

func load(base string) {
	go pump.Run(pump.Flat(10), func(i int) { pump.Get(fmt.Sprintf("%s/wards/w%02d", base, rand.Intn(12))) })
	pump.Run(pump.Flat(2.4), func(i int) {
		id := pump.ID(10)
		var notes []string
		for k := pump.Between(3, 9); k > 0; k-- {
			notes = append(notes, pump.ID(pump.Between(150, 500)))
		}
		b, _ := json.Marshal(map[string]any{"ID": id, "Ward": fmt.Sprintf("w%02d", rand.Intn(12)), "Patient": pump.ID(18), "Notes": notes})
		pump.Post(base+"/visits", b)
		time.Sleep(time.Duration(pump.Between(5, 40)) * time.Second)
		pump.Post(base+"/visits/"+id+"/discharge", nil)
	})
}
