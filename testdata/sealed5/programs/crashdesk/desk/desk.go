// Package desk has the tickets and the notes on them.
package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"crashdesk/report"
)

type ticket struct {
	ID    string
	Notes []string
}

type Desk struct {
	mu                   sync.Mutex
	tickets              map[string]*ticket
	Notes, Looks, Failed atomic.Int64
}

var errGone = errors.New("the customer's record is gone")

func New() *Desk { return &Desk{tickets: map[string]*ticket{}} }

func (d *Desk) Routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /tickets/{id}", d.look)
	m.HandleFunc("POST /tickets/{id}/notes", d.note)
	return m
}

func (d *Desk) look(w http.ResponseWriter, r *http.Request) {
	d.Looks.Add(1)
	id := r.PathValue("id")
	job := report.Begin("look", map[string]string{"ticket": id})
	defer job.Done()
	job.Note("db", "ticket "+id, nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	if t := d.tickets[id]; t != nil {
		json.NewEncoder(w).Encode(t)
		return
	}
	io.WriteString(w, "{}")
}

// note adds a note to a ticket and looks for the customer's machine; one in three has none that we know.
func (d *Desk) note(w http.ResponseWriter, r *http.Request) {
	d.Notes.Add(1)
	id := r.PathValue("id")
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	job := report.Begin("note", map[string]string{"ticket": id, "agent": r.UserAgent()})
	job.Note("http", r.Method+" "+r.URL.Path, map[string]any{"body": string(b), "remote": r.RemoteAddr})
	machine, err := d.machine(job, id)
	if err != nil {
		d.Failed.Add(1)
		job.Fail(fmt.Errorf("note on %s: %w", id, err))
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	d.add(id, machine, strings.Fields(string(b)))
	job.Done()
}

func (d *Desk) machine(job *report.Job, id string) (string, error) {
	job.Note("db", "select * from machines where ticket = "+id, map[string]any{"rows": rand.Intn(3)})
	if rand.Intn(3) == 0 {
		return "", errGone
	}
	return "HZ-" + id, nil
}

// add keeps the beginning of the last three notes.
func (d *Desk) add(id, machine string, words []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tickets[id]
	if t == nil {
		t = &ticket{ID: id}
		d.tickets[id] = t
	}
	t.Notes = append(t.Notes, machine+" "+strings.Join(words[:min(len(words), 12)], " "))
	if len(t.Notes) > 3 {
		t.Notes = t.Notes[1:]
	}
}
