// Package wire is what trackers and the hub say to each other: a type, a length and a body.
package wire

import (
	"encoding/binary"
	"errors"
	"math"
)

const (
	Hello = iota + 1
	Position
	Ack
	Ping
	Pong
	Command
)

// HeadLen is the length of a frame's head, MaxBody the longest body that is taken.
const (
	HeadLen = 3
	MaxBody = 4 << 10
)

var ErrBody = errors.New("wire: body too long")

// Frame is one message.
type Frame struct {
	Type byte
	Body []byte
}

// Fix is where a vehicle was.
type Fix struct {
	Unix     int64
	Lat, Lon float64
	Speed    uint16
	Heading  uint16
	Fuel     uint8
	Ignition bool
}

// Head takes a frame's head apart.
func Head(b []byte) (typ byte, n int, err error) {
	n = int(binary.BigEndian.Uint16(b[1:]))
	if n > MaxBody {
		err = ErrBody
	}
	return b[0], n, err
}

// Append writes f behind b.
func Append(b []byte, f Frame) []byte {
	b = append(b, f.Type)
	b = binary.BigEndian.AppendUint16(b, uint16(len(f.Body)))
	return append(b, f.Body...)
}

const fixLen = 8 + 8 + 8 + 2 + 2 + 1 + 1

// Fixes decodes the body of a Position.
func Fixes(b []byte, to []Fix) []Fix {
	for ; len(b) >= fixLen; b = b[fixLen:] {
		to = append(to, Fix{
			Unix:     int64(binary.BigEndian.Uint64(b)),
			Lat:      math.Float64frombits(binary.BigEndian.Uint64(b[8:])),
			Lon:      math.Float64frombits(binary.BigEndian.Uint64(b[16:])),
			Speed:    binary.BigEndian.Uint16(b[24:]),
			Heading:  binary.BigEndian.Uint16(b[26:]),
			Fuel:     b[28],
			Ignition: b[29] == 1,
		})
	}
	return to
}

// AppendFix encodes a fix.
func AppendFix(b []byte, f Fix) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(f.Unix))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(f.Lat))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(f.Lon))
	b = binary.BigEndian.AppendUint16(b, f.Speed)
	b = binary.BigEndian.AppendUint16(b, f.Heading)
	ign := byte(0)
	if f.Ignition {
		ign = 1
	}
	return append(b, f.Fuel, ign)
}
