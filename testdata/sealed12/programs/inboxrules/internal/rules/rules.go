// Package rules has the rules by which mail is put into folders.
package rules

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"post.example/inboxrules/internal/mail"
	"post.example/inboxrules/internal/trace"
)

// Rule puts what its pattern is found in into a folder. In the pattern {from} is the sender, and {to} who gets it.
type Rule struct {
	Name    string
	Pattern string
	Where   string // subject, body or headers
	Folder  string
}

type Set struct {
	rules    map[string][]Rule // by who gets it
	compiled sync.Map          // pattern: *regexp.Regexp
	n        atomic.Int64
}

// Town has the rules of a town hall with so many people.
func Town(people int) *Set {
	s := &Set{rules: map[string][]Rule{}}
	topics := strings.Fields("parking building roads schools permits waste elections archive")
	for i := 0; i < people; i++ {
		to := fmt.Sprintf("desk%d@town.example", i)
		a, b := topics[i%len(topics)], topics[(i+3)%len(topics)]
		s.rules[to] = []Rule{
			{"mine", `(?i)\b` + a + `\b.*(urgent|deadline|complaint)`, "subject", a + "/urgent"},
			{"answered", `(?i)(on .{6,40}, )?\b{from} (wrote|schrieb|a écrit)`, "body", "threads"},
			{"topic", `(?i)\b(` + a + `|` + b + `)\b`, "subject", a},
			{"bulk", `(?i)list-unsubscribe: <?(mailto|https?):`, "headers", "bulk"},
		}
	}
	return s
}

// Folder is where a mail belongs.
func (s *Set) Folder(ctx context.Context, m *mail.Mail) (string, error) {
	for _, r := range s.rules[m.To] {
		began := time.Now()
		re, err := s.pattern(r, m)
		if err != nil {
			return "", err
		}
		hit := re.MatchString(text(r, m))
		trace.Add(ctx, r.Name, time.Since(began), hit)
		if hit {
			return r.Folder, nil
		}
	}
	return "inbox", nil
}

// pattern is a rule's pattern for a mail. To compile one is dear, so each is compiled once.
func (s *Set) pattern(r Rule, m *mail.Mail) (*regexp.Regexp, error) {
	p := strings.NewReplacer("{from}", regexp.QuoteMeta(m.From), "{to}", regexp.QuoteMeta(m.To)).Replace(r.Pattern)
	if re, ok := s.compiled.Load(p); ok {
		return re.(*regexp.Regexp), nil
	}
	re, err := regexp.Compile(p)
	if err != nil {
		return nil, fmt.Errorf("rule %s of %s: %w", r.Name, m.To, err)
	}
	s.compiled.Store(p, re)
	s.n.Add(1)
	return re, nil
}

func text(r Rule, m *mail.Mail) string {
	switch r.Where {
	case "subject":
		return m.Subject
	case "body":
		return m.Body
	}
	var b strings.Builder
	for k, v := range m.Headers {
		b.WriteString(k + ": " + v + "\n")
	}
	return b.String()
}

// Compiled is how many patterns there are.
func (s *Set) Compiled() int64 { return s.n.Load() }
