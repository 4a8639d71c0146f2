// Command allergencheck tells the canteens of a city which allergens are in a dish, with all that the dish is made of.
package main

import (
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"canteen.example/allergencheck/internal/check"
	"canteen.example/allergencheck/internal/recipes"
	"canteen.example/allergencheck/internal/supplier"
	"canteen.example/allergencheck/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7601", "address of the service")
	flag.Parse()

	book := recipes.NewBook(12)
	sup := supplier.New(8*time.Millisecond, 45*time.Millisecond)
	checker := check.New(book, sup)
	http.Handle("/", web.Routes(book, checker))

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			st := checker.Stats()
			log.Printf("age=%s recipes=%d begun=%d done=%d failed=%d sheets=%d",
				time.Since(began).Round(time.Second), book.Len(), st.Begun, st.Done, st.Failed, sup.Cached())
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}
