// The recorder that every program here is built with: it writes heap and goroutine snapshots of its own
// process into a folder, round after round, and tells on standard error what the program itself counts.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// A recorder knows where the snapshots of this run go, and when they are due.
type recorder struct {
	out         string          // folder for the snapshots
	first, last int             // numbers of the first and last round of this process
	rounds      int             // rounds of the whole recording, of which this process may do a part
	gaps        []time.Duration // from round to round, over and over
	collect     bool            // force a garbage collection before each heap profile
	goroutines  string          // "txt" (debug=2) or "pb"
	held        func() int      // how much the program holds on purpose, if it can tell
}

// kept is how many objects or goroutines the program has leaked so far, by its own count.
var kept atomic.Int64

// settle is how long a program runs before its first round.
const settle = 2 * time.Second

// openRecorder reads the flags. It comes first in main.
func openRecorder() *recorder {
	r := new(recorder)
	var gaps string
	flag.StringVar(&r.out, "out", ".", "write the snapshots to this `folder`")
	flag.IntVar(&r.rounds, "rounds", 20, "number of rounds of the whole recording")
	flag.IntVar(&r.first, "first", 1, "number of this process's first round")
	flag.IntVar(&r.last, "last", 0, "number of this process's last round; 0: the same as -rounds")
	flag.StringVar(&gaps, "gaps", "4", "`seconds` from round to round, separated by commas, used over and over")
	flag.BoolVar(&r.collect, "gc", true, "force a garbage collection before each heap profile")
	flag.StringVar(&r.goroutines, "goroutines", "txt", "form of the goroutine profiles: txt or pb")
	flag.Parse()
	if r.last == 0 {
		r.last = r.rounds
	}
	for _, gap := range strings.Split(gaps, ",") {
		seconds, err := strconv.ParseFloat(gap, 64)
		if err != nil {
			log.Fatal(err)
		}
		r.gaps = append(r.gaps, time.Duration(seconds*float64(time.Second)))
	}
	return r
}

// gap is the time between a round and the next one.
func (r *recorder) gap(round int) time.Duration { return r.gaps[(round-1)%len(r.gaps)] }

// until is the time from the start of this process to one of its rounds.
func (r *recorder) until(round int) time.Duration {
	t := settle
	for i := r.first; i < round; i++ {
		t += r.gap(i)
	}
	return t
}

// span is the time from start to the last round of this process, for programs whose behaviour changes on the way.
func (r *recorder) span() time.Duration { return r.until(r.last) }

// run records until the last round is written.
func (r *recorder) run() {
	due := time.Now().Add(settle)
	for round := r.first; round <= r.last; round++ {
		time.Sleep(time.Until(due))
		due = due.Add(r.gap(round))
		r.snapshot(round)
	}
}

// snapshot writes one round. The order matters: the goroutines as they are, then the heap after the
// same collection that the handler of net/http/pprof makes for ?gc=1, and goroutineleak at the very end,
// because its marks change all later goroutine dumps.
func (r *recorder) snapshot(round int) {
	held := -1
	if r.held != nil {
		held = r.held()
	}
	fmt.Fprintf(os.Stderr, "round %d kept %d held %d goroutines %d\n", round, kept.Load(), held, runtime.NumGoroutine())
	if r.goroutines == "pb" {
		r.write("goroutine", round, 0)
	} else {
		r.write("goroutine", round, 2)
	}
	if r.collect {
		runtime.GC()
	}
	r.write("heap", round, 0)
	if round == r.rounds && pprof.Lookup("goroutineleak") != nil { // Go 1.27 has it, older ones do not
		r.write("goroutineleak", round, 0)
	}
}

func (r *recorder) write(profile string, round, debug int) {
	suffix := "pb.gz"
	if debug > 0 {
		suffix = "txt"
	}
	f, err := os.Create(filepath.Join(r.out, fmt.Sprintf("%s-%02d.%s", profile, round, suffix)))
	if err != nil {
		log.Fatal(err)
	}
	err = pprof.Lookup(profile).WriteTo(f, debug)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		log.Fatal(err)
	}
}
