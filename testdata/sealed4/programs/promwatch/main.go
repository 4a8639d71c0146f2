// Command promwatch drives prometheus: a plant of machines (-mode upstream) that it scrapes, and a control room that asks.
package main

import (
	"fmt"
	"io"
	"log"
	"math/rand"
	"net/http"
	"net/url"
	"strings"
	"time"

	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "upstream" {
		log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port+3), http.HandlerFunc(plant)))
	}
	base := fmt.Sprintf("http://127.0.0.1:%d/api/v1/query_range?", pump.Port)
	asks := []string{
		`sum by (line) (rate(machine_pieces_total[20s]))`,
		`max by (line) (machine_temperature)`,
		`topk(5, machine_vibration)`,
		`avg(machine_current) by (line)`,
	}
	pump.Run(pump.Wave(.3, 5, 3.4), func(i int) {
		now := time.Now().Unix()
		q := url.Values{"query": {asks[rand.Intn(len(asks))]}, "start": {fmt.Sprint(now - 90)}, "end": {fmt.Sprint(now)}, "step": {"6"}}
		pump.Get(base + q.Encode())
	})
}

func plant(w http.ResponseWriter, r *http.Request) {
	var b strings.Builder
	for m := 0; m < 700; m++ {
		l := fmt.Sprintf(`{line="L%02d",machine="M%04d"}`, m%14, m)
		fmt.Fprintf(&b, "machine_temperature%s %g\nmachine_vibration%s %g\nmachine_current%s %g\n", l, 40+rand.Float64()*90, l, rand.Float64(), l, rand.Float64()*16)
		fmt.Fprintf(&b, "machine_pieces_total%s %d\nmachine_speed%s %g\n", l, time.Now().Unix()%1000000*int64(m%7+1), l, rand.Float64()*3000)
	}
	io.WriteString(w, b.String())
}
