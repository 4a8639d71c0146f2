// Package screens makes the pages of the shops' screens and sends them there.
package screens

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"text/template"
	"time"

	"github.com/oxtoacart/bpool"
	"github.com/sirupsen/logrus"

	"ads.example/smallads/internal/ads"
)

const (
	pooled     = 256      // buffers that are kept
	usual      = 16 << 10 // bytes of a usual page; what has become larger is not kept
	countyEach = 5        // shops a round whose screen shows the whole county
)

var page = template.Must(template.New("page").Parse(`<!doctype html><html><head><title>{{.Title}}</title></head><body class="{{.Kind}}"><h1>{{.Title}}</h1>
{{range .Ads}}<article id="s{{.Shop}}"><h2>{{.Title}}</h2><p>{{.Text}}</p><p class="tel">{{.Phone}}</p></article>
{{end}}<footer>as of {{.At}}</footer></body></html>
`))

type view struct {
	Title, Kind, At string
	Ads             []*ads.Ad
}

type Stats struct{ Rounds, Sent, County, Failed, Waiting int64 }

type Board struct {
	store                                 *ads.Store
	to                                    string
	log                                   *logrus.Logger
	bufs                                  *bpool.SizedBufferPool
	client                                *http.Client
	turn                                  int
	rounds, sent, county, failed, waiting atomic.Int64
}

func New(s *ads.Store, to string, log *logrus.Logger) *Board {
	return &Board{
		store: s, to: to, log: log,
		bufs: bpool.NewSizedBufferPool(pooled, usual),
		client: &http.Client{Timeout: 15 * time.Second,
			Transport: &http.Transport{MaxIdleConns: 250, MaxIdleConnsPerHost: 250, IdleConnTimeout: time.Minute}},
	}
}

// Run sends all screens a page again and again.
func (b *Board) Run(every time.Duration) {
	for range time.Tick(every) {
		b.round()
	}
}

func (b *Board) round() {
	b.rounds.Add(1)
	n := b.store.Shops()
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		v := view{Title: fmt.Sprintf("Ads near shop %d", i), Kind: "near", At: time.Now().Format(time.Kitchen)}
		if (i+n-b.turn)%n < countyEach {
			v.Title, v.Kind = "Ads of the county", "county"
		}
		wg.Add(1)
		go func(shop int) {
			defer wg.Done()
			if err := b.show(shop, v); err != nil && b.failed.Add(1) < 5 {
				b.log.WithField("shop", shop).Warn(err)
			}
		}(i)
	}
	b.turn = (b.turn + countyEach) % n
	wg.Wait()
}

// show makes one page and waits until the screen has it.
func (b *Board) show(shop int, v view) error {
	buf := b.bufs.Get()
	defer b.bufs.Put(buf)
	v.Ads = b.store.Near(shop)
	if v.Kind == "county" {
		v.Ads = b.store.All()
		b.county.Add(1)
	}
	if err := render(buf, v); err != nil {
		return err
	}
	b.waiting.Add(1)
	defer b.waiting.Add(-1)
	res, err := b.client.Post(fmt.Sprintf("%s/screens/%d", b.to, shop), "text/html", bytes.NewReader(buf.Bytes()))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
	if res.StatusCode >= 300 {
		return fmt.Errorf("screen %d: %s", shop, res.Status)
	}
	b.sent.Add(1)
	return nil
}

func render(buf *bytes.Buffer, v view) error { return page.Execute(buf, v) }

func (b *Board) Stats() Stats {
	return Stats{b.rounds.Load(), b.sent.Load(), b.county.Load(), b.failed.Load(), b.waiting.Load()}
}
