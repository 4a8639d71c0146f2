// Package tap takes lines and shows them.
package tap

import (
	"bufio"
	"io"
	"net/http"
	"strconv"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"logship/lines"
)

type Tap struct {
	book *lines.Book
	ship *zap.Logger
}

func New(b *lines.Book) *Tap {
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(io.Discard), zap.InfoLevel)
	return &Tap{book: b, ship: zap.New(core)}
}

func (t *Tap) machine(w http.ResponseWriter, r *http.Request) int {
	n, err := strconv.Atoi(r.PathValue("machine"))
	if err != nil || n < 0 || n >= 36 {
		http.NotFound(w, r)
		return -1
	}
	return n
}

func (t *Tap) Take(w http.ResponseWriter, r *http.Request) {
	m := t.machine(w, r)
	if m < 0 {
		return
	}
	for s := bufio.NewScanner(r.Body); s.Scan(); {
		line := s.Text()
		t.ship.Info(line, zap.Int("machine", m))
		t.book.Add(m, line)
	}
}

func (t *Tap) Last(w http.ResponseWriter, r *http.Request) {
	if m := t.machine(w, r); m >= 0 {
		for _, l := range t.book.Last(m, 40) {
			io.WriteString(w, l+"\n")
		}
	}
}
