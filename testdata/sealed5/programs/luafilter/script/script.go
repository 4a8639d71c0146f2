// Package script runs rules in Lua, each in a machine of a pool that grows as it is needed.
package script

import (
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

const rules = `
words = {}
for _, w in ipairs({"offer", "invoice", "lunch", "server", "holiday", "parking", "meeting"}) do
	for i = 1, 60 do words[w .. i] = { name = w, weight = i % 7, folder = "folder/" .. w .. "/" .. i } end
end
function sort(text)
	local best, score = "inbox", 0
	for k, w in pairs(words) do
		if string.find(text, k, 1, true) and w.weight > score then best, score = w.folder, w.weight end
	end
	return best
end
`

type Pool struct {
	mu    sync.Mutex
	free  []*lua.LState
	limit int
	Made  atomic.Int64
}

func NewPool(limit int) *Pool { return &Pool{limit: limit} }

func (p *Pool) take() (*lua.LState, error) {
	p.mu.Lock()
	if n := len(p.free); n > 0 {
		l := p.free[n-1]
		p.free = p.free[:n-1]
		p.mu.Unlock()
		return l, nil
	}
	p.mu.Unlock()
	p.Made.Add(1)
	return machine()
}

func machine() (*lua.LState, error) {
	l := lua.NewState(lua.Options{RegistrySize: 4096, CallStackSize: 128})
	return l, l.DoString(rules)
}

func (p *Pool) give(l *lua.LState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) < p.limit {
		p.free = append(p.free, l)
		return
	}
	l.Close()
}

// Sort says into which folder a text belongs.
func (p *Pool) Sort(text string, wait func()) (string, error) {
	l, err := p.take()
	if err != nil {
		return "", err
	}
	defer p.give(l)
	if err := l.CallByParam(lua.P{Fn: l.GetGlobal("sort"), NRet: 1, Protect: true}, lua.LString(text)); err != nil {
		return "", err
	}
	folder := l.ToString(-1)
	l.Pop(1)
	wait()
	return folder, nil
}
