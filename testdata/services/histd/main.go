package main

import (
	"container/list"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

type Game struct {
	sync.Mutex
	undo *list.List
}

type move struct {
	board [1200]byte
	who   string
}

func (g *Game) play(who string) {
	m := &move{who: who}
	copy(m.board[:], strings.Repeat("x", 100))
	g.Lock()
	g.undo.PushBack(m)
	g.Unlock()
}

func main() {
	g := &Game{undo: list.New()}
	http.HandleFunc("/move", func(w http.ResponseWriter, r *http.Request) { g.play(r.RemoteAddr) })
	run(http.DefaultServeMux, 150, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/move?n=%d", base, i), nil)
		return req
	})
}
