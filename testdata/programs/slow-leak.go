// Picture proxy. It decodes, scales and encodes pictures, and counts the visits of each reader.
// LEAK: the visits are never forgotten. They are one byte in a hundred that the same function allocates.
package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
)

type visit struct {
	reader   string
	pictures int
	agent    [2000]byte
}

type proxy struct {
	mu     sync.Mutex
	visits []*visit
}

func main() {
	recorder := openRecorder()
	startShop(1)
	p := new(proxy)
	steadily(250, func() { p.serve(fmt.Sprintf("reader-%d", rand.Uint64())) })
	recorder.run()
}

func (p *proxy) serve(reader string) int {
	picture := make([]byte, 96<<10)
	copy(picture, reader)
	v := &visit{reader: reader, pictures: 1}
	scaled := make([]byte, 24<<10)
	for i := range scaled {
		scaled[i] = picture[4*i]
	}
	p.mu.Lock()
	p.visits = append(p.visits, v)
	p.mu.Unlock()
	return encode(scaled).Len()
}

func encode(scaled []byte) *bytes.Buffer {
	out := bytes.NewBuffer(make([]byte, 0, 80<<10))
	out.WriteString("JPEG")
	out.Write(scaled)
	return out
}
