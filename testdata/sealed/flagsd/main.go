// Flagsd answers which feature flags are on for a user.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"log"
	"math/rand"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"sync/atomic"
	"syscall"
	"time"

	"flagsd/flags"
	"flagsd/loadgen"
)

var (
	addr  = flag.String("addr", "127.0.0.1:21030", "")
	admin = flag.String("admin", "127.0.0.1:21031", "")
	dir   = flag.String("dir", filepath.Join(os.TempDir(), "flagsd"), "")
	mode  = flag.String("mode", "serve", "")
	span  = flag.Duration("span", 200*time.Second, "")
)

const files = 12

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	}
	os.MkdirAll(*dir, 0o755)
	for i := 0; i < files; i++ {
		put(i, false)
	}
	s, err := flags.Open(*dir)
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(http.ListenAndServe(*admin, nil)) }()
	go func() { log.Fatal(http.ListenAndServe(*addr, handler(s))) }()
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	fmt.Println("KEPT watchers", atomic.LoadInt64(&s.Watching), "of which needed", files)
}

func handler(s *flags.Store) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := fnv.New32()
		h.Write([]byte(r.URL.Query().Get("user")))
		names := s.Names(r.URL.Query().Get("app")+".json", h.Sum32())
		sort.Strings(names)
		json.NewEncoder(w).Encode(map[string]any{"user": r.URL.Query().Get("user"), "on": names})
	})
}

// put writes the flags of an application, in place or by way of a new file.
func put(i int, rename bool) {
	var rules []flags.Rule
	for n := 0; n < 320; n++ {
		rules = append(rules, flags.Rule{Name: fmt.Sprintf("feature-%d-%d", i, n), Percent: rand.Intn(100), Groups: []string{"staff", "beta", fmt.Sprint("ring", n%7)}})
	}
	b, _ := json.Marshal(rules)
	name := filepath.Join(*dir, fmt.Sprintf("app%d.json", i))
	if rename {
		os.WriteFile(name+".new", b, 0o644)
		os.Rename(name+".new", name)
	} else {
		os.WriteFile(name, b, 0o644)
	}
}

func load() {
	go loadgen.Run(*span, loadgen.Steady(0.75), func(i int) {
		// The deployment tool learns in the middle to replace files atomically.
		put(i%files, time.Since(begin) > *span/2)
	})
	loadgen.Run(*span, loadgen.Steady(14), func(int) {
		loadgen.Get(fmt.Sprintf("http://%s/flags?app=app%d&user=u%d", *addr, rand.Intn(files), rand.Intn(1e6)))
	})
}

var begin = time.Now()
