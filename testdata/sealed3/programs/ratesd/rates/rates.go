// Package rates speaks with the centre that sets the rates.
package rates

import (
	"context"
	"encoding/json"
	"math/rand"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/status"
)

type (
	Ask struct {
		Pair  string
		Batch []string
	}
	Answer struct {
		Pair  string
		Rate  float64
		Notes string
	}
)

type codec struct{}

func (codec) Name() string                       { return "json" }
func (codec) Marshal(v any) ([]byte, error)      { return json.Marshal(v) }
func (codec) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

func init() { encoding.RegisterCodec(codec{}) }

type centre struct{}

func (centre) rate(ctx context.Context, a *Ask) (*Answer, error) {
	time.Sleep(time.Duration(2+rand.Intn(20)) * time.Millisecond)
	if strings.HasPrefix(a.Pair, "q") || strings.HasPrefix(a.Pair, "j") {
		return nil, status.Error(codes.Unavailable, "ask the standby")
	}
	if len(a.Batch) > 0 && rand.Intn(12) == 0 {
		return nil, status.Error(codes.Aborted, "batch refused")
	}
	return &Answer{Pair: a.Pair, Rate: rand.Float64() * 3, Notes: strings.Repeat("n", rand.Intn(400))}, nil
}

func (centre) standby(ctx context.Context, a *Ask) (*Answer, error) {
	return &Answer{Pair: a.Pair, Rate: rand.Float64() * 3}, nil
}

func method(name string, f func(context.Context, *Ask) (*Answer, error)) grpc.MethodDesc {
	return grpc.MethodDesc{MethodName: name, Handler: func(_ any, ctx context.Context, dec func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		a := new(Ask)
		if err := dec(a); err != nil {
			return nil, err
		}
		return f(ctx, a)
	}}
}

// Serve is the centre.
func Serve(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	s := grpc.NewServer()
	s.RegisterService(&grpc.ServiceDesc{ServiceName: "rates.Centre", HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{method("Rate", centre{}.rate), method("Standby", centre{}.standby)}}, centre{})
	return s.Serve(l)
}

// Client asks the centre.
type Client struct {
	addr           string
	conn           *grpc.ClientConn
	Asked, Standby atomic.Int64
}

func dial(addr string) (*grpc.ClientConn, error) {
	return grpc.Dial(addr, grpc.WithInsecure(), grpc.WithDefaultCallOptions(grpc.CallContentSubtype("json")))
}

func Dial(addr string) (*Client, error) {
	conn, err := dial(addr)
	return &Client{addr: addr, conn: conn}, err
}

// Rate asks for a pair, and the standby if the centre does not have it.
func (c *Client) Rate(ctx context.Context, pair string) (*Answer, error) {
	c.Asked.Add(1)
	out := new(Answer)
	err := c.conn.Invoke(ctx, "/rates.Centre/Rate", &Ask{Pair: pair}, out)
	if status.Code(err) != codes.Unavailable {
		return out, err
	}
	conn, err := dial(c.addr)
	if err != nil {
		return nil, err
	}
	c.Standby.Add(1)
	return out, conn.Invoke(ctx, "/rates.Centre/Standby", &Ask{Pair: pair}, out)
}

// Book hands in a batch.
func (c *Client) Book(ctx context.Context, batch []string) error {
	return c.conn.Invoke(ctx, "/rates.Centre/Rate", &Ask{Pair: "eu", Batch: batch}, new(Answer))
}
