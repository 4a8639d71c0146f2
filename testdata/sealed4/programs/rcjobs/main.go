// Command rcjobs drives "rclone rcd": a web page of a picture archive lets people look into folders, each look is a job that
// is started (_async) and asked for until it is done. The operators set --rc-job-expire-duration to a day.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"pump"
)

func main() {
	pump.Flags()
	base := fmt.Sprintf("http://127.0.0.1:%d/", pump.Port)
	for i := 0; i < 40; i++ {
		d := filepath.Join(pump.Dir, "archive", fmt.Sprintf("shoot-%03d", i))
		os.MkdirAll(d, 0o755)
		for k := pump.Between(10, 45); k > 0; k-- {
			os.WriteFile(filepath.Join(d, fmt.Sprintf("IMG_%05d.jpeg", rand.Intn(99999))), []byte(pump.ID(64)), 0o644)
		}
	}
	var jobs, looks, last atomic.Int64 // last: rclone gives each call a number
	call := func(path string, v, to any) {
		b, _ := json.Marshal(v)
		jobs.Add(1)
		answer, _ := send(base+path, b)
		json.Unmarshal(answer, to)
	}
	go func() {
		for range time.Tick(5 * time.Second) {
			log.Print("looks ", looks.Load(), " calls ", jobs.Load(), " last ", last.Load())
		}
	}()
	go pump.Run(pump.Wave(1, 8, 2), func(i int) { // whether a folder is there
		var v any
		call("operations/stat", map[string]any{"fs": pump.Dir + "/archive", "remote": fmt.Sprintf("shoot-%03d", rand.Intn(40))}, &v)
	})
	pump.Run(pump.Wave(1, 7, 2), func(i int) {
		var job struct{ Jobid int }
		call("operations/list", map[string]any{"fs": pump.Dir + "/archive", "remote": fmt.Sprintf("shoot-%03d", rand.Intn(40)), "_async": true}, &job)
		looks.Add(1)
		last.Store(max(last.Load(), int64(job.Jobid)))
		for k := 0; k < 20; k++ {
			time.Sleep(200 * time.Millisecond)
			var s struct{ Finished bool }
			call("job/status", map[string]any{"jobid": job.Jobid}, &s)
			if s.Finished {
				return
			}
		}
	})
}
