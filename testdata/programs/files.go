// Journal. It is written in segments, each a file of its own.
// LEAK: a full segment is put aside for readers with its file still open, and is never closed.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
)

type segment struct {
	file   *os.File
	writer *bufio.Writer
}

type journal struct {
	folder  string
	current *segment
	full    []*segment
	entries int
}

// One sample every 16 KiB: there are a few hundred files, far below the limit for open ones.
func init() { runtime.MemProfileRate = 16 << 10 }

func main() {
	recorder := openRecorder()
	folder, err := os.MkdirTemp("", "journal-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	startShop(0.2)
	j := &journal{folder: folder}
	steadily(140, func() {
		if err := j.write("order received\n"); err != nil {
			log.Fatal(err)
		}
	})
	recorder.run()
}

// perSegment is the number of entries that make a segment full.
const perSegment = 10

func (j *journal) write(entry string) error {
	if j.entries%perSegment == 0 {
		if err := j.rotate(); err != nil {
			return err
		}
	}
	j.entries++
	_, err := j.current.writer.WriteString(entry)
	return err
}

func (j *journal) rotate() error {
	if j.current != nil {
		if err := j.current.writer.Flush(); err != nil {
			return err
		}
		j.full = append(j.full, j.current)
	}
	file, err := os.Create(filepath.Join(j.folder, fmt.Sprintf("%06d.journal", j.entries/perSegment)))
	if err != nil {
		return err
	}
	j.current = &segment{file: file, writer: bufio.NewWriterSize(file, 16<<10)}
	return nil
}
