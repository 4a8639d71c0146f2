// Package poll reads the controllers, each in its turn.
package poll

import (
	"encoding/binary"
	"log"
	"sync/atomic"
	"time"

	"github.com/go-co-op/gocron"
	"github.com/goburrow/modbus"

	"plcpoll/shift"
)

type Poller struct {
	cron                   *gocron.Scheduler
	book                   *shift.Book
	Polls, Failed, Waiting atomic.Int64
}

func New(b *shift.Book) *Poller {
	return &Poller{cron: gocron.NewScheduler(time.UTC), book: b}
}

// Add reads the oven behind addr each so many seconds.
func (p *Poller) Add(oven int, addr string, seconds int) {
	if _, err := p.cron.Every(seconds).Seconds().Do(p.read, oven, addr); err != nil {
		log.Fatal(err)
	}
}

func (p *Poller) Start() { p.cron.StartAsync() }

func (p *Poller) read(oven int, addr string) {
	p.Polls.Add(1)
	p.Waiting.Add(1)
	defer p.Waiting.Add(-1)
	h := modbus.NewTCPClientHandler(addr)
	h.SlaveId = byte(oven%4 + 1)
	h.Timeout = 0 // some are slow in the morning
	h.IdleTimeout = 0
	if err := h.Connect(); err != nil {
		p.Failed.Add(1)
		return
	}
	defer h.Close()
	b, err := modbus.NewClient(h).ReadHoldingRegisters(uint16(oven%4)*64, 60)
	if err != nil {
		p.Failed.Add(1)
		return
	}
	m := shift.Measured{At: time.Now()}
	for i := 0; i+1 < len(b); i += 2 {
		m.Registers = append(m.Registers, binary.BigEndian.Uint16(b[i:]))
	}
	p.book.Note(oven, m)
}
