//go:debug httpmuxgo121=0

package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"

	"drive"
	"guestbook/internal/checkin"
	"guestbook/internal/httpx"
	"guestbook/internal/session"
	"probe"
)

func main() {
	drive.Flags()
	if drive.Mode == "load" {
		load()
		return
	}
	store := session.NewStore(session.Config{TTLSeconds: 25})
	svc := checkin.New(checkin.Config{Rooms: 420})
	probe.Gauge("sessions", store.Len)
	probe.Gauge("checkins_open", svc.InFlight)
	probe.Listen(drive.Port + 1)
	log.Fatal(http.ListenAndServe(drive.Addr(0), httpx.NewRouter(store, svc)))
}

func load() {
	drive.Run(51, drive.Wave(3, 8, 2), func(i int, r *rand.Rand) {
		form := map[string]any{"guest": drive.ID(r, 9), "lang": "en", "wishes": drive.Text(r, drive.Between(r, 3000, 17000))}
		b, _ := json.Marshal(form)
		tok, code := drive.Post(drive.URL("/session"), b)
		if code != 200 {
			return
		}
		for n := r.Intn(4); n > 0; n-- {
			drive.Send("GET", drive.URL(fmt.Sprintf("/rooms/%d", r.Intn(420))), nil, "X-Session", string(tok))
		}
		kind := "mobile"
		if r.Intn(5) == 0 {
			kind = "desk" // no card is made at the desk
		}
		if r.Intn(10) < 7 {
			drive.Send("POST", drive.URL(fmt.Sprintf("/checkin?room=%d&key=%s", r.Intn(420), kind)), nil, "X-Session", string(tok))
		}
	})
}
