// The recorder that every program here is built with: it writes heap and goroutine snapshots of its own
// process into a folder, round after round, or serves net/http/pprof for somebody else to fetch them.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"syscall"
	"time"
)

// A recorder knows where the snapshots of this run go, and when they are due.
type recorder struct {
	out         string        // folder for the snapshots
	first, last int           // numbers of the first and last round of this process
	rounds      int           // rounds of the whole recording, of which this process may do a part
	interval    time.Duration // from round to round
	serve       string        // address to serve net/http/pprof on, instead of writing anything
}

// settle is how long a program runs before its first round.
const settle = 2 * time.Second

// openRecorder reads the flags. It comes first in main.
func openRecorder() *recorder {
	r := new(recorder)
	flag.StringVar(&r.out, "out", ".", "write the snapshots to this `folder`")
	flag.IntVar(&r.rounds, "rounds", 8, "number of rounds of the whole recording")
	flag.IntVar(&r.first, "first", 1, "number of this process's first round")
	flag.IntVar(&r.last, "last", 0, "number of this process's last round; 0: the same as -rounds")
	flag.DurationVar(&r.interval, "interval", 7*time.Second, "time from round to round")
	flag.StringVar(&r.serve, "serve", "", "serve net/http/pprof on this `address` until killed, and write nothing")
	flag.Parse()
	if r.last == 0 {
		r.last = r.rounds
	}
	return r
}

// span is the time from start to the last round of the whole recording, for programs whose behaviour
// changes on the way (a wave, a step, a leak that starts half-way).
func (r *recorder) span() time.Duration {
	return settle + time.Duration(r.rounds-1)*r.interval
}

// run records until the last round is written, or serves until the process is told to end.
func (r *recorder) run() {
	if r.serve != "" {
		r.serveProfiles()
		return
	}
	due := time.Now().Add(settle)
	for round := r.first; round <= r.last; round++ {
		time.Sleep(time.Until(due))
		due = due.Add(r.interval)
		r.snapshot(round)
	}
}

// serveProfiles returns when the process is told to end, so that main can still clean up.
func (r *recorder) serveProfiles() {
	end := make(chan os.Signal, 1)
	signal.Notify(end, os.Interrupt, syscall.SIGTERM)
	go func() { log.Fatal(http.ListenAndServe(r.serve, nil)) }()
	<-end
}

// snapshot writes one round. The order matters: the goroutines as they are, then the heap after the
// same collection that the handler of net/http/pprof makes for ?gc=1, and goroutineleak at the very end,
// because its marks change all later goroutine dumps.
func (r *recorder) snapshot(round int) {
	r.write("goroutine", round, 2)
	r.write("goroutine", round, 0)
	runtime.GC()
	r.write("heap", round, 0)
	if round == r.first || round == r.last {
		r.write("heap", round, 1)
	}
	if round == r.last && pprof.Lookup("goroutineleak") != nil { // Go 1.27 has it, older ones do not
		r.write("goroutineleak", round, 0)
	}
}

func (r *recorder) write(profile string, round, debug int) {
	suffix := "pb.gz"
	if debug > 0 {
		suffix = "txt"
	}
	f, err := os.Create(filepath.Join(r.out, fmt.Sprintf("%s-%02d.%s", profile, round, suffix)))
	if err == nil {
		err = pprof.Lookup(profile).WriteTo(f, debug)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		log.Fatal(err)
	}
}
