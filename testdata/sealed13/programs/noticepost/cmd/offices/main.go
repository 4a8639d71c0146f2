// Command offices is the town's offices, which send notices, and the mail relay, which is slow, and away for a while now and then.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

var sentences = []string{
	"on {{date .Now}} our people will work in {{.Person.Street}}. ",
	"You are customer {{.Person.Customer}} of {{.Notice.Office}}. ",
	"{{if .Notice.Leaflets}}Please read what is enclosed ({{join .Notice.Leaflets \", \"}}). {{end}}",
	"Nobody has to be at home. ", "If you have questions, {{upper .Notice.Office}} is open from eight to twelve. ",
	"{{with .Person.Mail}}This was sent to {{.}}. {{end}}", "Bins should be out by six in the morning, and cars should not stand at the kerb. ",
}

func main() {
	to := flag.String("url", "http://127.0.0.1:7711", "")
	relay := flag.String("relay", "127.0.0.1:7761", "")
	rate := flag.Float64("rate", 1.3, "notices a second")
	own := flag.Int("own", 50, "of a hundred that have a text of their own")
	period := flag.Duration("period", 160*time.Second, "")
	dur := flag.Duration("for", 20*time.Minute, "")
	flag.Parse()
	began := time.Now()
	go relayServer(*relay, began)
	c := &http.Client{Timeout: 20 * time.Second}
	var failed atomic.Int64
	leaflets := []string{"waterworks", "roadworks", "waste-calendar", "elections", "childcare"}
	for n := 0; time.Since(began) < *dur; n++ {
		r := *rate * (1 + 0.6*math.Sin(2*math.Pi*time.Since(began).Seconds()/period.Seconds()))
		time.Sleep(time.Duration(rand.ExpFloat64() / r * float64(time.Second)))
		notice := map[string]any{"id": fmt.Sprintf("%s-%d", began.Format("0102"), n), "office": "office " + leaflets[rand.Intn(5)], "subject": "what you should know", "leaflets": []string{leaflets[rand.Intn(5)]}, "template": []string{"closed-road", "water", "waste"}[rand.Intn(3)]}
		if rand.Intn(100) < *own {
			var b strings.Builder
			b.WriteString(`{{template "head" .}}`)
			for range 6 + rand.Intn(8) {
				b.WriteString(sentences[rand.Intn(len(sentences))])
			}
			b.WriteString(`{{template "foot" .}}`)
			notice["text"] = b.String()
		}
		var people []map[string]string
		for range 1 + rand.Intn(4) {
			k := rand.Intn(20000)
			people = append(people, map[string]string{"Name": fmt.Sprintf("Citizen %d", k), "Street": fmt.Sprintf("Street %d", k%300), "Mail": fmt.Sprintf("c%d@people.example", k), "Customer": fmt.Sprintf("%08d", k)})
		}
		notice["people"] = people
		body, _ := json.Marshal(notice)
		go func() {
			a, err := c.Post(*to+"/notices", "application/json", bytes.NewReader(body))
			if err != nil || a.StatusCode >= 300 {
				failed.Add(1)
			}
			if err == nil {
				io.Copy(io.Discard, a.Body)
				a.Body.Close()
			}
		}()
		if n%100 == 0 {
			log.Print(n, " notices, ", failed.Load(), " failed")
		}
	}
}

func relayServer(addr string, began time.Time) {
	log.Fatal(http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if s := int(time.Since(began).Seconds()) % 140; s > 120 { // away
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		time.Sleep(time.Duration(500+rand.Intn(1400)) * time.Millisecond)
	})))
}
