// Package bundle keeps bundles as they came, compressed with zstd.
package bundle

import (
	"bufio"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"bytes"

	"github.com/klauspost/compress/zstd"
)

// Heads is the number of heads that were read.
var Heads atomic.Int64

// Vault has the last bundles.
type Vault struct {
	mu    sync.Mutex
	max   int
	names []string
	data  map[string][]byte
}

// NewVault makes a vault for at most max bundles.
func NewVault(max int) *Vault { return &Vault{max: max, data: map[string][]byte{}} }

// Put adds a bundle; the oldest goes when there are too many.
func (v *Vault) Put(name string, b []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.data[name]; !ok {
		v.names = append(v.names, name)
	}
	v.data[name] = b
	if len(v.names) > v.max {
		delete(v.data, v.names[0])
		v.names = append([]string(nil), v.names[1:]...)
	}
}

// Count is the number of bundles.
func (v *Vault) Count() int64 { v.mu.Lock(); defer v.mu.Unlock(); return int64(len(v.data)) }

func (v *Vault) open(name string) (io.Reader, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	b, ok := v.data[name]
	return io.MultiReader(bytes.NewReader(b)), ok
}

func unpack(r io.Reader) (*zstd.Decoder, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxWindow(1<<20))
}

// Head is the first line of a bundle.
func (v *Vault) Head(name string) (string, bool) {
	raw, ok := v.open(name)
	if !ok {
		return "", false
	}
	d, err := unpack(raw)
	if err != nil {
		return "", false
	}
	Heads.Add(1)
	line, _ := bufio.NewReaderSize(d, 256).ReadString('\n')
	return line, true
}

// Grep counts the lines of a bundle with a word.
func (v *Vault) Grep(name, word string) (n int, ok bool) {
	raw, ok := v.open(name)
	if !ok {
		return 0, false
	}
	d, err := unpack(raw)
	if err != nil {
		return 0, false
	}
	defer d.Close()
	s := bufio.NewScanner(d)
	for s.Scan() {
		if strings.Contains(s.Text(), word) {
			n++
		}
	}
	return n, true
}
