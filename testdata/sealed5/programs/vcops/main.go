// Command vcops is a vCenter (govmomi's simulator) with the tools that a data centre has written against it.
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand"
	"net/url"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"

	"probe"
	"pump"
)

// left counts what the tools leave behind: sessions and views.
var left struct{ sessions, views atomic.Int64 }

func sdk() *url.URL {
	u, _ := url.Parse(fmt.Sprintf("http://ops:secret@127.0.0.1:%d/sdk", pump.Port))
	return u
}

// backup signs in, looks for a machine and asks what it is; it never signs out.
func backup() {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	c, err := govmomi.NewClient(ctx, sdk(), true)
	if err != nil {
		return
	}
	f := find.NewFinder(c.Client, false)
	if dc, err := f.DefaultDatacenter(ctx); err == nil {
		f.SetDatacenter(dc)
	}
	if vm, err := f.VirtualMachine(ctx, fmt.Sprintf("DC0_H0_VM%d", rand.Intn(8))); err == nil {
		vm.PowerState(ctx)
	}
	if rand.Intn(3) == 0 {
		c.Logout(ctx)
	} else {
		left.sessions.Add(1)
	}
	c.CloseIdleConnections()
}

// wall is a dashboard: it lists all machines in a new view each time.
func wall(c *govmomi.Client) {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	v, err := view.NewManager(c.Client).CreateContainerView(ctx, c.ServiceContent.RootFolder, []string{"VirtualMachine", "HostSystem"}, true)
	if err != nil {
		return
	}
	var vms []mo.VirtualMachine
	v.Retrieve(ctx, []string{"VirtualMachine"}, []string{"summary"}, &vms)
	if rand.Intn(2) == 0 && len(vms) > 0 { // nothing has changed
		v.Destroy(ctx)
	} else {
		left.views.Add(1)
	}
}

func main() {
	pump.Flags()
	if pump.Mode == "load" {
		c, err := govmomi.NewClient(context.Background(), sdk(), true)
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			for range time.Tick(2 * time.Second) {
				fmt.Println("left", pump.X(), left.sessions.Load(), left.views.Load())
			}
		}()
		go pump.Run(pump.Wave(0.4, 3, 2), func(i int) { wall(c) })
		pump.Run(pump.Wave(0.6, 5, 2), func(i int) { backup() })
	}
	m := simulator.VPX()
	m.Host, m.ClusterHost, m.Machine = 4, 6, 14
	if err := m.Create(); err != nil {
		log.Fatal(err)
	}
	m.Service.Listen = &url.URL{Host: fmt.Sprintf("127.0.0.1:%d", pump.Port), User: url.UserPassword("ops", "secret")}
	s := m.Service.NewServer()
	defer s.Close()
	probe.Gauge("goroutines", func() int64 { return int64(runtime.NumGoroutine()) })
	probe.Listen(pump.Port + 1)
	select {}
}
