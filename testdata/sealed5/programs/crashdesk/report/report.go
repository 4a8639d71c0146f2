// Package report tells sentry about errors, with what is known about the request.
package report

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/getsentry/sentry-go"
)

// Begun and Ended count the scopes.
var Begun, Ended atomic.Int64

func Start(dsn string) error {
	return sentry.Init(sentry.ClientOptions{Dsn: dsn, Release: "crashdesk@4.2", MaxBreadcrumbs: 12, SampleRate: 0.2})
}

// A Job is a piece of work whose errors are told together with its tags.
type Job struct{ scope *sentry.Scope }

// Begin opens a job; Done ends it.
func Begin(name string, tags map[string]string) *Job {
	Begun.Add(1)
	s := sentry.CurrentHub().PushScope()
	s.SetTransaction(name)
	s.SetTags(tags)
	return &Job{s}
}

// Note remembers a step of the job for the case that it fails.
func (j *Job) Note(category, message string, data map[string]any) {
	j.scope.AddBreadcrumb(&sentry.Breadcrumb{Category: category, Message: message, Data: data, Timestamp: time.Now()}, 12)
}

// Fail tells sentry that the job has failed.
func (j *Job) Fail(err error) {
	sentry.CaptureException(err)
}

func (j *Job) Done() {
	Ended.Add(1)
	sentry.PopScope()
}

// Middleware tells sentry about panics.
func Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				sentry.CurrentHub().Clone().Recover(p)
				http.Error(w, "sorry", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
