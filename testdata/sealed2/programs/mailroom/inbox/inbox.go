// Package inbox takes mail for a small office.
package inbox

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-smtp"
)

type Office struct {
	mu   sync.Mutex
	last []string // subjects of the last mails

	Taken, Reading atomic.Int64
}

func (o *Office) Login(*smtp.ConnectionState, string, string) (smtp.Session, error) {
	return nil, smtp.ErrAuthUnsupported
}

func (o *Office) AnonymousLogin(state *smtp.ConnectionState) (smtp.Session, error) {
	return &session{office: o, helo: state.Hostname}, nil
}

type session struct {
	office *Office
	helo   string
	from   string
	to     []string
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, opts smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	s.office.Reading.Add(1)
	defer s.office.Reading.Add(-1)
	var body bytes.Buffer
	if _, err := io.Copy(&body, r); err != nil {
		return err
	}
	s.office.file(s.from, body.Bytes())
	return nil
}

func (o *Office) file(from string, mail []byte) {
	subject := "(none)"
	for sc := bufio.NewScanner(bytes.NewReader(mail)); sc.Scan() && sc.Text() != ""; {
		if v, ok := strings.CutPrefix(sc.Text(), "Subject: "); ok {
			subject = strings.Clone(v)
		}
	}
	o.mu.Lock()
	if o.last = append(o.last, from+": "+subject); len(o.last) > 50 {
		o.last = append([]string(nil), o.last[len(o.last)-50:]...)
	}
	o.mu.Unlock()
	o.Taken.Add(1)
}
