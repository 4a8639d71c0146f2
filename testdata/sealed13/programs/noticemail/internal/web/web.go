// Package web takes notices.
package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/sirupsen/logrus"

	"town.example/noticemail/internal/compose"
	"town.example/noticemail/internal/outbox"
)

// Handler is POST /notices, and /debug.
func Handler(c *compose.Composer, o *outbox.Outbox) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.Recoverer)
	r.Post("/notices", func(w http.ResponseWriter, r *http.Request) {
		n := new(compose.Notice)
		if err := json.NewDecoder(r.Body).Decode(n); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		switch err := c.Mails(n, o.Put); {
		case errors.Is(err, outbox.ErrFull):
			http.Error(w, "come again later", http.StatusServiceUnavailable)
		case err != nil:
			logrus.WithField("notice", n.ID).WithError(err).Warn("not sent")
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		default:
			w.WriteHeader(http.StatusAccepted)
		}
	})
	r.Mount("/debug", middleware.Profiler())
	return r
}
