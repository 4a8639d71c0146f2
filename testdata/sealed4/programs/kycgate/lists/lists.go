// Package lists looks for names in the lists of sanctions.
package lists

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

type Lists struct {
	base         string
	client       *http.Client
	Names, Found atomic.Int64
}

func New(base string) *Lists {
	return &Lists{base: base, client: &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8}}}
}

func (l *Lists) Name(w http.ResponseWriter, r *http.Request) {
	l.Names.Add(1)
	lines, err := l.open(r.PathValue("name"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	alike := 0
	for s := bufio.NewScanner(lines); s.Scan(); {
		if n, ok := strings.CutPrefix(s.Text(), "name "); ok {
			l.Found.Add(1)
			fmt.Fprintf(w, "listed: %s\n", n)
			return
		}
		alike++
	}
	lines.Close()
	fmt.Fprintf(w, "not listed, %d alike\n", alike)
}

// a list is what the lists say, unpacked.
type list struct {
	*gzip.Reader
	body io.Closer
}

func (l *list) Close() error {
	l.Reader.Close()
	return l.body.Close()
}

func (l *Lists) open(name string) (io.ReadCloser, error) {
	req, err := http.NewRequest("GET", l.base+"/sanctions/"+name, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := l.client.Do(req)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return &list{z, resp.Body}, nil
}
