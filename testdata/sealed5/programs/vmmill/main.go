// Command vmmill writes the values of a paper mill's machines into VictoriaMetrics and looks at them.
package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand"
	"net/url"
	"time"

	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode != "load" {
		return
	}
	base := fmt.Sprintf("http://127.0.0.1:%d/", pump.Port)
	go func() { // 260 machines with eight values each; they are switched on one after the other in the first quarter
		for t := 0; ; t++ {
			time.Sleep(2 * time.Second)
			on := min(260, 40+int(900*pump.X()))
			var b bytes.Buffer
			for m := 0; m < on; m++ {
				for v, name := range []string{"speed", "tension", "moisture", "steam", "power", "vibration", "width", "weight"} {
					fmt.Fprintf(&b, "mill_%s{machine=\"m%03d\",hall=\"%d\",maker=\"voith\"} %.3f\n", name, m, m%7, 40+10*math.Sin(float64(t*(v+1))/19)+rand.Float64())
				}
			}
			pump.Post(base+"api/v1/import/prometheus", b.Bytes())
		}
	}()
	qs := []string{"avg by (hall) (mill_speed)", "max(rate(mill_power[1m])) by (machine)", "mill_moisture{hall=\"%d\"}", "topk(5, mill_vibration)", "quantile(0.9, mill_steam{hall=\"%d\"})", "mill_weight{machine=\"m%03d\"}"}
	pump.Run(pump.Wave(0.5, 9, 2.5), func(i int) {
		q := qs[rand.Intn(len(qs))]
		if bytes.Contains([]byte(q), []byte("%")) {
			q = fmt.Sprintf(q, rand.Intn(7))
		}
		now := time.Now().Unix()
		pump.Get(fmt.Sprintf("%sapi/v1/query_range?query=%s&start=%d&end=%d&step=5", base, url.QueryEscape(q), now-int64(pump.Between(30, 300)), now))
	})
}
