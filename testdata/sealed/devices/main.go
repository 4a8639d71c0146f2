package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"syscall"
	"time"

	"devices/loadgen"
	"devices/login"
	"devices/stream"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21150", "")
	admin = flag.String("admin", "127.0.0.1:21151", "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	sess := login.New(45 * time.Second)
	hub := stream.New(160)
	mux := http.NewServeMux()
	mux.Handle("/stream", hub)
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		token := sess.Login(r.URL.Query().Get("user"))
		json.NewEncoder(w).Encode(map[string]string{"token": token})
	})
	mux.HandleFunc("/command", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if sess.Get(q.Get("token")) == nil {
			http.Error(w, "log in first", 401)
			return
		}
		json.NewEncoder(w).Encode(map[string]bool{"sent": hub.Command(q.Get("id"), "do "+q.Get("what"))})
	})
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, mux)) }()
	go func() {
		for range time.Tick(10 * time.Second) {
			log.Print("devices: ", hub.Len(), " sessions: ", sess.Len())
		}
	}()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT devices", hub.Len(), "sessions", sess.Len())
}

func load() {
	base := "http://" + *addr
	// 150 devices switch on one after the other during the first six tenths, and stay.
	go func() {
		for i := 0; i < 150; i++ {
			go func(i int) {
				for {
					resp, err := http.Get(fmt.Sprintf("%s/stream?id=d%d", base, i))
					if err == nil {
						io.Copy(io.Discard, resp.Body)
						resp.Body.Close()
					}
					time.Sleep(time.Second)
				}
			}(i)
			time.Sleep(*span * 6 / 10 / 150)
		}
	}()
	loadgen.Run(*span, loadgen.Steady(8), func(i int) {
		resp, err := loadgen.Client.Get(fmt.Sprint(base, "/login?user=u", i))
		if err != nil {
			return
		}
		var got struct{ Token string }
		json.NewDecoder(resp.Body).Decode(&got)
		resp.Body.Close()
		for n := rand.Intn(4); n > 0; n-- {
			time.Sleep(200 * time.Millisecond)
			loadgen.Get(fmt.Sprintf("%s/command?token=%s&id=d%d&what=%x", base, got.Token, rand.Intn(150), rand.Int63()))
		}
	})
}
