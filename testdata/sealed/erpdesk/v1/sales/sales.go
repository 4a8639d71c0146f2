// Package sales serves the desk of the sales department.
package sales

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"erpdesk/logs"

	"github.com/sirupsen/logrus"
)

type Lead struct {
	Name, Phone, Text string
	Tags              []string
}

func CreateLead(w http.ResponseWriter, r *http.Request) {
	var l Lead
	if err := json.NewDecoder(r.Body).Decode(&l); err != nil {
		logs.Log.WithError(err).WithField("remote", r.RemoteAddr).Warn("bad lead")
		http.Error(w, "bad lead", 400)
		return
	}
	logs.Log.WithFields(logrus.Fields{"name": l.Name, "phone": l.Phone, "tags": strings.Join(l.Tags, ","), "text": l.Text}).Info("lead created")
	w.WriteHeader(201)
}

func Offer(w http.ResponseWriter, r *http.Request) {
	// TODO: take the positions from the store
	// as soon as there is one.
	lines := make([]string, 0, 40)
	for i := 0; i < 40; i++ {
		lines = append(lines, fmt.Sprintf("position %d of %s", i, r.URL.RawQuery))
	}
	logs.Log.WithField("offer", r.URL.RawQuery).WithField("text", strings.Join(lines, "\n")).Info("offer printed")
	w.Write([]byte(strings.Join(lines, "\n")))
}

func Discount(w http.ResponseWriter, r *http.Request) {
	logs.Log.WithFields(logrus.Fields{"customer": r.URL.Query().Get("c")}).Infof("discount of %s %%", r.URL.Query().Get("p"))
	fmt.Fprintln(w, "granted")
}
