package wire

import (
	"encoding/binary"
	"io"
)

// ReadFrame reads a frame with a length of four bytes before it.
func ReadFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	frame := make([]byte, binary.BigEndian.Uint32(head[:]))
	_, err := io.ReadFull(r, frame)
	return frame, err
}

// PeerID is the part of a frame that names the peer.
func PeerID(frame []byte) []byte { return frame[:15] }
