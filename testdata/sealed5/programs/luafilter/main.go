// Command luafilter sorts the mail of a company by rules in Lua.
package main

import (
	"fmt"
	"log"
	"net/http"
	"strings"

	"luafilter/inbox"
	"luafilter/script"
	"probe"
	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		pump.Run(func() float64 { // a quiet morning, then more and more, and a rush towards noon
			if x := pump.X(); x < 0.62 {
				return 3 + 30*x
			} else if x < 0.75 {
				return 34
			}
			return 12
		}, func(i int) {
			pump.Post(fmt.Sprintf("http://127.0.0.1:%d/mail", pump.Port), []byte("Subject: "+pump.ID(pump.Between(10, 60))+"\n\n"+strings.Repeat("dear all, ", pump.Between(5, 900))))
		})
	}
	s := script.NewPool(120)
	b := inbox.New(s)
	probe.Gauge("mails", b.Mails.Load)
	probe.Gauge("machines", s.Made.Load)
	probe.Listen(pump.Port + 1)
	http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port), b)
	log.Fatal("ended")
}
