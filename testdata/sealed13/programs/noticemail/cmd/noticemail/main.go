// Command noticemail sends what the offices of a town have to say to people.
package main

import (
	"context"
	"flag"
	"net/http"
	"runtime"
	"time"

	"github.com/sirupsen/logrus"

	"town.example/noticemail/internal/compose"
	"town.example/noticemail/internal/forms"
	"town.example/noticemail/internal/outbox"
	"town.example/noticemail/internal/web"
)

func init() { runtime.MemProfileRate = 128 << 10 }

func main() {
	addr := flag.String("listen", "127.0.0.1:7709", "address")
	relay := flag.String("relay", "http://127.0.0.1:7759/mail", "where mails go")
	flag.Parse()
	c := compose.New(forms.Load())
	o := outbox.New(context.Background(), *relay, 400, 6)
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			own, templates := c.Stats()
			waiting, kb, sent, lost := o.Stats()
			logrus.Infof("age=%s own=%d templates=%d waiting=%d outbox_kb=%d sent=%d lost=%d", time.Since(began).Round(time.Second), own, templates, waiting, kb, sent, lost)
		}
	}()
	logrus.Fatal(http.ListenAndServe(*addr, web.Handler(c, o)))
}
