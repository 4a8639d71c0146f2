// Command tariffquote tells electric cars what charging costs, and when.
package main

import (
	"flag"
	"net/http"
	_ "net/http/pprof"
	"time"

	"github.com/sirupsen/logrus"

	"charge.example/tariffquote/internal/config"
	"charge.example/tariffquote/internal/quotes"
	"charge.example/tariffquote/internal/web"
	"charge.example/tariffquote/internal/zones"
)

func main() {
	file := flag.String("config", "config/tariffquote.yaml", "settings")
	flag.Parse()
	c, err := config.Load(*file)
	if err != nil {
		logrus.Fatal(err)
	}
	if l, err := logrus.ParseLevel(c.Level); err == nil {
		logrus.SetLevel(l)
	}
	z, err := zones.New(c.Profiles)
	if err != nil {
		logrus.Fatal(err)
	}
	d := quotes.New(z, c.Quotes, c.Lifetime)
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			kept, made := z.Stats()
			q, asked, hits := d.Stats()
			logrus.Infof("age=%s profiles=%d made=%d quotes=%d asked=%d hits=%d", time.Since(began).Round(time.Second), kept, made, q, asked, hits)
		}
	}()
	logrus.Fatal(http.ListenAndServe(c.Listen, web.Routes(d, z)))
}
