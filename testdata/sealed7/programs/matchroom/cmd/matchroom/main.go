// Command matchroom brings players of a board game together.
//
//go:debug default=go1.27
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"play.example/matchroom/internal/room"
	"play.example/matchroom/internal/session"
	"play.example/matchroom/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7120", "")
	flag.Parse()
	s := &web.Server{Sessions: session.NewKeeper(40 * time.Second), Lobby: room.NewLobby[string](4)}
	go s.Sessions.Janitor(3 * time.Second)
	go s.Lobby.Run(context.Background())
	http.Handle("/", s.Handler())
	log.Fatal(http.ListenAndServe(*addr, nil))
}
