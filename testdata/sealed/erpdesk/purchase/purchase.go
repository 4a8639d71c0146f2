package purchase

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"erpdesk/logs"
)

func Order(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))
	var b bytes.Buffer
	for i := 0; i < n; i++ {
		fmt.Fprintf(&b, "%s x %d; ", r.URL.Query().Get("sku"), i)
	}
	entry := logs.Log.WithField("supplier", r.URL.Query().Get("s"))
	entry.WithField("lines", b.String()).Info("ordered")
	w.Write(b.Bytes())
}

func Receive(w http.ResponseWriter, r *http.Request) {
	logs.Log.WithField("gate", r.URL.Query().Get("gate")).Infof("received %s from %s with note %040d", r.URL.Query().Get("sku"), r.RemoteAddr, len(r.URL.RawQuery))
	fmt.Fprintln(w, "ok")
}

func Invoice(w http.ResponseWriter, r *http.Request) {
	pdf := make([]byte, 24<<10)
	copy(pdf, "%PDF-1.4")
	logs.Log.WithField("number", r.URL.Query().Get("no")).WithField("size", len(pdf)).Info(fmt.Sprintf("invoice %s for %s", r.URL.Query().Get("no"), r.UserAgent()))
	w.Write(pdf)
}
