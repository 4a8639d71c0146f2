// Command classifieds shows a county's small ads on the screens in its shops.
package main

import (
	"flag"
	"net/http"
	_ "net/http/pprof"
	"time"

	"github.com/sirupsen/logrus"

	"ads.example/classifieds/internal/ads"
	"ads.example/classifieds/internal/screens"
	"ads.example/classifieds/internal/web"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:7603", "address of the service")
	to := flag.String("screens", "http://127.0.0.1:7653", "where the shops' screens are reached")
	shops := flag.Int("shops", 180, "how many shops there are")
	every := flag.Duration("every", 20*time.Second, "how often each screen gets a new page")
	flag.Parse()
	log := logrus.New()

	store := ads.NewStore(*shops)
	store.Archive("amber basin cedar delta ember fjord grove haven inlet jetty kiosk ledge maple north ochre plaza quarry ridge slate tower union valve wharf yield zenith")
	b := screens.New(store, *to, log)
	http.Handle("/", web.Routes(store))
	go b.Run(*every)

	began := time.Now()
	go func() {
		for range time.Tick(time.Minute) {
			st := b.Stats()
			log.WithFields(logrus.Fields{"age": time.Since(began).Round(time.Second).String(), "ads": store.Len(), "rounds": st.Rounds,
				"sent": st.Sent, "county": st.County, "failed": st.Failed, "waiting": st.Waiting}).Info("minute")
		}
	}()
	log.Fatal(http.ListenAndServe(*addr, nil))
}
