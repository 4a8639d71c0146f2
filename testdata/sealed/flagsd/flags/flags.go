// Package flags keeps the feature flags that the files of a folder define, and follows changes of these files.
package flags

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/fsnotify/fsnotify"
)

// Rule says for whom a flag is on.
type Rule struct {
	Name    string
	Percent int
	Groups  []string
}

type ruleset struct {
	rules  map[string]Rule
	digest []byte
}

type Store struct {
	mu   sync.RWMutex
	sets map[string]*ruleset

	Watching int64 // for the exit report
}

// Open reads all files of dir and begins to watch them.
func Open(dir string) (*Store, error) {
	s := &Store{sets: map[string]*ruleset{}}
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		set, err := s.load(name)
		if err != nil {
			return nil, err
		}
		go s.watch(name, set)
	}
	return s, nil
}

func (s *Store) load(name string) (*ruleset, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var rules []Rule
	if err := json.Unmarshal(b, &rules); err != nil {
		return nil, err
	}
	set := &ruleset{rules: make(map[string]Rule, len(rules)), digest: b}
	for _, r := range rules {
		set.rules[r.Name] = r
	}
	s.mu.Lock()
	s.sets[filepath.Base(name)] = set
	s.mu.Unlock()
	return set, nil
}

// watch follows one file and reports what changes in it.
func (s *Store) watch(name string, current *ruleset) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		log.Printf("watch %s: %v", name, err)
		return
	}
	if err := w.Add(name); err != nil {
		log.Printf("watch %s: %v", name, err)
		w.Close()
		return
	}
	atomic.AddInt64(&s.Watching, 1)
	for {
		select {
		case ev := <-w.Events:
			switch {
			case ev.Op&fsnotify.Write != 0:
				next, err := s.load(name)
				if err != nil {
					continue // half written; another event follows
				}
				log.Printf("%s: %d rules changed", filepath.Base(name), diff(current, next))
				current = next
			case ev.Op&fsnotify.Remove != 0:
				// Somebody moved a new file into its place: the old watch has lost it.
				next, err := s.load(name)
				if err != nil {
					log.Printf("%s: %v", name, err)
					continue
				}
				log.Printf("%s: replaced, %d rules changed", filepath.Base(name), diff(current, next))
				go s.watch(name, next)
			}
		case err := <-w.Errors:
			log.Printf("watch %s: %v", name, err)
		}
	}
}

func diff(a, b *ruleset) (n int) {
	for name, r := range b.rules {
		if a.rules[name].Percent != r.Percent {
			n++
		}
	}
	return n
}

// Names returns the flags of a file that are on for the user.
func (s *Store) Names(file string, user uint32) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	set := s.sets[file]
	if set == nil {
		return nil
	}
	var out []string
	for name, r := range set.rules {
		if int(user%100) < r.Percent {
			out = append(out, name)
		}
	}
	return out
}
