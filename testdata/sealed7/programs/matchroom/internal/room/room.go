// Package room plays matches.
package room

import (
	"context"
	"math/rand"
	"sync"
	"time"
)

// Seat is a player who waits or plays.
type Seat[T any] struct {
	Who    T
	Result chan Result
}

// Result of a match.
type Result struct {
	Room  int
	Score int
	Turns int
}

// Lobby brings players together in rooms of so many.
type Lobby[T any] struct {
	size int
	in   chan *Seat[T]

	mu    sync.Mutex
	rooms int
	open  int
}

func NewLobby[T any](size int) *Lobby[T] {
	return &Lobby[T]{size: size, in: make(chan *Seat[T], 256)}
}

// Join waits for a match and its end.
func (l *Lobby[T]) Join(ctx context.Context, who T) (Result, error) {
	s := &Seat[T]{Who: who, Result: make(chan Result, 1)}
	select {
	case l.in <- s:
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	select {
	case r := <-s.Result:
		return r, nil
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// Run makes rooms until ctx ends.
func (l *Lobby[T]) Run(ctx context.Context) {
	var waiting []*Seat[T]
	for {
		select {
		case s := <-l.in:
			if waiting = append(waiting, s); len(waiting) < l.size {
				continue
			}
			l.mu.Lock()
			l.rooms++
			l.open++
			n := l.rooms
			l.mu.Unlock()
			go l.play(ctx, n, waiting)
			waiting = nil
		case <-ctx.Done():
			return
		}
	}
}

func (l *Lobby[T]) play(ctx context.Context, n int, seats []*Seat[T]) {
	defer func() {
		l.mu.Lock()
		l.open--
		l.mu.Unlock()
	}()
	t := time.NewTicker(250 * time.Millisecond)
	defer t.Stop()
	board := make([][64]byte, 300)
	last := 20 + rand.Intn(60)
	for turn := 0; turn < last; turn++ {
		select {
		case <-t.C:
			board[rand.Intn(len(board))][turn%64]++
		case <-ctx.Done():
			return
		}
	}
	for i, s := range seats {
		s.Result <- Result{Room: n, Score: int(board[i][0]) + rand.Intn(100), Turns: last}
	}
}

// Open is how many rooms play.
func (l *Lobby[T]) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open
}
