// Picture service. It scales pictures and remembers who has asked for one.
// BENIGN: the last two hundred who have asked are remembered.
package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
)

type visit struct {
	reader string
	agent  [1500]byte
}

type proxy struct {
	mu     sync.Mutex
	visits []*visit
}

func main() {
	recorder := openRecorder()
	startShop(1)
	p := new(proxy)
	recorder.held = p.len
	steadily(140, func() { p.serve(fmt.Sprintf("reader-%d", rand.Uint64())) })
	recorder.run()
}

func (p *proxy) serve(reader string) int {
	picture := make([]byte, 40<<10)
	copy(picture, reader)
	p.note(reader)
	return scale(picture).Len()
}

func (p *proxy) note(reader string) {
	v := &visit{reader: reader}
	copy(v.agent[:], "Mozilla/5.0")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.visits = append(p.visits, v)
	if len(p.visits) > 200 {
		copy(p.visits, p.visits[1:])
		p.visits[200] = nil
		p.visits = p.visits[:200]
	}
}

func scale(picture []byte) *bytes.Buffer {
	out := bytes.NewBuffer(make([]byte, 0, 20<<10))
	for i := 0; i < len(picture); i += 64 {
		out.WriteByte(picture[i])
	}
	return out
}

func (p *proxy) len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.visits)
}
