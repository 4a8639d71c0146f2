//go:debug httpmuxgo121=0

// Command authz decides who may do what in a hospital's systems.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"net/http"

	"authz/access"
	"authz/door"
	"probe"
	"pump"
)

func load() {
	base := fmt.Sprintf("http://127.0.0.1:%d", pump.Port)
	pump.Run(pump.Wave(2, 16, 2), func(i int) {
		b, _ := pump.Post(fmt.Sprintf("%s/sessions?user=u%d", base, rand.Intn(300)), nil)
		var s struct{ ID string }
		if json.Unmarshal(b, &s) != nil {
			return
		}
		for range pump.Between(1, 5) {
			pump.Get(fmt.Sprintf("%s/may?session=%s&do=%s&on=ward%d", base, s.ID, []string{"read", "write"}[rand.Intn(2)], rand.Intn(8)))
		}
		pump.Send("DELETE", base+"/sessions/"+s.ID, nil)
	})
}

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		load()
	}
	a, err := access.New()
	if err != nil {
		log.Fatal(err)
	}
	d := door.New(a)
	probe.Gauge("begun", d.Begun.Load)
	probe.Gauge("ended", d.Ended.Load)
	probe.Gauge("asked", d.Asked.Load)
	probe.Gauge("links", a.Links)
	probe.Listen(pump.Port + 1)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), d.Routes()))
}
