// Command drive is who is around a syncthing: a camera (or an office) that writes files, the operator's page,
// and with -boards the screens that each ask for the kinds of events that somebody has chosen.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

var (
	base   = flag.String("api", "http://127.0.0.1:8401", "")
	key    = flag.String("key", "", "API key")
	dir    = flag.String("dir", "", "folder")
	keep   = flag.Int("keep", 300, "files that stay")
	boards = flag.Bool("boards", false, "screens with events of their own")
	dur    = flag.Duration("for", 6*time.Minute, "")
)

var kinds = strings.Fields(`Starting StartupComplete DeviceDiscovered DeviceConnected DeviceDisconnected DeviceRejected
 DevicePaused DeviceResumed LocalChangeDetected RemoteChangeDetected LocalIndexUpdated RemoteIndexUpdated ItemStarted
 ItemFinished StateChanged FolderRejected ConfigSaved DownloadProgress RemoteDownloadProgress FolderSummary
 FolderCompletion FolderErrors FolderScanProgress FolderPaused FolderResumed FolderWatchStateChanged
 ListenAddressesChanged LoginAttempt Failure`)

func get(path string) []byte {
	r, _ := http.NewRequest("GET", *base+path, nil)
	r.Header.Set("X-API-Key", *key)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil
	}
	defer a.Body.Close()
	b, _ := io.ReadAll(a.Body)
	return b
}

func follow(mask string, until time.Time) {
	since := 0
	for time.Now().Before(until) {
		var ev []struct{ ID int }
		json.Unmarshal(get(fmt.Sprintf("/rest/events?timeout=2&since=%d&limit=50&events=%s", since, url.QueryEscape(mask))), &ev)
		if len(ev) > 0 {
			since = ev[len(ev)-1].ID
		} else {
			time.Sleep(100 * time.Millisecond)
		}
	}
}

func main() {
	flag.Parse()
	end := time.Now().Add(*dur)
	go func() { // operator's page
		go follow("", end)
		for time.Now().Before(end) {
			get("/rest/system/status")
			get("/rest/db/status?folder=default")
			get("/rest/system/connections")
			get("/rest/db/browse?folder=default")
			time.Sleep(2 * time.Second)
		}
	}()
	if *boards {
		go func() {
			for time.Now().Before(end) {
				p := rand.Perm(len(kinds))[:2+rand.Intn(5)]
				var m []string
				for _, i := range p {
					m = append(m, kinds[i])
				}
				go follow(strings.Join(m, ","), time.Now().Add(time.Duration(3+rand.Intn(12))*time.Second))
				time.Sleep(time.Duration(500+rand.Intn(900)) * time.Millisecond)
			}
		}()
	} else {
		for _, m := range []string{"ItemFinished,FolderSummary", "DeviceConnected,DeviceDisconnected", "LocalIndexUpdated"} {
			go follow(m, end)
		}
	}
	b := make([]byte, 1<<20)
	rand.Read(b)
	for n := 0; time.Now().Before(end); n++ {
		f := filepath.Join(*dir, fmt.Sprintf("day-%d", n%*keep/50), fmt.Sprintf("dsc-%05d.jpg", n%*keep))
		os.MkdirAll(filepath.Dir(f), 0o755)
		k := 20000 + rand.Intn(150000)
		o := rand.Intn(len(b) - k)
		os.WriteFile(f, b[o:o+k], 0o644)
		if rand.Intn(9) == 0 {
			os.Remove(filepath.Join(*dir, fmt.Sprintf("day-%d", n/2%*keep/50), fmt.Sprintf("dsc-%05d.jpg", n/2%*keep)))
		}
		time.Sleep(time.Duration(150+rand.Intn(600)) * time.Millisecond)
	}
}
