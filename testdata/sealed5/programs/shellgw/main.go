// Command shellgw is the way by ssh to the machines of a university.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"runtime"
	"strings"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"probe"
	"pump"
	"shellgw/audit"
	"shellgw/gate"
)

func visit(at string) {
	c, err := gossh.Dial("tcp", at, &gossh.ClientConfig{User: "u" + pump.ID(3), Auth: []gossh.AuthMethod{gossh.Password("x")}, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: 5 * time.Second})
	if err != nil {
		return
	}
	defer c.Close()
	s, err := c.NewSession()
	if err != nil {
		return
	}
	defer s.Close()
	if rand.Intn(2) == 0 { // about half forward their agent
		s.SendRequest("auth-agent-req@openssh.com", true, nil)
	}
	var in strings.Builder
	fmt.Fprintf(&in, "job-%s #!/bin/sh\n", pump.ID(10))
	for n := pump.Between(1<<10, 30<<10); in.Len() < n; {
		fmt.Fprintf(&in, "srun --cpus %d ./simulate --seed %s --out /scratch/%s\n", rand.Intn(64), pump.ID(12), pump.ID(20))
	}
	s.Stdin = strings.NewReader(in.String())
	s.Run([]string{"sbatch", "sbatch", "check"}[rand.Intn(3)])
}

func main() {
	pump.Flags()
	at := fmt.Sprintf("127.0.0.1:%d", pump.Port)
	if pump.Mode == "load" {
		pump.Run(pump.Wave(0.6, 3.8, 2), func(i int) { visit(at) })
	}
	book := audit.New()
	g := gate.New(book)
	probe.Gauge("visits", g.Visits.Load)
	probe.Gauge("inside", g.Inside.Load)
	probe.Gauge("agents", g.Agents.Load)
	probe.Gauge("jobs", book.Len)
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	log.Fatal(g.Serve(at))
}
