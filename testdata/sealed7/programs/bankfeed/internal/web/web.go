// Package web is what banks and screens call.
package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"bank.example/bankfeed/internal/ledger"
	"bank.example/bankfeed/internal/notify"
)

// Server has the routes.
type Server struct {
	Ledger *ledger.Ledger
	Hub    *notify.Hub
}

func (s *Server) importStatement(w http.ResponseWriter, r *http.Request) {
	n, again, err := s.Ledger.Import(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	fmt.Fprintf(w, "%d booked, %d known\n", n, again)
}

func (s *Server) balance(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, s.Ledger.Balance(r.PathValue("account")))
}

func (s *Server) watch(w http.ResponseWriter, r *http.Request) {
	e, ok := s.Hub.Wait(r.Context(), strings.Clone(r.PathValue("account")), r.UserAgent())
	if !ok {
		return
	}
	json.NewEncoder(w).Encode(e)
}

// Handler are the routes.
func (s *Server) Handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /statements", s.importStatement)
	m.HandleFunc("GET /accounts/{account}/balance", s.balance)
	m.HandleFunc("GET /accounts/{account}/next", s.watch)
	return m
}
