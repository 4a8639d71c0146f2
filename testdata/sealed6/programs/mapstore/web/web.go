// Package web is what browsers call.
package web

import (
	"net/http"
	"strconv"

	"github.com/julienschmidt/httprouter"
	"mapstore/tiles"
)

// Handler gives the handler of all paths.
func Handler(s *tiles.Store) http.Handler {
	r := httprouter.New()
	r.GET("/tile/:x/:y", func(w http.ResponseWriter, _ *http.Request, p httprouter.Params) {
		x, _ := strconv.Atoi(p.ByName("x"))
		y, _ := strconv.Atoi(p.ByName("y"))
		b, err := s.Tile(x, y)
		if err != nil {
			http.Error(w, "no such tile", 404)
			return
		}
		w.Header().Set("Content-Type", "image/png")
		w.Write(b)
	})
	return r
}
