package store

import "sync"

type Document struct {
	Title string   `json:"title"`
	Body  string   `json:"body"`
	Tags  []string `json:"tags"`
}

type Repository interface {
	Save(path string, d *Document) error
	Load(path string) (*Document, bool)
}

type memory struct {
	mu   sync.RWMutex
	docs map[string][]*Document // all versions
}

func NewRepository() Repository { return &memory{docs: map[string][]*Document{}} }

func (m *memory) Save(path string, d *Document) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.docs[path] = append(m.docs[path], d)
	return nil
}

func (m *memory) Load(path string) (*Document, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	versions := m.docs[path]
	if len(versions) == 0 {
		return nil, false
	}
	return versions[len(versions)-1], true
}
