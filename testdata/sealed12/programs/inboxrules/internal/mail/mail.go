// Package mail is what comes in.
package mail

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
)

type Mail struct {
	ID      string            `json:"id"`
	To      string            `json:"to"`
	From    string            `json:"from"`
	Subject string            `json:"subject"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// Intake takes mail from the mail server.
type Intake struct {
	addr string
	out  chan *Mail
}

func NewIntake(addr string, room int) *Intake {
	return &Intake{addr: addr, out: make(chan *Mail, room)}
}

func (in *Intake) Mails() <-chan *Mail { return in.out }

func (in *Intake) Serve(ctx context.Context) error {
	l, err := net.Listen("tcp", in.addr)
	if err != nil {
		return err
	}
	defer l.Close()
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go in.take(ctx, c)
	}
}

func (in *Intake) take(ctx context.Context, c net.Conn) {
	defer c.Close()
	lines := bufio.NewScanner(c)
	lines.Buffer(make([]byte, 0, 16<<10), 256<<10)
	for lines.Scan() {
		m := new(Mail)
		if json.Unmarshal(lines.Bytes(), m) != nil {
			continue
		}
		select {
		case in.out <- m:
		case <-ctx.Done():
			return
		}
		c.Write([]byte("ok\n"))
	}
}
