// Package notices tells a district's vet of what was found.
package notices

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"sync/atomic"

	"bees.example/hiveregister/internal/store"
)

type Stats struct{ Begun, Told, Failed int64 }

type Notices struct {
	to                  string
	begun, told, failed atomic.Int64
}

func New(to string) *Notices { return &Notices{to: to} }

// Send tells a district of an inspection. Nobody waits for it: that the vet is slow must not hold up the beekeeper.
func (n *Notices) Send(district int, in *store.Inspection) {
	n.begun.Add(1)
	go func() {
		if err := n.post(district, in); err != nil {
			if n.failed.Add(1) < 5 {
				log.Print(err)
			}
			return
		}
		n.told.Add(1)
	}()
}

func (n *Notices) post(district int, in *store.Inspection) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	res, err := http.Post(fmt.Sprintf("%s/districts/%d/notices", n.to, district), "application/json", bytes.NewReader(b))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
	if res.StatusCode >= 300 {
		return fmt.Errorf("district %d: %s", district, res.Status)
	}
	return nil
}

func (n *Notices) Stats() Stats { return Stats{n.begun.Load(), n.told.Load(), n.failed.Load()} }
