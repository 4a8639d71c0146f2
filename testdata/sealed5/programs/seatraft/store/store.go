// Package store is the state machine of the seats, and the raft node that feeds it.
package store

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

// A Booking says who has a seat; a later one of the same seat replaces it.
type Booking struct {
	Show int    `json:"show"`
	Seat string `json:"seat"`
	Who  string `json:"who"`
	Note string `json:"note,omitempty"`
}

type Store struct {
	mu    sync.RWMutex
	shows map[int]map[string]string
	raft  *raft.Raft
	logs  *raft.InmemStore
}

func Open(id string) (*Store, error) {
	s := &Store{shows: map[int]map[string]string{}, logs: raft.NewInmemStore()}
	conf := raft.DefaultConfig()
	conf.LocalID = raft.ServerID(id)
	conf.Logger = hclog.NewNullLogger()
	conf.CommitTimeout = 20 * time.Millisecond
	// the seats fit into the log of a season, nobody wants pauses for snapshots in the evening
	conf.SnapshotThreshold = 1 << 24
	addr, trans := raft.NewInmemTransport("")
	r, err := raft.NewRaft(conf, s, s.logs, s.logs, raft.NewDiscardSnapshotStore(), trans)
	if err != nil {
		return nil, err
	}
	s.raft = r
	return s, r.BootstrapCluster(raft.Configuration{Servers: []raft.Server{{ID: conf.LocalID, Address: addr}}}).Error()
}

// Book writes a booking to the log and waits until it holds.
func (s *Store) Book(b Booking) error {
	line, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return s.raft.Apply(line, 2*time.Second).Error()
}

// Apply is called by raft with each entry that holds.
func (s *Store) Apply(l *raft.Log) any {
	var b Booking
	if err := json.Unmarshal(l.Data, &b); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	seats := s.shows[b.Show]
	if seats == nil {
		seats = map[string]string{}
		s.shows[b.Show] = seats
	}
	seats[b.Seat] = b.Who
	return nil
}

func (s *Store) Show(n int) map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make(map[string]string, len(s.shows[n]))
	for k, v := range s.shows[n] {
		out[k] = v
	}
	return out
}

// Observe gives what raft has to say about its node, from now on.
func (s *Store) Observe() <-chan raft.Observation {
	ch := make(chan raft.Observation, 64)
	s.raft.RegisterObserver(raft.NewObserver(ch, false, nil))
	return ch
}

func (s *Store) Stats() map[string]string { return s.raft.Stats() }

func (s *Store) Length() int64 {
	first, _ := s.logs.FirstIndex()
	last, _ := s.logs.LastIndex()
	return int64(last - first + 1)
}

type snapshot struct{ b []byte }

func (s *Store) Snapshot() (raft.FSMSnapshot, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, err := json.Marshal(s.shows)
	return snapshot{b}, err
}

func (s snapshot) Persist(sink raft.SnapshotSink) error {
	if _, err := sink.Write(s.b); err != nil {
		sink.Cancel()
		return err
	}
	return sink.Close()
}

func (snapshot) Release() {}

func (s *Store) Restore(r io.ReadCloser) error {
	defer r.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	return json.NewDecoder(r).Decode(&s.shows)
}
