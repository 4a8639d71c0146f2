// Package scan is what handhelds send: batches of scans, in msgpack.
package scan

import (
	"errors"
	"io"

	"github.com/vmihailenco/msgpack/v5"
)

// Flags of a scan.
const (
	Damaged = 1 << iota
	Refused
	Wet
	Late
)

// Largest is the longest batch that is taken.
const Largest = 2000

var ErrBatch = errors.New("scan: bad batch")

// Scan is one look at a parcel.
type Scan struct {
	Parcel   uint64
	Depot    uint16
	Belt     uint16
	Flags    uint32
	Unix     int64
	Lat, Lon float64
	Grams    uint32
	Size     [3]uint16
	Label    [24]byte
	Operator [16]byte
}

// Exception says whether somebody has to look at the parcel.
func (s *Scan) Exception() bool { return s.Flags&(Damaged|Refused|Wet) != 0 }

// DecodeMsgpack reads a scan, which is an array of its fields.
func (s *Scan) DecodeMsgpack(d *msgpack.Decoder) (err error) {
	if n, err := d.DecodeArrayLen(); err != nil || n != 11 {
		return errors.Join(ErrBatch, err)
	}
	var label, operator []byte
	err = d.DecodeMulti(&s.Parcel, &s.Depot, &s.Belt, &s.Flags, &s.Unix, &s.Lat, &s.Lon, &s.Grams)
	if err != nil {
		return err
	}
	for i := range s.Size {
		if s.Size[i], err = d.DecodeUint16(); err != nil {
			return err
		}
	}
	if label, err = d.DecodeBytes(); err != nil {
		return err
	}
	if operator, err = d.DecodeBytes(); err != nil {
		return err
	}
	copy(s.Label[:], label)
	copy(s.Operator[:], operator)
	return nil
}

// EncodeMsgpack is the other way round.
func (s *Scan) EncodeMsgpack(e *msgpack.Encoder) error {
	e.EncodeArrayLen(11)
	if err := e.EncodeMulti(s.Parcel, s.Depot, s.Belt, s.Flags, s.Unix, s.Lat, s.Lon, s.Grams); err != nil {
		return err
	}
	for _, v := range s.Size {
		e.EncodeUint16(v)
	}
	e.EncodeBytes(s.Label[:])
	return e.EncodeBytes(s.Operator[:])
}

// ReadBatch reads a whole batch.
func ReadBatch(r io.Reader) ([]Scan, error) {
	d := msgpack.NewDecoder(r)
	n, err := d.DecodeArrayLen()
	if err != nil {
		return nil, err
	}
	if n < 0 || n > Largest {
		return nil, ErrBatch
	}
	scans := make([]Scan, n)
	for i := range scans {
		if err := scans[i].DecodeMsgpack(d); err != nil {
			return nil, err
		}
	}
	return scans, nil
}
