package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime/pprof"
	"time"
)

type tenants struct{ wake chan string }

func (t *tenants) handle(w http.ResponseWriter, r *http.Request) {
	tenant := r.FormValue("tenant")
	ctx := context.WithoutCancel(r.Context())
	go pprof.Do(ctx, pprof.Labels("tenant", tenant, "job", "sync"), func(ctx context.Context) { t.sync(ctx, tenant) })
	fmt.Fprintln(w, "started")
}

func (t *tenants) sync(ctx context.Context, tenant string) {
	state := make([]byte, 5000)
	for {
		select {
		case who := <-t.wake:
			if who == tenant {
				copy(state, who)
			}
		case <-ctx.Done():
			return
		}
	}
}

func main() {
	t := &tenants{wake: make(chan string)}
	go func() {
		for i := 0; ; i++ {
			time.Sleep(time.Second)
			select {
			case t.wake <- "acme":
			default:
			}
		}
	}()
	run(http.HandlerFunc(t.handle), 40, func(base string, i int) *http.Request {
		req, _ := http.NewRequest("POST", fmt.Sprintf("%s/?tenant=t%d", base, i%3), nil)
		return req
	})
}
