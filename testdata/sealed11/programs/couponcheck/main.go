// Command couponcheck asks an etcd's grpc-proxy as the shops of a chain do. With -what coupons, each customer's coupon is
// looked for by its code: nearly each is another one, and many are typed wrong. With -what tills, the tills of the chain
// ask for their settings, which are always the same keys. Both ask as often.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand"
	"strings"
	"sync/atomic"
	"time"

	pb "go.etcd.io/etcd/etcdserver/etcdserverpb"
	"google.golang.org/grpc"
)

var (
	proxy  = flag.String("proxy", "127.0.0.1:23790", "the grpc-proxy")
	what   = flag.String("what", "coupons", "coupons or tills")
	length = flag.Duration("for", 30*time.Minute, "")
	tills  = flag.Int("tills", 800, "")
)

const letters = "ACDEFHJKLMNPRTUVWXY34679"

func code() []byte {
	b := []byte("coupons/autumn/XXXX-XXXX-XXXX")
	for i, c := range b {
		if c == 'X' {
			b[i] = letters[rand.Intn(len(letters))]
		}
	}
	return b
}

func settings(i int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"till":%d,"currency":"EUR","rules":[`, i)
	for n := 400 + rand.Intn(2200); b.Len() < n; {
		fmt.Fprintf(&b, `{"article":%d,"off":%d,"from":"%02d:00"},`, rand.Intn(90000), rand.Intn(40), rand.Intn(24))
	}
	return []byte(b.String() + "{}]}")
}

func main() {
	flag.Parse()
	var kv []pb.KVClient
	for i := 0; i < 6; i++ {
		c, err := grpc.Dial(*proxy, grpc.WithInsecure(), grpc.WithBlock())
		if err != nil {
			log.Fatal(err)
		}
		kv = append(kv, pb.NewKVClient(c))
	}
	ctx := context.Background()
	put := func(k, v []byte) {
		if _, err := kv[0].Put(ctx, &pb.PutRequest{Key: k, Value: v}); err != nil {
			log.Print(err)
		}
	}
	key := func(i int) []byte { return []byte(fmt.Sprintf("tills/%04d/settings", i)) }
	var codes [][]byte
	if *what == "tills" {
		for i := 0; i < *tills; i++ {
			put(key(i), settings(i))
		}
	} else {
		for i := 0; i < 1500; i++ {
			k := code()
			codes = append(codes, k)
			put(k, []byte(fmt.Sprintf(`{"worth":%d,"until":"2030-01-31","shop":%d,"used":false}`, 5+rand.Intn(40), rand.Intn(300))))
		}
	}
	var asked, found atomic.Int64
	go func() {
		for range time.Tick(time.Minute) {
			log.Print(*what, " asked ", asked.Load(), " found ", found.Load())
		}
	}()
	for begin := time.Now(); time.Since(begin) < *length; {
		t := time.Since(begin).Seconds()
		time.Sleep(time.Duration(rand.ExpFloat64() / (42 + 16*math.Sin(t/200*2*math.Pi)) * 1e9))
		var k []byte
		switch {
		case *what == "tills":
			k = key(rand.Intn(*tills))
		case rand.Intn(20) == 0:
			k = codes[rand.Intn(len(codes))]
		default:
			k = code()
		}
		i := asked.Add(1)
		if *what == "tills" && i%60 == 0 { // the office changes something
			go put(k, settings(int(i)))
		}
		go func() {
			c, done := context.WithTimeout(ctx, 10*time.Second)
			defer done()
			r, err := kv[rand.Intn(len(kv))].Range(c, &pb.RangeRequest{Key: k, Serializable: true})
			if err != nil {
				log.Print(err)
			} else if r.Count > 0 {
				found.Add(1)
			}
		}()
	}
}
