// Notifier. It posts messages to the hooks of customers.
// LEAK: every message gets a client with a transport of its own, which keeps its connection open for the
// next message. There is none.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"
)

type notifier struct {
	hook string
}

// receive is the customer's hook.
func receive(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	fmt.Fprintln(w, "thank you")
}

func main() {
	hook := startBackend(receive)
	recorder := openRecorder()
	startShop(1)
	n := &notifier{hook: hook}
	steadily(4, func() {
		go func() {
			if err := n.send("your order is on its way"); err != nil {
				log.Print(err)
			}
		}()
	})
	recorder.run()
}

func (n *notifier) send(message string) error {
	transport := &http.Transport{ReadBufferSize: 160 << 10, WriteBufferSize: 60 << 10}
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	response, err := client.Post(n.hook, "text/plain", strings.NewReader(message))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}
