// Package peer is somebody in a room.
package peer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log"
	"math/rand"
	"strings"
	"sync/atomic"
	"time"

	"drive"
	"github.com/gorilla/websocket"
)

// Joined is the number of people in rooms, Received that of messages that came.
var Joined, Received atomic.Int64

const secret = "the-shared-secret-for-internal-clients"

// Stay comes into a room and says something from time to time.
func Stay(url string, room int, r *rand.Rand) {
	c, _, err := websocket.DefaultDialer.Dial(strings.Replace(url, "http", "ws", 1)+"/spreed", nil)
	if err != nil {
		log.Print(err)
		return
	}
	defer c.Close()
	nonce := drive.ID(r, 64)
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(nonce))
	say := func(s string) { c.WriteMessage(websocket.TextMessage, []byte(s)) }
	say(fmt.Sprintf(`{"id":"1","type":"hello","hello":{"version":"1.0","auth":{"type":"internal","params":{"random":%q,"token":%q,"backend":"https://cloud.example/"}}}}`, nonce, hex.EncodeToString(h.Sum(nil))))
	_, m, err := c.ReadMessage()
	if err != nil || !strings.Contains(string(m), `"hello"`) {
		log.Print(err, " ", string(m))
		return
	}
	say(fmt.Sprintf(`{"id":"2","type":"room","room":{"roomid":"room%d"}}`, room))
	_, m, err = c.ReadMessage()
	if err != nil || strings.Contains(string(m), `"error"`) {
		log.Print(err, " ", string(m))
		return
	}
	Joined.Add(1)
	defer Joined.Add(-1)
	go func() {
		for i := 0; ; i++ {
			time.Sleep(time.Duration(2000+r.Intn(7000)) * time.Millisecond)
			say(fmt.Sprintf(`{"id":"m%d","type":"message","message":{"recipient":{"type":"room"},"data":{"type":"chat","text":%q}}}`, i, drive.Text(r, drive.Between(r, 40, 900))))
		}
	}()
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			log.Print(err)
			return
		}
		Received.Add(1)
	}
}
