// Command slopecams shows the pictures of a ski area's cameras.
//
//go:debug default=go1.27
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	_ "net/http/pprof"
	"strconv"
	"time"

	"alps.example/slopecams/internal/camera"
	"alps.example/slopecams/internal/film"
)

type server struct {
	archive *camera.Archive
	strip   *film.Strip
}

func main() {
	addr := flag.String("listen", "127.0.0.1:7302", "")
	room := flag.Int("room", 34<<20, "bytes of scaled pictures to have at hand")
	flag.Parse()
	s := &server{archive: camera.NewArchive(64), strip: film.New(*room)}
	http.HandleFunc("GET /cams/{cam}/at/{minute}", s.picture)
	http.HandleFunc("GET /cams/{cam}/day", s.day)
	http.HandleFunc("GET /cams", s.list)
	http.HandleFunc("GET /state", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(s.strip.State())
	})
	log.Fatal(http.ListenAndServe(*addr, nil))
}

func (s *server) frame(cam string, minute int) ([]byte, error) {
	k := film.Key{Cam: cam, Minute: minute}
	if p, ok := s.strip.Get(k); ok {
		return p, nil
	}
	raw, err := s.archive.Read(cam, minute)
	if err != nil {
		return nil, err
	}
	p := camera.Scale(raw)
	s.strip.Put(k, p)
	return p, nil
}

func (s *server) picture(w http.ResponseWriter, r *http.Request) {
	m, err := strconv.Atoi(r.PathValue("minute"))
	if err != nil {
		http.Error(w, "no such minute", http.StatusBadRequest)
		return
	}
	p, err := s.frame(r.PathValue("cam"), m)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "image/x-portable-graymap")
	fmt.Fprintf(w, "P5 %d %d 255\n", camera.Width/2, camera.Height/2)
	w.Write(p)
}

// day answers how bright each hour was, for the little bar under a picture.
func (s *server) day(w http.ResponseWriter, r *http.Request) {
	bars := make([]string, 0, 24)
	for h := range 24 {
		n, err := s.archive.Brightness(r.PathValue("cam"), h*60)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		bars = append(bars, fmt.Sprintf("%02d:00 %3d", h, n))
	}
	json.NewEncoder(w).Encode(map[string]any{"cam": r.PathValue("cam"), "bars": bars, "made": time.Now()})
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	json.NewEncoder(w).Encode(s.archive.Names())
}
