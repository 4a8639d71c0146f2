// Package flows puts the conversations of machines together again, from single frames.
package flows

import (
	"bufio"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/tcpassembly"
	"github.com/google/gopacket/tcpassembly/tcpreader"
	"github.com/rs/zerolog"

	"plant.example/tapmeter/internal/reports"
)

// Port is where the controllers listen.
const Port = 4059

// A Tap is used by one goroutine.
type Tap struct {
	ledger *reports.Ledger
	log    zerolog.Logger
	asm    *tcpassembly.Assembler

	eth  layers.Ethernet
	ip4  layers.IPv4
	tcp  layers.TCP
	load gopacket.Payload
	dec  *gopacket.DecodingLayerParser
	kind []gopacket.LayerType

	seen, open atomic.Int64
}

func NewTap(l *reports.Ledger, log zerolog.Logger) *Tap {
	t := &Tap{ledger: l, log: log}
	t.asm = tcpassembly.NewAssembler(tcpassembly.NewStreamPool(t))
	t.asm.MaxBufferedPagesPerConnection = 8
	t.asm.MaxBufferedPagesTotal = 4096
	t.dec = gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &t.eth, &t.ip4, &t.tcp, &t.load)
	t.dec.IgnoreUnsupported = true
	return t
}

// Frame takes one frame off the wire.
func (t *Tap) Frame(raw []byte, at time.Time) error {
	if err := t.dec.DecodeLayers(raw, &t.kind); err != nil {
		return err
	}
	for _, k := range t.kind {
		if k == layers.LayerTypeTCP && t.tcp.DstPort == Port {
			t.asm.AssembleWithTimestamp(t.ip4.NetworkFlow(), &t.tcp, at)
		}
	}
	return nil
}

// Tidy is called now and then, between frames.
func (t *Tap) Tidy(now time.Time) {
	t.ledger.Settle(now)
}

func (t *Tap) Counts() (seen, open int64) { return t.seen.Load(), t.open.Load() }

// A conversation is what one machine says, from when it calls its controller until it hangs up.
type conversation struct {
	tcpreader.ReaderStream
	machine string
	started time.Time
	totals  map[string]float64
}

// New implements tcpassembly.StreamFactory.
func (t *Tap) New(net, transport gopacket.Flow) tcpassembly.Stream {
	c := &conversation{
		ReaderStream: tcpreader.NewReaderStream(),
		machine:      net.Src().String(),
		started:      time.Now(),
		totals:       make(map[string]float64, 8),
	}
	t.seen.Add(1)
	t.open.Add(1)
	go t.listen(c)
	return c
}

// listen reads the lines of a conversation: "key value", or "." when a set is complete.
func (t *Tap) listen(c *conversation) {
	defer t.open.Add(-1)
	in := bufio.NewScanner(&c.ReaderStream)
	in.Buffer(make([]byte, 0, 4<<10), 16<<10)
	for in.Scan() {
		line := in.Text()
		if line == "." {
			t.ledger.Book(c.machine, c.totals, time.Now())
			continue
		}
		key, val, ok := strings.Cut(line, " ")
		x, err := strconv.ParseFloat(val, 64)
		if !ok || err != nil {
			continue
		}
		c.totals[strings.Clone(key)] += x
	}
	if err := in.Err(); err != nil {
		t.log.Debug().Err(err).Str("machine", c.machine).Msg("conversation")
		tcpreader.DiscardBytesToEOF(&c.ReaderStream)
	}
}
