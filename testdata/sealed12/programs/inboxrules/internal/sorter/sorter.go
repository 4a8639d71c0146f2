// Package sorter takes one mail after the other and puts it where it belongs.
package sorter

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"post.example/inboxrules/internal/mail"
	"post.example/inboxrules/internal/rules"
	"post.example/inboxrules/internal/trace"
)

// recent is how many mails a folder shows at once.
const recent = 10

type line struct {
	ID, From, Subject string
}

type Sorter struct {
	set     *rules.Set
	log     zerolog.Logger
	sorted  atomic.Int64
	mu      sync.Mutex
	folders map[string][]line
}

func New(set *rules.Set, log zerolog.Logger) *Sorter {
	return &Sorter{set: set, log: log, folders: map[string][]line{}}
}

// Run sorts mail until the context ends.
func (s *Sorter) Run(ctx context.Context, in <-chan *mail.Mail) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m := <-in:
			ctx = trace.With(ctx, m)
			log := s.log.With().Str("mail", m.ID).Str("to", m.To).Logger()
			ctx = log.WithContext(ctx)
			s.sort(ctx, m)
		}
	}
}

func (s *Sorter) sort(ctx context.Context, m *mail.Mail) {
	folder, err := s.set.Folder(ctx, m)
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("left in the inbox")
		folder = "inbox"
	}
	if t := trace.From(ctx); t != nil && time.Since(t.Begun) > time.Second {
		zerolog.Ctx(ctx).Warn().Int("steps", len(t.Steps)).Msg("slow")
	}
	s.sorted.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	f := append(s.folders[m.To+"/"+folder], line{m.ID, m.From, m.Subject})
	if len(f) > recent {
		f = append([]line(nil), f[1:]...)
	}
	s.folders[m.To+"/"+folder] = f
}

func (s *Sorter) Sorted() int64 { return s.sorted.Load() }

func (s *Sorter) Folders() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.folders)
}
