// Printer. It hands each receipt to a command.
// LEAK: the command never ends by itself, and nobody ends it or waits for it.
package main

import (
	"bytes"
	"log"
	"os"
	"os/exec"
	"time"
)

type printer struct {
	printed bytes.Buffer
}

func main() {
	if os.Getenv("PRINT") != "" {
		for parent := os.Getppid(); os.Getppid() == parent; {
			time.Sleep(2 * time.Second)
		}
		return
	}
	recorder := openRecorder()
	startShop(0.2)
	p := new(printer)
	steadily(4, func() {
		if err := p.print("receipt\n"); err != nil {
			log.Fatal(err)
		}
	})
	recorder.run()
}

func (p *printer) print(receipt string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.Command(program)
	command.Env = []string{"PRINT=yes", "GOMAXPROCS=1"}
	command.Stdin = bytes.NewBufferString(receipt)
	command.Stdout = new(bytes.Buffer)
	return command.Start()
}
