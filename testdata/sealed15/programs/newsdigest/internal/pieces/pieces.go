// Package pieces makes pieces of a digest of articles.
package pieces

import (
	"errors"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/microcosm-cc/bluemonday"
)

// Piece is an article, as it is in the digest.
type Piece struct {
	Code    string // the paper's own number of the article
	Paper   string
	Title   string
	Byline  string
	Summary string
	Photo   []byte
}

var policy = bluemonday.UGCPolicy()

var ErrNoCode = errors.New("article without a code")

// code finds the number that papers give their articles; the same article
// comes under several addresses.
func code(page string) string {
	const before, after = `<meta name="article-code" content="`, `"`
	i := strings.Index(page, before)
	if i < 0 {
		return ""
	}
	page = page[i+len(before):]
	if i = strings.Index(page, after); i < 0 {
		return ""
	}
	return page[:i]
}

// Cut makes a piece of a page.
func Cut(paper, page string, photo []byte) (*Piece, error) {
	c := code(page)
	if c == "" {
		return nil, ErrNoCode
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		return nil, err
	}
	p := &Piece{Code: c, Paper: paper, Photo: photo}
	p.Title = strings.TrimSpace(doc.Find("h1").First().Text())
	p.Byline = strings.TrimSpace(doc.Find(".byline").First().Text())
	var sb strings.Builder
	doc.Find("article p").EachWithBreak(func(i int, s *goquery.Selection) bool {
		h, _ := s.Html()
		sb.WriteString("<p>" + policy.Sanitize(h) + "</p>\n")
		return sb.Len() < 1200
	})
	p.Summary = sb.String()
	return p, nil
}
