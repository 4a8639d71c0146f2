// Command clubmail sends the mail of a sports club to chasquid: most to members, some to lists that go on to other clubs.
package main

import (
	"fmt"
	"math/rand"
	"net/smtp"
	"strings"

	"pump"
)

func main() {
	pump.Flags()
	if pump.Mode != "load" {
		return
	}
	at := fmt.Sprintf("127.0.0.1:%d", pump.Port)
	send := func(to string, size int) {
		var b strings.Builder
		fmt.Fprintf(&b, "From: %s@elsewhere.example\r\nTo: %s\r\nSubject: training on %s\r\nMessage-ID: <%s@x>\r\n\r\n", pump.ID(5), to, pump.ID(6), pump.ID(16))
		for b.Len() < size {
			b.WriteString(pump.ID(70) + "\r\n")
		}
		c, err := smtp.Dial(at)
		if err != nil {
			return
		}
		defer c.Close()
		if c.Hello("mail.elsewhere.example") != nil || c.Mail(pump.ID(5)+"@elsewhere.example") != nil || c.Rcpt(to) != nil {
			return
		}
		if w, err := c.Data(); err == nil {
			w.Write([]byte(b.String()))
			w.Close()
		}
		c.Quit()
	}
	// a list gets a letter now and then; the clubs it goes on to have gone
	go pump.Run(pump.Flat(0.52), func(i int) {
		send([]string{"board", "youth"}[i%2]+"@club.example", pump.Between(30<<10, 190<<10))
	})
	pump.Run(pump.Wave(0.3, 6, 2), func(i int) {
		send(fmt.Sprintf("member%d@club.example", rand.Intn(300)), pump.Between(4<<10, 120<<10))
	})
}
