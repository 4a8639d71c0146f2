// Package graph is the kitchen in GraphQL: queries by POST, and an order that is followed as a stream.
package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	graphql "github.com/graph-gophers/graphql-go"

	"orderql/kitchen"
)

const schema = `
schema { query: Query }
type Query {
  order(id: Int!): Order
  orders(branch: Int!, last: Int!): [Order!]!
}
type Order { id: Int! dish: String! state: String! notes: String! }
`

type root struct{ k *kitchen.Kitchen }

type order struct{ *kitchen.Order }

func (o order) ID() int32     { return o.Order.ID }
func (o order) Dish() string  { return o.Order.Dish }
func (o order) State() string { return o.State_ }
func (o order) Notes() string { return strings.Repeat("no onions ", int(o.Order.ID)%30) }

func (r *root) Order(a struct{ ID int32 }) *order {
	if o := r.k.Order(a.ID); o != nil {
		return &order{o}
	}
	return nil
}

func (r *root) Orders(a struct{ Branch, Last int32 }) (out []order) {
	for _, o := range r.k.Last(a.Branch, a.Last) {
		out = append(out, order{o})
	}
	return
}

// A plan is what is known about a query that has been checked: its cost, and how its answers were.
type plan struct {
	query string
	cost  int
	words map[string]int
	sizes []int
}

type Graph struct {
	k               *kitchen.Kitchen
	schema          *graphql.Schema
	mu              sync.RWMutex
	plans           map[string]*plan
	Follows, Inside atomic.Int64
}

func New(k *kitchen.Kitchen) *Graph {
	return &Graph{k: k, schema: graphql.MustParseSchema(schema, &root{k}), plans: map[string]*plan{}}
}

func (g *Graph) Plans() int64 {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return int64(len(g.plans))
}

func (g *Graph) Routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /graphql", g.post)
	m.HandleFunc("GET /follow", g.follow)
	return m
}

// plan looks a query up among those that have been checked, or checks it.
func (g *Graph) plan(query string) (*plan, error) {
	g.mu.RLock()
	p := g.plans[query]
	g.mu.RUnlock()
	if p != nil {
		return p, nil
	}
	if errs := g.schema.Validate(query); len(errs) > 0 {
		return nil, errs[0]
	}
	p = measure(query)
	g.mu.Lock()
	g.plans[query] = p
	g.mu.Unlock()
	return p, nil
}

func measure(query string) *plan {
	p := &plan{query: query, words: map[string]int{}, sizes: make([]int, 0, 1000)}
	for _, w := range strings.FieldsFunc(query, func(r rune) bool { return strings.ContainsRune(" {}(),:", r) }) {
		p.words[w]++
		p.cost += 1 + strings.Count(query, w)
	}
	return p
}

func (g *Graph) post(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Query     string
		Variables map[string]any
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p, err := g.plan(in.Query)
	if err != nil || p.cost > 5000 {
		http.Error(w, "not this query", http.StatusUnprocessableEntity)
		return
	}
	json.NewEncoder(w).Encode(g.schema.Exec(r.Context(), in.Query, "", in.Variables))
}

func (g *Graph) follow(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.FormValue("order"))
	o := g.k.Order(int32(id))
	if o == nil {
		http.NotFound(w, r)
		return
	}
	g.Follows.Add(1)
	g.Inside.Add(1)
	defer g.Inside.Add(-1)
	changes := g.k.Watch(o)
	if err := relay(r.Context(), w, changes); err != nil {
		fmt.Fprintln(w, err)
	}
}

// relay passes changes on until there are no more or the reader leaves.
func relay(ctx context.Context, w http.ResponseWriter, changes <-chan kitchen.Change) error {
	for {
		select {
		case c, ok := <-changes:
			if !ok {
				return nil
			}
			if _, err := fmt.Fprintf(w, "%d %s %d bytes\n", c.Order.ID, c.State, len(c.Picture)); err != nil {
				return err
			}
			w.(http.Flusher).Flush()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
