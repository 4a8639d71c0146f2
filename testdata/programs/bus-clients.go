// Notifier. It tells a bus about each order that was sent.
// LEAK: it makes a client of the bus for each message and does not close it.
package main

import "example.com/fakebus"

type notifier struct {
	address string
}

func main() {
	recorder := openRecorder()
	startShop(1)
	n := &notifier{address: "bus:4222"}
	steadily(10, func() { n.tell([]byte("sent")) })
	recorder.run()
}

func (n *notifier) tell(message []byte) {
	client := fakebus.Dial(n.address)
	client.Publish("orders", message)
}
