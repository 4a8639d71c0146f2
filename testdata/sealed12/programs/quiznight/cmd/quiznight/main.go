// Command quiznight asks the guests of pubs questions on their phones.
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"time"

	"quiz.example/quiznight/internal/desk"
	"quiz.example/quiznight/internal/room"
)

func init() { runtime.MemProfileRate = 64 << 10 }

func main() {
	addr := flag.String("listen", "127.0.0.1:7610", "address of the service")
	pubs := flag.Int("pubs", 12, "how many pubs play")
	ask := flag.Duration("ask", 6*time.Second, "between two questions")
	round := flag.Int("round", 16, "questions of a round")
	flag.Parse()

	var rooms []*room.Room
	for i := 0; i < *pubs; i++ {
		r := room.New(i, *round)
		go r.Run(*ask)
		rooms = append(rooms, r)
	}
	http.Handle("/pubs/", desk.New(rooms))

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			var players, answers, rounds int
			for _, r := range rooms {
				p, a, n := r.Stats()
				players, answers, rounds = players+p, answers+a, rounds+n
			}
			log.Printf("age=%s players=%d answers=%d rounds=%d", time.Since(began).Round(time.Second), players, answers, rounds)
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}
