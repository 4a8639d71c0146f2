// Package web is what wards call.
package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/mux"
	"github.com/gorilla/schema"

	"ward.example/shiftcall/internal/calls"
	"ward.example/shiftcall/internal/rotas"
)

type server struct {
	book *rotas.Book
	out  *calls.Outbox
	form *schema.Decoder
}

func Routes(b *rotas.Book, o *calls.Outbox) http.Handler {
	s := &server{b, o, schema.NewDecoder()}
	s.form.IgnoreUnknownKeys(true)
	r := mux.NewRouter()
	r.HandleFunc("/wards", s.list).Methods(http.MethodGet)
	r.HandleFunc("/wards/{ward}/rota", s.show).Methods(http.MethodGet)
	r.HandleFunc("/wards/{ward}/rota", s.change).Methods(http.MethodPut)
	r.HandleFunc("/calls", s.last).Methods(http.MethodGet)
	return r
}

func (s *server) change(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var c rotas.Change
	if err := s.form.Decode(&c, r.PostForm); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	if err := s.book.Change(strings.Clone(mux.Vars(r)["ward"]), &c); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *server) show(w http.ResponseWriter, r *http.Request) {
	v, ok := s.book.View(mux.Vars(r)["ward"])
	if !ok {
		http.NotFound(w, r)
		return
	}
	json.NewEncoder(w).Encode(v)
}

func (s *server) list(w http.ResponseWriter, r *http.Request) { w.Write(s.book.Summary()) }

func (s *server) last(w http.ResponseWriter, r *http.Request) {
	for _, c := range s.out.Last() {
		if c.Text != "" {
			fmt.Fprintf(w, "%s: %.60s\n", c.Nurse, c.Text)
		}
	}
}
