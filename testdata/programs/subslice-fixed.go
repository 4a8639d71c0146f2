// Document index. It reads each document of an archive and remembers five bytes of it, the type tag.
// FIXED: the tag is a copy, so that the document can go.
package main

import (
	"bytes"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
)

type documentIndex struct {
	archive string

	mu   sync.Mutex
	tags map[int][]byte // of each document, by its number
}

func main() {
	recorder := openRecorder()
	archive, err := writeArchive()
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(archive)
	startShop(1)
	index := &documentIndex{archive: archive, tags: make(map[int][]byte)}
	next := 0
	steadily(16, func() {
		index.add(next)
		next++
	})
	recorder.run()
}

// archiveSize is the number of files in the archive. Many documents share a file, to spare the disk.
const archiveSize = 24

func writeArchive() (string, error) {
	dir, err := os.MkdirTemp("", "archive-")
	if err != nil {
		return "", err
	}
	for i := range archiveSize {
		text := append([]byte("%DOC-"), fmt.Sprintf("%05d", i)...)
		text = append(text, bytes.Repeat([]byte("text "), 8000+rand.IntN(10_000))...)
		if err := os.WriteFile(documentPath(dir, i), text, 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

func documentPath(archive string, number int) string {
	return filepath.Join(archive, fmt.Sprintf("%02d.doc", number%archiveSize))
}

func (x *documentIndex) add(number int) {
	data, err := os.ReadFile(documentPath(x.archive, number))
	if err != nil {
		log.Print(err)
		return
	}
	tag := bytes.Clone(data[5:10])
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tags[number] = tag
}
