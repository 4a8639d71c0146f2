// Command museumguide serves the texts of a museum's audio guide.
//
//go:debug default=go1.27
package main

import (
	"flag"
	"io"
	"log"
	"net/http"
	_ "net/http/pprof"

	"museum.example/museumguide/internal/shelf"
	"museum.example/museumguide/internal/texts"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7206", "")
	flag.Parse()
	s := shelf.New[string, *texts.Page](1800)
	http.HandleFunc("GET /guide/{lang}/{room}/{object}", func(w http.ResponseWriter, r *http.Request) {
		k := r.PathValue("lang") + "/" + r.PathValue("room") + "/" + r.PathValue("object")
		p, ok := s.Get(k)
		if !ok {
			p = texts.Typeset(r.PathValue("lang"), r.PathValue("room"), r.PathValue("object"))
			s.Put(k, p)
		}
		w.Header().Set("ETag", p.Tag)
		io.WriteString(w, p.Head)
		w.Write(p.Body)
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}
