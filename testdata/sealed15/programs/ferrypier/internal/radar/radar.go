// Package radar is the gRPC service of the harbour office: positions of ferries.
// Messages are JSON, as the office has no .proto to give away.
package radar

import (
	"context"
	"encoding/json"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
)

type codec struct{}

func (codec) Marshal(v interface{}) ([]byte, error)   { return json.Marshal(v) }
func (codec) Unmarshal(b []byte, v interface{}) error { return json.Unmarshal(b, v) }
func (codec) Name() string                            { return "json" }

func init() { encoding.RegisterCodec(codec{}) }

// Ferry is what is asked for.
type Ferry struct{ Name string }

// Reading is one position of a ferry.
type Reading struct {
	Ferry, Fairway           string
	Lat, Lon, Knots, Quality float64
}

// Times are the harbours that a ferry calls at.
type Times struct{ Stops []string }

// Server is what the harbour office has to implement.
type Server interface {
	Watch(ferry *Ferry, out grpc.ServerStream) error
	Timetable(ctx context.Context, ferry *Ferry) (*Times, error)
}

// Desc describes the service to grpc.
var Desc = grpc.ServiceDesc{
	ServiceName: "strait.Radar",
	HandlerType: (*Server)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Timetable", Handler: timetable}},
	Streams:     []grpc.StreamDesc{{StreamName: "Watch", Handler: watch, ServerStreams: true}},
	Metadata:    "radar.proto",
}

func watch(srv interface{}, st grpc.ServerStream) error {
	in := new(Ferry)
	if err := st.RecvMsg(in); err != nil {
		return err
	}
	return srv.(Server).Watch(in, st)
}

func timetable(srv interface{}, ctx context.Context, dec func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
	in := new(Ferry)
	if err := dec(in); err != nil {
		return nil, err
	}
	return srv.(Server).Timetable(ctx, in)
}

// Client calls the harbour office.
type Client struct{ cc *grpc.ClientConn }

func NewClient(cc *grpc.ClientConn) *Client { return &Client{cc} }

// Watcher receives the positions of one ferry.
type Watcher struct{ grpc.ClientStream }

func (w *Watcher) Recv() (*Reading, error) {
	m := new(Reading)
	return m, w.RecvMsg(m)
}

func (c *Client) Watch(ctx context.Context, ferry string) (*Watcher, error) {
	st, err := c.cc.NewStream(ctx, &Desc.Streams[0], "/strait.Radar/Watch")
	if err != nil {
		return nil, err
	}
	if err := st.SendMsg(&Ferry{ferry}); err != nil {
		return nil, err
	}
	return &Watcher{st}, st.CloseSend()
}

func (c *Client) Timetable(ctx context.Context, ferry string) (*Times, error) {
	out := new(Times)
	return out, c.cc.Invoke(ctx, "/strait.Radar/Timetable", &Ferry{ferry}, out)
}
