// Package access is the rules, with casbin.
package access

import (
	"fmt"
	"sync"

	"github.com/casbin/casbin"
	"github.com/casbin/casbin/model"
)

const text = `
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.obj == p.obj && r.act == p.act && g(r.sub, p.sub)
`

type Access struct {
	mu sync.Mutex
	e  *casbin.Enforcer
}

func New() (*Access, error) {
	m, err := model.NewModelFromString(text)
	if err != nil {
		return nil, err
	}
	e, err := casbin.NewEnforcer(m, false)
	if err != nil {
		return nil, err
	}
	a := &Access{e: e}
	for w := range 8 {
		for _, act := range []string{"read", "write"} {
			if _, err := e.AddPolicy(fmt.Sprintf("team%d-%s", w, act), fmt.Sprintf("ward%d", w), act); err != nil {
				return nil, err
			}
		}
	}
	return a, nil
}

// Grant gives a session the teams of its user.
func (a *Access) Grant(session string, teams []string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range teams {
		if _, err := a.e.AddGroupingPolicy(session, t); err != nil {
			return err
		}
	}
	return nil
}

func (a *Access) May(session, act, obj string) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.e.Enforce(session, obj, act)
}

// Links is how many links between sessions and teams there are.
func (a *Access) Links() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return int64(len(a.e.GetGroupingPolicy()))
}
