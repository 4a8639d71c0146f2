// Package rail asks the machine that knows the rates.
package rail

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"time"

	"github.com/jackc/puddle"
)

type line struct {
	c net.Conn
	r *bufio.Reader
}

// Lines are the connections to the machine.
type Lines struct{ pool *puddle.Pool }

// New makes room for max connections.
func New(addr string, max int32) *Lines {
	return &Lines{puddle.NewPool(func(ctx context.Context) (interface{}, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp", addr)
		if err != nil {
			return nil, err
		}
		return &line{c, bufio.NewReaderSize(c, 16<<10)}, nil
	}, func(v interface{}) { v.(*line).c.Close() }, max)}
}

// Size is the number of connections.
func (l *Lines) Size() int64 { return int64(l.pool.Stat().TotalResources()) }

// Rate asks for the rate of a way.
func (l *Lines) Rate(ctx context.Context, from, to string) (rate int, err error) {
	res, err := l.pool.Acquire(ctx)
	if err != nil {
		return 0, err
	}
	ln := res.Value().(*line)
	ln.c.SetDeadline(time.Now().Add(6 * time.Second))
	if _, err = fmt.Fprintf(ln.c, "%s %s\n", from, to); err == nil {
		_, err = fmt.Fscanf(ln.r, "rate %d\n", &rate)
	}
	if err != nil {
		res.Destroy()
		return 0, err
	}
	res.Release()
	return rate, nil
}
