// Command regevents drives a registry of images (docker-registry) that tells an audit service about each pull and push. The
// command is the builders that pull and push, and the audit service itself, whose disk is full from a certain time on.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"pump"
)

const full = .3 // from then on the audit service answers 503

func main() {
	pump.Flags()
	base := fmt.Sprintf("http://127.0.0.1:%d/v2/", pump.Port)
	var taken, refused atomic.Int64
	go http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", pump.Port+3), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if pump.X() > full {
			refused.Add(1)
			http.Error(w, "no space left on device", http.StatusServiceUnavailable)
			return
		}
		taken.Add(1)
	}))
	var repos [][2]string // repository and layer
	for i := 0; i < 24; i++ {
		repo := fmt.Sprintf("shop/%s", []string{"cart", "search", "stock", "mail", "pay", "login"}[i%6])
		layer := push(base, repo, []byte(pump.ID(pump.Between(3000, 30000))))
		config := push(base, repo, []byte(`{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}`))
		tag(base, repo, fmt.Sprintf("v%d", i/6), layer, config)
		repos = append(repos, [2]string{repo, layer})
	}
	go func() {
		for range time.Tick(5 * time.Second) {
			log.Print("audit: taken ", taken.Load(), " refused ", refused.Load())
		}
	}()
	go pump.Run(pump.Wave(1, 8, 2), func(i int) { // looks whether there is a newer one, then pulls
		req, _ := http.NewRequest("GET", fmt.Sprintf("%s%s/manifests/v%d", base, repos[rand.Intn(len(repos))][0], rand.Intn(4)), nil)
		req.Header.Set("Accept", "application/vnd.docker.distribution.manifest.v2+json")
		agent(req)
		if resp, err := pump.Web.Do(req); err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
	pump.Run(pump.Wave(3, 17, 2), func(i int) {
		r := repos[rand.Intn(len(repos))]
		req, _ := http.NewRequest("GET", base+r[0]+"/blobs/"+r[1], nil)
		agent(req)
		if resp, err := pump.Web.Do(req); err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
}

// agent says who pulls: the builders add the labels of their build.
func agent(req *http.Request) {
	req.Header.Set("User-Agent", "docker/20.10.24 go/go1.19.8 git-commit/5d6db84 kernel/6.1.0-13-amd64 os/linux arch/amd64 UpstreamClient(Docker-Client/20.10.24) build/"+pump.ID(40)+" labels/"+pump.ID(pump.Between(500, 1400)))
}

func push(base, repo string, b []byte) string {
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(b))
	resp, err := pump.Web.Post(base+repo+"/blobs/uploads/", "", nil)
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	to := resp.Header.Get("Location")
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	if _, code := pump.Send("PUT", to+sep+"digest="+digest, b); code != http.StatusCreated {
		log.Print("push: ", code)
	}
	return digest
}

func tag(base, repo, name, layer, config string) {
	type desc struct {
		MediaType string `json:"mediaType"`
		Size      int    `json:"size"`
		Digest    string `json:"digest"`
	}
	m, _ := json.Marshal(map[string]any{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
		"config": desc{"application/vnd.docker.container.image.v1+json", 90, config},
		"layers": []desc{{"application/vnd.docker.image.rootfs.diff.tar.gzip", 5000, layer}}})
	req, _ := http.NewRequest("PUT", base+repo+"/manifests/"+name, strings.NewReader(string(m)))
	req.Header.Set("Content-Type", "application/vnd.docker.distribution.manifest.v2+json")
	resp, err := pump.Web.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	b, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	log.Print(resp.Status, " ", string(b))
}
