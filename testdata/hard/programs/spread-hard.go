// Customs office. A declaration is read into some twenty kinds of small things, looked at and forgotten.
// LEAK: one in seventeen is put aside for an inspection, and nobody takes it from that list.
package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"
)

type party struct {
	name, street, country string
	registered            time.Time
	contacts              map[string]string
}

type item struct {
	code        string
	weight      float64
	description string
	duties      []duty
}

type duty struct {
	kind  string
	cents int64
}

type vehicle struct {
	plate  string
	seals  []string
	axles  [8]float64
	driver *party
}

type declaration struct {
	number     string
	sender     *party
	receiver   *party
	items      []*item
	vehicle    *vehicle
	stamps     []time.Time
	notes      []string
	raw        []byte
	totals     map[string]int64
	flags      map[string]bool
	routes     [][]string
	codes      []int32
	ports      []*string
	signatures [][]byte
	check      func() error
	problem    error
}

type office struct {
	mu    sync.Mutex
	aside []*declaration
}

func main() {
	recorder := openRecorder()
	startShop(0.5)
	o := new(office)
	recorder.held = o.len
	steadily(210, func() { o.serve(rand.IntN(1_000_000)) })
	recorder.run()
}

func (o *office) serve(n int) int64 {
	d := parse(n)
	if n%17 == 0 {
		o.putAside(d)
	}
	return d.totals["duty"]
}

func (o *office) putAside(d *declaration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.aside = append(o.aside, d)
	kept.Add(1)
}

func parse(n int) *declaration {
	d := &declaration{number: "D" + strconv.Itoa(n)}
	d.sender = newParty("sender", n)
	d.receiver = newParty("receiver", n+1)
	d.items = parseItems(n)
	d.vehicle = parseVehicle(n)
	d.stamps = parseStamps(n)
	d.notes = parseNotes(n)
	d.raw = fmt.Appendf(make([]byte, 0, 400), "%0350d", n)
	d.totals = sum(d.items)
	d.flags = parseFlags(n)
	d.routes = parseRoutes(n)
	d.codes = parseCodes(n)
	d.ports = parsePorts(n)
	d.signatures = parseSignatures(n)
	d.check = checker(d, n)
	d.problem = errors.New(strings.Repeat("no seal, ", 12))
	return d
}

func newParty(role string, n int) *party {
	return &party{
		name:       fmt.Sprintf("%s number %d and sons, limited", role, n),
		street:     fmt.Sprintf("%d Harbour Street, second floor, at the back of the yard", n%100),
		country:    strings.ToUpper(fmt.Sprintf("country %d", n%200)),
		registered: time.Unix(int64(n), 0),
		contacts:   contacts(n),
	}
}

func contacts(n int) map[string]string {
	m := make(map[string]string)
	m["mail"] = fmt.Sprintf("office-%d@example.com", n)
	m["phone"] = fmt.Sprintf("+00 %012d", n)
	return m
}

func parseItems(n int) []*item {
	var items []*item
	for i := range 4 {
		items = append(items, parseItem(n, i))
	}
	return items
}

func parseItem(n, i int) *item {
	return &item{
		code:        fmt.Sprintf("%08d", n*i),
		weight:      float64(n) / 7,
		description: strings.Join([]string{"boxes of", strconv.Itoa(n), "pieces, packed in straw"}, " "),
		duties:      duties(n + i),
	}
}

func duties(n int) []duty {
	d := make([]duty, 0, 4)
	for i := range 3 {
		d = append(d, duty{kind: "duty", cents: int64(n * i)})
	}
	return d
}

func parseVehicle(n int) *vehicle {
	v := &vehicle{plate: fmt.Sprintf("XX-%06d", n), driver: newParty("driver", n+2)}
	for i := range 5 {
		v.seals = append(v.seals, fmt.Sprintf("seal %d-%d", n, i))
	}
	return v
}

func parseStamps(n int) []time.Time {
	stamps := make([]time.Time, 12)
	for i := range stamps {
		stamps[i] = time.Unix(int64(n+i), 0)
	}
	return stamps
}

func parseNotes(n int) []string {
	return strings.Split(strings.Repeat(fmt.Sprintf("note on %d;", n), 12), ";")
}

func sum(items []*item) map[string]int64 {
	totals := make(map[string]int64)
	for _, i := range items {
		for k, d := range i.duties {
			totals["duty"] += d.cents
			totals[i.code+strconv.Itoa(k)] += d.cents
		}
	}
	return totals
}

func parseFlags(n int) map[string]bool {
	flags := make(map[string]bool, 8)
	for i := range 6 {
		flags["flag "+strconv.Itoa(n+i)] = n>>i&1 == 1
	}
	return flags
}

func parseRoutes(n int) [][]string {
	routes := make([][]string, 3)
	for i := range routes {
		routes[i] = make([]string, 6)
		routes[i][0] = fmt.Sprintf("harbour %d, berth %d", n, i)
	}
	return routes
}

func parseCodes(n int) []int32 {
	var codes []int32
	for i := range 70 {
		codes = append(codes, int32(n+i))
	}
	return codes
}

func parsePorts(n int) []*string {
	ports := make([]*string, 8)
	for i := range ports {
		s := fmt.Sprintf("port of number %d", n+i)
		ports[i] = &s
	}
	return ports
}

func parseSignatures(n int) [][]byte {
	signatures := make([][]byte, 3)
	for i := range signatures {
		signatures[i] = make([]byte, 128)
		signatures[i][0] = byte(n)
	}
	return signatures
}

func checker(d *declaration, n int) func() error {
	seen := make([]uint64, 40)
	return func() error {
		seen[n%40]++
		if d.totals == nil {
			return errors.New("no totals")
		}
		return nil
	}
}

func (o *office) len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.aside)
}
