// Package grid streams the results of jobs to those who have ordered them.
package grid

import (
	"crypto/sha256"
	"sync/atomic"
	"time"

	"github.com/golang/protobuf/ptypes/wrappers"
	"google.golang.org/grpc"
)

// Jobs is the service.
type Jobs interface {
	Run(*wrappers.Int64Value, grpc.ServerStream) error
}

type Server struct {
	Now, Done, Parts atomic.Int64
}

// Run computes a job in as many parts as asked for, each half a second, and sends each part.
func (s *Server) Run(order *wrappers.Int64Value, st grpc.ServerStream) error {
	s.Now.Add(1)
	defer s.Now.Add(-1)
	field := make([]byte, 72<<10) // what the job works on
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for i := int64(0); i < order.Value; i++ {
		select {
		case <-tick.C:
		case <-st.Context().Done():
			return st.Context().Err()
		}
		sum := sha256.Sum256(field[:4096])
		copy(field[(i%64)<<10:], sum[:])
		part := make([]byte, 3<<10)
		copy(part, field)
		if err := st.SendMsg(&wrappers.BytesValue{Value: part}); err != nil {
			return err
		}
		s.Parts.Add(1)
	}
	s.Done.Add(1)
	return nil
}

// Desc describes the service to grpc.
var Desc = grpc.ServiceDesc{ServiceName: "grid.Jobs", HandlerType: (*Jobs)(nil), Streams: []grpc.StreamDesc{{
	StreamName: "Run", ServerStreams: true,
	Handler: func(srv any, st grpc.ServerStream) error {
		order := new(wrappers.Int64Value)
		if err := st.RecvMsg(order); err != nil {
			return err
		}
		return srv.(Jobs).Run(order, st)
	},
}}}
