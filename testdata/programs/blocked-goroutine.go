// Thumbnail service. Each upload is scaled by a goroutine of its own, which hands back the picture when
// the web side asks for it.
// LEAK: half of the browsers leave before that, and then the goroutine waits for ever, with its picture.
package main

import (
	"math/rand/v2"
	"time"
)

type thumbnailer struct {
	uploads chan upload
}

type upload struct {
	name    string
	collect chan chan []byte // the web side sends where it wants the picture
	left    chan struct{}    // closed when the browser has left
}

func main() {
	recorder := openRecorder()
	startShop(1)
	t := &thumbnailer{uploads: make(chan upload)}
	go t.serve()
	steadily(50, t.browse)
	recorder.run()
}

func (t *thumbnailer) serve() {
	for u := range t.uploads {
		go t.scale(u)
	}
}

// browse is a browser that uploads a picture. Every second one closes the page at once.
func (t *thumbnailer) browse() {
	u := upload{name: "cat.jpg", collect: make(chan chan []byte), left: make(chan struct{})}
	t.uploads <- u
	if rand.IntN(2) == 0 {
		close(u.left)
		return
	}
	go func() {
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		picture := make(chan []byte)
		u.collect <- picture
		<-picture
	}()
}

func (t *thumbnailer) scale(u upload) {
	pixels := make([]byte, 40<<10)
	copy(pixels, u.name)
	picture := <-u.collect
	picture <- pixels
}
