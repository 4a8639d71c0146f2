// Package seats keeps in redis which seats are held.
package seats

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"gopkg.in/redis.v5"
)

// Book is the book of all trains.
type Book struct {
	addr   string
	db     *redis.Client
	boards atomic.Int64
}

// Open opens the book at addr.
func Open(addr string) *Book {
	return &Book{addr: addr, db: connect(addr, 0)}
}

func connect(addr string, db int) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr:        addr,
		DB:          db,
		PoolSize:    12,
		ReadTimeout: 2 * time.Second,
	})
}

func key(train int) string { return "train:" + strconv.Itoa(train) }

// Hold marks a seat as taken by somebody.
func (b *Book) Hold(train, seat int, by string) (bool, error) {
	return b.db.HSetNX(key(train), strconv.Itoa(seat), by).Result()
}

// Free gives a seat back.
func (b *Book) Free(train, seat int) error {
	return b.db.HDel(key(train), strconv.Itoa(seat)).Err()
}

// Boards is the number of boards that were drawn.
func (b *Book) Boards() int64 { return b.boards.Load() }

// Board lists the taken seats, from the copy that is meant for displays.
func (b *Book) Board(train int) ([]string, error) {
	db := connect(b.addr, 0)
	defer db.Close()
	b.boards.Add(1)
	var taken *redis.StringSliceCmd
	_, err := db.Pipelined(func(p *redis.Pipeline) error {
		taken = p.HKeys(key(train))
		p.Expire(key(train), time.Hour)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("board of %d: %w", train, err)
	}
	return taken.Val(), nil
}
