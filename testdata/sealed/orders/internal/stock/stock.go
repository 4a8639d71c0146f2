// Package stock asks the warehouses, over gRPC, whether they can deliver.
package stock

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

type Client struct {
	conn   *grpc.ClientConn
	health healthpb.HealthClient
	Opened int64 // streams, for the exit report
}

func Dial(addr string) (*Client, error) {
	conn, err := grpc.Dial(addr, grpc.WithInsecure())
	if err != nil {
		return nil, err
	}
	return &Client{conn: conn, health: healthpb.NewHealthClient(conn)}, nil
}

// Check asks once, within the deadline of ctx.
func (c *Client) Check(ctx context.Context, warehouse string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 800*time.Millisecond)
	defer cancel()
	resp, err := c.health.Check(ctx, &healthpb.HealthCheckRequest{Service: warehouse})
	if err != nil {
		return false, err
	}
	return resp.Status == healthpb.HealthCheckResponse_SERVING, nil
}

// AwaitReady blocks until the warehouse says that it serves. Express orders need that.
func (c *Client) AwaitReady(warehouse string) error {
	stream, err := c.health.Watch(context.Background(), &healthpb.HealthCheckRequest{Service: warehouse})
	if err != nil {
		return fmt.Errorf("watch %s: %w", warehouse, err)
	}
	atomic.AddInt64(&c.Opened, 1)
	for {
		resp, err := stream.Recv()
		if err != nil {
			return fmt.Errorf("watch %s: %w", warehouse, err)
		}
		if resp.Status == healthpb.HealthCheckResponse_SERVING {
			return nil
		}
	}
}
