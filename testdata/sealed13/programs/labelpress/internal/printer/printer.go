// Package printer talks to the printers of a warehouse.
package printer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"goods.example/labelpress/internal/gate"
	"goods.example/labelpress/internal/label"
)

// Printer is one of them. It takes three jobs at a time.
type Printer struct {
	Number  int
	url     string
	client  *http.Client
	gate    *gate.Gate
	log     *zap.Logger
	printed atomic.Int64
	refused atomic.Int64
}

func New(number int, url string, log *zap.Logger) *Printer {
	return &Printer{
		Number: number,
		url:    url,
		client: &http.Client{Timeout: 10 * time.Second},
		gate:   gate.New(3),
		log:    log.With(zap.Int("printer", number)),
	}
}

// media is what the printer has in it.
func (p *Printer) media(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", p.url+"/media", nil)
	if err != nil {
		return "", err
	}
	r, err := p.client.Do(req)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(io.LimitReader(r.Body, 64))
	return string(b), err
}

// Print has a label printed.
func (p *Printer) Print(ctx context.Context, l *label.Label) error {
	var picture bytes.Buffer
	if err := label.Draw(&picture, l); err != nil {
		return err
	}
	p.gate.Enter()
	has, err := p.media(ctx)
	if err != nil {
		p.gate.Leave()
		return err
	}
	if has != l.Media {
		p.refused.Add(1)
		p.log.Warn("wrong media", zap.String("order", l.Order), zap.String("wants", l.Media), zap.String("has", has))
		return fmt.Errorf("printer %d has %q in it, not %q", p.Number, has, l.Media)
	}
	defer p.gate.Leave()
	r, err := p.client.Post(p.url+"/print", "image/png", &picture)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	io.Copy(io.Discard, r.Body)
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("printer %d: %s", p.Number, r.Status)
	}
	p.printed.Add(1)
	return nil
}

// Stats is what it does and did.
func (p *Printer) Stats() (busy, waiting int, printed, refused int64) {
	busy, waiting = p.gate.Load()
	return busy, waiting, p.printed.Load(), p.refused.Load()
}
