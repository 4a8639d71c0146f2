// Catalogue import. It reads the files of suppliers, a hundred kilobytes of JSON each, and keeps the name of the
// supplier as it stands in the file.
// LEAK: what it keeps is a part of the whole file, and so keeps all of it in memory.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
)

type catalogue struct {
	folder string

	mu        sync.Mutex
	suppliers map[int]json.RawMessage // by number of the file
}

func main() {
	recorder := openRecorder()
	folder, err := writeFolder()
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	startShop(1)
	c := &catalogue{folder: folder, suppliers: make(map[int]json.RawMessage)}
	next := 0
	steadily(12, func() {
		if err := c.take(next); err != nil {
			log.Print(err)
		}
		next++
	})
	recorder.run()
}

// folderSize is the number of files in the folder. They are taken again and again, to spare the disk.
const folderSize = 24

func writeFolder() (string, error) {
	dir, err := os.MkdirTemp("", "suppliers-")
	if err != nil {
		return "", err
	}
	for i := range folderSize {
		text := fmt.Appendf(nil, `{"supplier":"supplier %05d","articles":["first"`, i)
		for range 4000 + rand.IntN(4000) {
			text = append(text, `,"an article"`...)
		}
		if err := os.WriteFile(supplierPath(dir, i), append(text, "]}"...), 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

func supplierPath(folder string, number int) string {
	return filepath.Join(folder, fmt.Sprintf("%02d.json", number%folderSize))
}

func (c *catalogue) take(number int) error {
	text, err := readText(supplierPath(c.folder, number))
	if err != nil {
		return err
	}
	_, rest, _ := bytes.Cut(text, []byte(`"supplier":`))
	name := json.RawMessage(rest[:bytes.IndexByte(rest, ',')])
	c.mu.Lock()
	defer c.mu.Unlock()
	c.suppliers[number] = name
	return nil
}

func readText(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(bufio.NewReader(f))
}
