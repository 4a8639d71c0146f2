// Importer. It follows a folder for as long as the process lives and reads the header of every file that
// comes in.
// FIXED: each file is read by a function of its own, at whose end the deferred Close runs.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"runtime"
)

type importer struct {
	incoming chan string // paths
	records  int
}

// One sample every 512 bytes, as in the program that leaks.
func init() { runtime.MemProfileRate = 512 }

func main() {
	recorder := openRecorder()
	folder, err := writeFolder()
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	startShop(0.1)
	im := &importer{incoming: make(chan string)}
	go im.run()
	next := 0
	steadily(12, func() {
		im.incoming <- recordPath(folder, next)
		next++
	})
	recorder.run()
}

// folderSize is the number of files in the folder. They come in again and again, to spare the disk.
const folderSize = 24

func writeFolder() (string, error) {
	dir, err := os.MkdirTemp("", "incoming-")
	if err != nil {
		return "", err
	}
	for i := range folderSize {
		if err := os.WriteFile(recordPath(dir, i), []byte("RECORD 0001 and the rest of it"), 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

func recordPath(folder string, number int) string {
	return filepath.Join(folder, fmt.Sprintf("%02d.rec", number%folderSize))
}

func (im *importer) run() {
	for path := range im.incoming {
		if err := im.read(path); err != nil {
			log.Print(err)
		}
	}
}

func (im *importer) read(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	header := make([]byte, 11)
	if _, err := io.ReadFull(f, header); err == nil && string(header[:6]) == "RECORD" {
		im.records++
	}
	return nil
}
