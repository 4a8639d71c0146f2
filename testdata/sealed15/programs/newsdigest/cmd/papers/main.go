// papers are the papers: each has a new article every fifteen seconds or so, and some come again.
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"strings"
	"time"
)

const words = "harbour council bridge market river school weather tram orchestra season budget island library hospital ferry festival election tower mill garden"

func text(r *rand.Rand, n int) string {
	ws := strings.Fields(words)
	var sb strings.Builder
	for sb.Len() < n {
		sb.WriteString(ws[r.Intn(len(ws))] + " ")
	}
	return sb.String()
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "address")
	flag.Parse()
	began := time.Now()
	http.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) {
		ps := strings.Split(strings.Trim(q.URL.Path, "/"), "/")
		if len(ps) < 2 {
			http.NotFound(w, q)
			return
		}
		base := "http://" + q.Host + "/" + ps[0]
		switch {
		case ps[1] == "feed.xml":
			n := int(time.Since(began) / (17 * time.Second))
			fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Paper %s</title><link>%s</link>`, ps[0], base)
			for i := n; i > n-3 && i >= 0; i-- {
				fmt.Fprintf(w, "<item><title>%s</title><link>%s/%d?from=feed</link><description>%s</description>", text(rand.New(rand.NewSource(int64(i))), 40), base, i, text(rand.New(rand.NewSource(int64(i))), 400))
				if i%3 == 0 {
					fmt.Fprintf(w, `<enclosure url="%s/%d/photo" type="image/jpeg" length="100000"/>`, base, i)
				}
				fmt.Fprint(w, "</item>")
			}
			fmt.Fprint(w, "</channel></rss>")
		case len(ps) == 3:
			b := make([]byte, 90000+rand.Intn(60000))
			rand.Read(b)
			w.Write(b)
		default:
			r := rand.New(rand.NewSource(int64(len(ps[1]))))
			var sb strings.Builder
			fmt.Fprintf(&sb, `<!doctype html><html><head><title>Paper %s</title><meta name="article-code" content="%s-%s"></head><body><nav>%s</nav><h1>%s</h1><div class="byline">by %s</div><article>`, ps[0], ps[0], ps[1], text(r, 2000), text(r, 40), text(r, 20))
			for i := 0; i < 12+r.Intn(8); i++ {
				fmt.Fprintf(&sb, "<p>%s <b>%s</b></p>\n", text(r, 1200), text(r, 50))
			}
			sb.WriteString("</article></body></html>")
			w.Header().Set("Content-Length", fmt.Sprint(sb.Len()))
			fmt.Fprint(w, sb.String())
		}
	})
	log.Fatal(http.ListenAndServe(*listen, nil))
}
