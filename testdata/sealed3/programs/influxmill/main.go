// Command influxmill drives influxdb: the machines of a paper mill write their values, the control room looks at them.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"pump"
)

func main() {
	pump.Flags()
	base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
	pump.Post(base+"/query?q="+url.QueryEscape("CREATE DATABASE mill WITH DURATION 2h REPLICATION 1 SHARD DURATION 1h"), nil)
	var points, looks atomic.Int64
	go pump.Run(pump.Wave(6, 30, 2.5), func(i int) {
		var b strings.Builder
		m, now := rand.Intn(300), time.Now().UnixNano()
		for k := 0; k < 60; k++ {
			fmt.Fprintf(&b, "machine,id=m%03d,hall=h%d heat=%f,turns=%di,note=\"%s\" %d\n", m, m%7, rand.Float64()*90, rand.Intn(9000), pump.ID(24), now+int64(k)*1e6)
		}
		if _, s := pump.Post(base+"/write?db=mill", []byte(b.String())); s == 204 {
			points.Add(60)
		}
	})
	go pump.Run(pump.Wave(1, 5, 2.5), func(i int) {
		q := fmt.Sprintf("SELECT mean(heat), max(turns) FROM machine WHERE time > now() - 40s AND hall = 'h%d' GROUP BY time(5s), id", rand.Intn(7))
		pump.Get(base + "/query?db=mill&q=" + url.QueryEscape(q))
		looks.Add(1)
	})
	for range time.Tick(5 * time.Second) {
		log.Print("points: ", points.Load(), " looks: ", looks.Load())
	}
}
