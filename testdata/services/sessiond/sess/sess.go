package sess

import "context"

type Manager struct {
	base context.Context
	stop context.CancelFunc
}

type Session struct {
	user   string
	ctx    context.Context
	cancel context.CancelFunc
	data   [900]byte
}

type userKey struct{}

func NewManager(ctx context.Context) *Manager {
	ctx, stop := context.WithCancel(ctx)
	return &Manager{ctx, stop}
}

// Start begins a session; it ends with the manager.
func (m *Manager) Start(user string) *Session {
	s := &Session{user: user}
	s.ctx, s.cancel = context.WithCancel(context.WithValue(m.base, userKey{}, s))
	return s
}

func (s *Session) User() string { return s.ctx.Value(userKey{}).(*Session).user }
