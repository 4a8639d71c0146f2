// Command hiveregister is where beekeepers register their hives, and vets what they have found in them.
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"bees.example/hiveregister/internal/grid"
	"bees.example/hiveregister/internal/notices"
	"bees.example/hiveregister/internal/store"
	"bees.example/hiveregister/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7608", "address of the service")
	file := flag.String("db", "hives.db", "database")
	districts := flag.String("districts", "http://127.0.0.1:7658", "where the districts' vets are told")
	flag.Parse()

	db, err := store.Open(*file)
	if err != nil {
		log.Fatal(err)
	}
	hives, err := db.Fill(4000)
	if err != nil {
		log.Fatal(err)
	}
	g := grid.New(hives)
	n := notices.New(*districts)
	http.Handle("/", web.Routes(db, g, n))

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			st := n.Stats()
			log.Printf("age=%s searches=%d inspections=%d told=%d failed=%d being-told=%d conns=%d",
				time.Since(began).Round(time.Second), db.Searches(), st.Begun, st.Told, st.Failed, st.Begun-st.Told-st.Failed, db.Conns())
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}
