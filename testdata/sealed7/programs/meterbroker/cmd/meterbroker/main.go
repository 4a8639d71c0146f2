// Command meterbroker is the MQTT broker of a water company (mochi-mqtt).
//
//go:debug default=go1.27
package main

import (
	"flag"
	"log"
	"log/slog"
	"net/http"
	_ "net/http/pprof"
	"os"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7116", "pprof")
	tcp := flag.String("mqtt", "127.0.0.1:7883", "")
	flag.Parse()
	caps := mqtt.NewDefaultServerCapabilities()
	caps.MaximumSessionExpiryInterval = 3600
	s := mqtt.New(&mqtt.Options{Capabilities: caps, Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err := s.AddHook(new(auth.AllowHook), nil); err != nil {
		log.Fatal(err)
	}
	if err := s.AddListener(listeners.NewTCP(listeners.Config{ID: "meters", Address: *tcp})); err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(http.ListenAndServe(*addr, nil)) }()
	if err := s.Serve(); err != nil {
		log.Fatal(err)
	}
	select {}
}
