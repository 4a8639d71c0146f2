// Package room is one pub's quiz.
package room

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"sort"
	"strings"
	"sync"
	"time"
)

// shown is how many rounds the board behind the bar shows.
const shown = 6

// Answer is what a player says, with the strokes on the phone by which cheats are found.
type Answer struct {
	Player   string `json:"player"`
	Question int    `json:"question"`
	Choice   int    `json:"choice"`
	Text     string `json:"text"`
	Strokes  []int  `json:"strokes"`
}

type Player struct {
	Name string
	Out  chan []byte // closed when the player has left
}

type Result struct {
	Round  int            `json:"round"`
	Scores map[string]int `json:"scores"`
	Best   []string       `json:"best"`
}

type Room struct {
	number, length int
	mu             sync.Mutex
	players        map[*Player]bool
	question       int
	answers        []*Answer // of the round that is on
	results        []Result
	rounds         int
}

func New(number, length int) *Room {
	return &Room{number: number, length: length, players: map[*Player]bool{}, question: rand.Intn(length)}
}

func (r *Room) Join(name string) *Player {
	p := &Player{Name: name, Out: make(chan []byte, 8)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.players[p] = true
	return p
}

func (r *Room) Leave(p *Player) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.players[p] {
		delete(r.players, p)
		close(p.Out)
	}
}

func (r *Room) Answer(a *Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = append(r.answers, a)
}

// Run asks one question after the other, and ends a round after the last.
func (r *Room) Run(every time.Duration) {
	for range time.Tick(every) {
		r.mu.Lock()
		r.question++
		if r.question >= r.length {
			r.end()
			r.question = 0
		}
		r.tell(map[string]any{"question": r.question, "text": fmt.Sprintf("Question %d: %s", r.question, strings.Repeat("which of these, ", 6)), "choices": 4})
		r.mu.Unlock()
	}
}

// end counts the round, and drops its answers.
func (r *Room) end() {
	res := Result{Round: r.rounds, Scores: map[string]int{}}
	for _, a := range r.answers {
		if a.Choice == a.Question%4 {
			res.Scores[a.Player]++
		}
	}
	for name := range res.Scores {
		res.Best = append(res.Best, name)
	}
	sort.Slice(res.Best, func(i, j int) bool { return res.Scores[res.Best[i]] > res.Scores[res.Best[j]] })
	res.Best = append([]string(nil), res.Best[:min(5, len(res.Best))]...)
	r.answers = nil
	r.rounds++
	if r.results = append(r.results, res); len(r.results) > shown {
		r.results = append([]Result(nil), r.results[1:]...)
	}
	r.tell(res)
}

// tell is called with the lock held. Who does not take what is sent is left out.
func (r *Room) tell(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		return
	}
	for p := range r.players {
		select {
		case p.Out <- b:
		default:
		}
	}
}

// Results are the last rounds.
func (r *Room) Results() []Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Result(nil), r.results...)
}

func (r *Room) Stats() (players, answers, rounds int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.players), len(r.answers), r.rounds
}
