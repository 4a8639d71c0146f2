// Package web is what players call.
package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"play.example/matchroom/internal/room"
	"play.example/matchroom/internal/session"
)

type ctxKey struct{}

// Server of matches.
type Server struct {
	Sessions *session.Keeper
	Lobby    *room.Lobby[string]
}

func (s *Server) signedIn(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, ses := s.Sessions.Open(r.PathValue("player"))
		w.Header().Set("X-Session", id)
		next(w, r.WithContext(context.WithValue(r.Context(), ctxKey{}, ses)))
	}
}

func (s *Server) play(w http.ResponseWriter, r *http.Request) {
	ses := r.Context().Value(ctxKey{}).(*session.Session)
	res, err := s.Lobby.Join(r.Context(), ses.Player)
	if err != nil {
		return
	}
	json.NewEncoder(w).Encode(res)
}

func (s *Server) profile(w http.ResponseWriter, r *http.Request) {
	ses := r.Context().Value(ctxKey{}).(*session.Session)
	fmt.Fprintf(w, "%s %d\n", ses.Player, len(ses.Profile))
}

// Handler are the routes.
func (s *Server) Handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /play/{player}", s.signedIn(s.play))
	m.HandleFunc("GET /profile/{player}", s.signedIn(s.profile))
	m.HandleFunc("GET /rooms", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, s.Lobby.Open()) })
	return m
}
