// Package httpx is the HTTP side of the guest book.
package httpx

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"guestbook/internal/checkin"
	"guestbook/internal/session"
)

// Router is the HTTP handler.
type Router struct {
	store *session.Store
	svc   *checkin.Service
	mux   *http.ServeMux
}

// NewRouter wires the routes.
func NewRouter(store *session.Store, svc *checkin.Service) *Router {
	rt := &Router{store: store, svc: svc, mux: http.NewServeMux()}
	rt.mux.HandleFunc("POST /session", rt.open)
	rt.mux.Handle("GET /rooms/{n}", rt.with(rt.room))
	rt.mux.Handle("POST /checkin", rt.with(rt.checkin))
	return rt
}

func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) { rt.mux.ServeHTTP(w, r) }

type handler func(http.ResponseWriter, *http.Request, *session.Session)

func (rt *Router) with(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sess, ok := rt.store.Lookup(r.Header.Get("X-Session"))
		if !ok {
			http.Error(w, "no session", http.StatusUnauthorized)
			return
		}
		h(w, r, sess)
	})
}

func (rt *Router) open(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	sess, err := rt.store.Create(raw)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	io.WriteString(w, sess.Token)
}

func (rt *Router) room(w http.ResponseWriter, r *http.Request, sess *session.Session) {
	n, _ := strconv.Atoi(r.PathValue("n"))
	rt.store.View(sess, n)
	fmt.Fprintf(w, "room %d, %d beds, %d windows\n", n, 1+n%3, 1+n%4)
}

func (rt *Router) checkin(w http.ResponseWriter, r *http.Request, sess *session.Session) {
	room, _ := strconv.Atoi(r.FormValue("room"))
	if err := rt.svc.Do(checkin.Request{Guest: sess.Form.Guest, Room: room, Key: r.FormValue("key")}); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	fmt.Fprintf(w, "welcome %s\n", sess.Form.Guest)
}
