// Command valvecontrol opens and closes the valves of a cooperative's fields.
package main

import (
	"flag"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"

	"github.com/sirupsen/logrus"

	"farm.example/valvecontrol/internal/bus"
	"farm.example/valvecontrol/internal/fields"
	"farm.example/valvecontrol/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7704", "address")
	broker := flag.String("broker", "tcp://127.0.0.1:7754", "MQTT broker")
	n := flag.Int("fields", 220, "how many fields there are")
	flag.Parse()
	log := logrus.New()
	log.SetFormatter(&logrus.TextFormatter{DisableColors: true})
	s := &web.Server{Log: log, Fields: fields.New(*n), Bus: bus.New(*broker, 5*time.Second)}
	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			log.WithFields(logrus.Fields{"age": time.Since(began).Round(time.Second), "requests": s.Requests(), "sent": s.Bus.Sent(), "changes": s.Fields.Changes(), "hooks": len(log.Hooks[logrus.InfoLevel]), "goroutines": runtime.NumGoroutine()}).Warn("stats")
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, s.Routes()))
}
