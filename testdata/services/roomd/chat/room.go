package chat

import "sync"

type Member struct {
	name  string
	inbox chan string
	hist  [3000]byte
}

type Room struct {
	name    string
	mu      sync.Mutex
	members map[*Member]bool
}

func NewRoom(name string) *Room { return &Room{name: name, members: map[*Member]bool{}} }

func (r *Room) Join(name string) *Member {
	m := &Member{name: name, inbox: make(chan string, 8)}
	r.mu.Lock()
	r.members[m] = true
	r.mu.Unlock()
	go m.pump()
	return m
}

// Leave takes the member out of the room.
func (r *Room) Leave(m *Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.members, m)
}

func (m *Member) Say(s string) { m.inbox <- s }

func (m *Member) pump() {
	for s := range m.inbox {
		copy(m.hist[:], s)
	}
}
