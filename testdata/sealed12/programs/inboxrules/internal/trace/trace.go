// Package trace notes what was done with a mail, for when somebody asks why it lies where it lies.
package trace

import (
	"context"
	"time"

	"post.example/inboxrules/internal/mail"
)

type key struct{}

type Step struct {
	Rule string
	Took time.Duration
	Hit  bool
}

type Trace struct {
	Mail  *mail.Mail
	Begun time.Time
	Steps []Step
}

// With has a new trace in the context.
func With(ctx context.Context, m *mail.Mail) context.Context {
	return context.WithValue(ctx, key{}, &Trace{Mail: m, Begun: time.Now()})
}

// Add notes a step in the context's trace.
func Add(ctx context.Context, rule string, took time.Duration, hit bool) {
	if t, ok := ctx.Value(key{}).(*Trace); ok {
		t.Steps = append(t.Steps, Step{rule, took, hit})
	}
}

// From is the context's trace, or nil.
func From(ctx context.Context) *Trace {
	t, _ := ctx.Value(key{}).(*Trace)
	return t
}
