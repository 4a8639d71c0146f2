// Package poll serves long polls: a client waits for the next message to its user.
package poll

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"notifyd/bus"
)

type Handler struct {
	Bus  *bus.Bus
	Wait time.Duration
}

func (h *Handler) Poll(w http.ResponseWriter, r *http.Request) {
	user := r.URL.Query().Get("user")
	sub, err := h.Bus.Subscribe(user)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	t := time.NewTimer(h.Wait)
	defer t.Stop()
	select {
	case data := <-sub.C:
		sub.Close()
		json.NewEncoder(w).Encode(map[string]any{"user": user, "message": string(data), "at": time.Now()})
	case <-t.C:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (h *Handler) Send(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n, err := h.Bus.Publish(r.URL.Query().Get("user"), data)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	json.NewEncoder(w).Encode(map[string]int{"receivers": n})
}
