//go:debug httpmuxgo121=0

// Command logvault takes the log bundles of devices in the field, and shows what is in them.
package main

import (
	"bytes"
	"fmt"
	"math/rand"
	"net/http"

	"drive"
	"github.com/klauspost/compress/zstd"
	"logvault/bundle"
	"logvault/intake"
	"logvault/stats"
	"probe"
)

func main() {
	drive.Flags()
	if drive.Mode == "load" {
		load()
		return
	}
	v := bundle.NewVault(40)
	probe.Gauge("bundles", v.Count)
	probe.Gauge("heads", bundle.Heads.Load)
	probe.Gauge("series", stats.Series)
	probe.Listen(drive.Port + 1)
	panic(http.ListenAndServe(drive.Addr(0), intake.Handler(v)))
}

// logs makes a bundle; its lines do not compress well.
func logs(r *rand.Rand, enc *zstd.Encoder) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "device=%d build=%d.%d\n", r.Intn(600), r.Intn(4), r.Intn(20))
	for size := drive.Between(r, 110_000, 270_000); b.Len() < size; {
		fmt.Fprintf(&b, "%d %s %s\n", r.Intn(1e9), drive.ID(r, 24), drive.Text(r, 30))
	}
	return enc.EncodeAll(b.Bytes(), nil)
}

func load() {
	enc, _ := zstd.NewWriter(nil, zstd.WithWindowSize(1<<16), zstd.WithEncoderConcurrency(2))
	r := rand.New(rand.NewSource(60))
	var ready [][]byte
	for range 60 {
		ready = append(ready, logs(r, enc))
	}
	go drive.Run(61, drive.Wave(1, 2.6, 2), func(i int, r *rand.Rand) {
		drive.Post(drive.URL(fmt.Sprintf("/bundles/b%d", r.Intn(60))), ready[r.Intn(len(ready))])
	})
	go drive.Run(62, drive.Wave(0.5, 1.5, 2), func(i int, r *rand.Rand) {
		drive.Get(drive.URL(fmt.Sprintf("/bundles/b%d/%s", r.Intn(60), []string{"head", "grep?q=lake", "head"}[r.Intn(3)])))
	})
	// devices report for each of their runs
	drive.Run(63, drive.Wave(14, 38, 2), func(i int, r *rand.Rand) {
		run, device := drive.ID(r, 24), r.Intn(600)
		for n := drive.Between(r, 2, 5); n > 0; n-- {
			drive.Post(drive.URL(fmt.Sprintf("/beat?run=%s&device=%d&ms=%d", run, device, r.Intn(900))), nil)
		}
	})
}
