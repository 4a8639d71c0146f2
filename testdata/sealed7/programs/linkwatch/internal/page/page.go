// Package page reads pages of partners.
package page

import (
	"io"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Page is what is kept of one.
type Page struct {
	URL, Title, Lead string
	Links            []string
	Words            int
}

// Read takes a page apart.
func Read(url string, r io.Reader) (*Page, error) {
	d, err := goquery.NewDocumentFromReader(r)
	if err != nil {
		return nil, err
	}
	p := &Page{URL: url, Title: strings.Clone(strings.TrimSpace(d.Find("title").First().Text()))}
	d.Find("p").Each(func(i int, s *goquery.Selection) {
		t := s.Text()
		p.Words += strings.Count(t, " ") + 1
		if i == 0 {
			p.Lead = strings.Clone(t[:min(len(t), 400)])
		}
	})
	d.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
		if h, ok := s.Attr("href"); ok && strings.HasPrefix(h, "/") {
			p.Links = append(p.Links, strings.Clone(h))
		}
	})
	return p, nil
}
