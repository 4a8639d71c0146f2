// Command mailroom is the mail server: it hands over mail of citizens, of firms and of lists, in waves.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand"
	"net"
	"strings"
	"time"
)

var words = strings.Fields("parking building roads schools permits waste elections archive urgent deadline complaint the of a to we ask for please invoice attached bridge bench lamp street meeting minutes letter")

func text(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(words[rand.Intn(len(words))])
		b.WriteByte(' ')
	}
	return b.String()
}

func main() {
	to := flag.String("to", "127.0.0.1:7657", "")
	rate := flag.Float64("rate", 8, "mails a second, on average")
	dur := flag.Duration("for", 18*time.Minute, "")
	flag.Parse()
	c, err := net.Dial("tcp", *to)
	if err != nil {
		log.Fatal(err)
	}
	answers := bufio.NewReader(c)
	began := time.Now()
	for n := 0; time.Since(began) < *dur; n++ {
		x := time.Since(began).Seconds() / 200
		time.Sleep(time.Duration(rand.ExpFloat64() / (*rate * (1 + 0.5*math.Sin(2*math.Pi*x))) * float64(time.Second)))
		from := fmt.Sprintf("citizen%d@mail.example", rand.Intn(300))
		h := map[string]string{"received": text(80), "message-id": fmt.Sprintf("<%x@mail.example>", rand.Uint64()), "x-spam": "no"}
		if rand.Intn(100) < 35 { // a list has an address for each mail, to see which ones come back
			from = fmt.Sprintf("bounce+%012x-desk%d=town.example@list%d.example", rand.Int63()&(1<<48-1), rand.Intn(40), rand.Intn(20))
			h["list-unsubscribe"] = "<https://list.example/" + fmt.Sprint(rand.Intn(1e6)) + ">"
		}
		b, _ := json.Marshal(map[string]any{"id": fmt.Sprintf("m%07d", n), "to": fmt.Sprintf("desk%d@town.example", rand.Intn(40)), "from": from,
			"subject": text(20 + rand.Intn(30)), "headers": h, "body": text(400 + rand.Intn(1800))})
		if _, err := c.Write(append(b, '\n')); err != nil {
			log.Fatal(err)
		}
		if _, err := answers.ReadString('\n'); err != nil {
			log.Fatal(err)
		}
	}
}
