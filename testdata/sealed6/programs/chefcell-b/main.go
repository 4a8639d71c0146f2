// Command chefcell is the load of a Chef server: machines of a print shop check in, people look.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"sync/atomic"

	"drive"
	"probe"
)

var saved, failed atomic.Int64

func chef(method, path string, body any) int {
	var b []byte
	if body != nil {
		b, _ = json.Marshal(body)
	}
	_, code := drive.Send(method, drive.URL(path), b, "Accept", "application/json", "Content-Type", "application/json", "X-Ops-UserId", "admin", "X-Chef-Version", "12.0.0")
	return code
}

type object = map[string]any

// node is a machine as it reports itself.
func node(r *rand.Rand, name string) object {
	disks := object{}
	for i := range 2 + r.Intn(4) {
		disks[fmt.Sprintf("sd%c", 'a'+i)] = object{"size": r.Intn(1e9), "model": drive.Text(r, 20)}
	}
	return object{"name": name, "chef_type": "node", "json_class": "Chef::Node", "chef_environment": "_default", "run_list": []string{"recipe[base]", "recipe[press]"},
		"normal": object{}, "default": object{}, "override": object{},
		"automatic": object{"platform": "debian", "uptime": r.Intn(1e7), "disks": disks, "motd": drive.Text(r, drive.Between(r, 1500, 9000))}}
}

func main() {
	drive.Flags()
	probe.Gauge("saved", saved.Load)
	probe.Gauge("failed", failed.Load)
	probe.Listen(drive.Port + 2)
	r := rand.New(rand.NewSource(120))
	const machines = 40
	name := func(i int) string { return fmt.Sprintf("press%02d", i) }
	for i := range machines {
		if c := chef("POST", "/nodes", node(r, name(i))); c/100 != 2 {
			log.Print("node ", c)
		}
	}
	go drive.Run(121, drive.Wave(2, 8, 3), func(i int, r *rand.Rand) {
		chef("GET", "/nodes/"+name(r.Intn(machines)), nil)
	})
	drive.Run(122, drive.Wave(6, 15, 2), func(i int, r *rand.Rand) {
		n := name(r.Intn(machines))
		if c := chef("PUT", "/nodes/"+n, node(r, n)); c/100 == 2 {
			saved.Add(1)
		} else {
			failed.Add(1)
		}
	})
}
