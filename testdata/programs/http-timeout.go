// Gateway. It passes requests on to a service.
// LEAK: the client has no timeout, and the service never answers one request in three.
package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
)

type gateway struct {
	client  *http.Client
	service string
}

// stutter is the service.
func stutter(w http.ResponseWriter, r *http.Request) {
	if rand.IntN(3) == 0 {
		<-r.Context().Done()
		return
	}
	fmt.Fprintln(w, "done")
}

func main() {
	service := startBackend(stutter)
	recorder := openRecorder()
	startShop(1)
	g := &gateway{client: &http.Client{Transport: &http.Transport{}}, service: service}
	steadily(12, func() { go g.pass() })
	recorder.run()
}

func (g *gateway) pass() error {
	answer := make([]byte, 192<<10)
	response, err := g.client.Get(g.service + "/work")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.ReadFull(response.Body, answer)
	return err
}
