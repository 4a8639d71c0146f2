// Package harbour asks the harbour office where a ferry is.
package harbour

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"

	"strait.example/ferrypier/internal/radar"
)

// Position of a ferry, and how sure the radar is of it.
type Position struct {
	Ferry    string
	Lat, Lon float64
	Knots    float64
	Quality  float64
	At       time.Time
}

// Office is the connection to the harbour office.
type Office struct {
	base   context.Context
	client *radar.Client
}

func Dial(ctx context.Context, addr string) (*Office, error) {
	cc, err := grpc.DialContext(ctx, addr, grpc.WithInsecure(), grpc.WithDefaultCallOptions(grpc.CallContentSubtype("json")))
	if err != nil {
		return nil, err
	}
	return &Office{base: ctx, client: radar.NewClient(cc)}, nil
}

// Fix waits for a position that is good enough. A traveller who gives up
// must not spoil it for the others who wait for the same ferry, so that it does
// not run under the request's context.
func (o *Office) Fix(ferry string) (Position, error) {
	ctx, cancel := context.WithTimeout(o.base, 15*time.Second)
	defer cancel()
	w, err := o.client.Watch(ctx, ferry)
	if err != nil {
		return Position{}, fmt.Errorf("watch %s: %w", ferry, err)
	}
	var best Position
	for i := 0; i < 6; i++ {
		m, err := w.Recv()
		if err != nil {
			return best, fmt.Errorf("position of %s: %w", ferry, err)
		}
		p := Position{
			Ferry:   ferry,
			Lat:     m.Lat,
			Lon:     m.Lon,
			Knots:   m.Knots,
			Quality: m.Quality,
			At:      time.Now(),
		}
		if p.Quality > best.Quality {
			best = p
		}
		if best.Quality >= 0.8 {
			return best, nil
		}
	}
	return best, nil
}

// Stops are the harbours that a ferry calls at today.
func (o *Office) Stops(ctx context.Context, ferry string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	m, err := o.client.Timetable(ctx, ferry)
	if err != nil {
		return nil, err
	}
	return m.Stops, nil
}
