package intake

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"io"
	"net/http"
	"strconv"
	"strings"

	"pulse/aggregate"
)

var seed = maphash.MakeSeed()

// A Handler takes lines of text: time host metric value.
type Handler struct{ W *aggregate.Window }

func (h *Handler) Write(w http.ResponseWriter, r *http.Request) {
	ps, err := parse(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h.W.Add(ps...)
	fmt.Fprintln(w, len(ps))
}

func parse(r io.Reader) ([]aggregate.Point, error) {
	var ps []aggregate.Point
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		f := strings.Fields(sc.Text())
		if len(f) != 4 {
			return nil, fmt.Errorf("bad line %q", sc.Text())
		}
		at, err := strconv.ParseInt(f[0], 10, 64)
		if err != nil {
			return nil, err
		}
		v, err := strconv.ParseFloat(f[3], 64)
		if err != nil {
			return nil, err
		}
		ps = append(ps, aggregate.Point{At: at, Host: maphash.String(seed, f[1]), Metric: maphash.String(seed, f[2]), Value: v, Weight: 1})
	}
	return ps, sc.Err()
}

func (h *Handler) Query(w http.ResponseWriter, r *http.Request) {
	out := map[string]float64{}
	for _, m := range r.URL.Query()["metric"] {
		out[m] = h.W.Percentile(maphash.String(seed, m), 0.95, 2000)
	}
	json.NewEncoder(w).Encode(out)
}
