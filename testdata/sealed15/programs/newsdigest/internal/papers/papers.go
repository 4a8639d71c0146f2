// Package papers fetches what the papers have: feeds, articles and photos.
package papers

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/sync/errgroup"
)

// Paper is one of the papers that are read.
type Paper struct{ Name, URL string }

type Desk struct {
	client *http.Client
	parser *gofeed.Parser
}

func NewDesk() *Desk {
	return &Desk{client: &http.Client{Timeout: 15 * time.Second}, parser: gofeed.NewParser()}
}

// Items of a paper's feed.
func (d *Desk) Items(ctx context.Context, p Paper) ([]*gofeed.Item, error) {
	b, err := d.get(ctx, p.URL+"/feed.xml")
	if err != nil {
		return nil, err
	}
	f, err := d.parser.ParseString(b)
	if err != nil {
		return nil, fmt.Errorf("feed of %s: %w", p.Name, err)
	}
	return f.Items, nil
}

// Article fetches an article and its photo, if it has one.
func (d *Desk) Article(ctx context.Context, link, photo string) (text string, picture []byte, err error) {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		text, err = d.get(ctx, link)
		return
	})
	if photo != "" {
		g.Go(func() error {
			p, err := d.get(ctx, photo)
			picture = []byte(p)
			return err
		})
	}
	return text, picture, g.Wait()
}

func (d *Desk) get(ctx context.Context, url string) (string, error) {
	q, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return "", err
	}
	r, err := d.client.Do(q)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", url, r.Status)
	}
	var sb strings.Builder
	if r.ContentLength > 0 {
		sb.Grow(int(r.ContentLength))
	}
	_, err = io.Copy(&sb, r.Body)
	return sb.String(), err
}
