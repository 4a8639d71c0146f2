package people

import (
	"encoding/json"
	"net/http"
	"time"

	"erpdesk/logs"

	"github.com/sirupsen/logrus"
)

type shift struct {
	From, To time.Time
	Who      string
}

func Clock(w http.ResponseWriter, r *http.Request) {
	logs.Log.WithFields(logrus.Fields{"who": r.URL.Query().Get("who"), "at": time.Now(), "door": r.URL.Query().Get("door")}).Info("clocked")
	w.WriteHeader(204)
}

func Plan(w http.ResponseWriter, r *http.Request) {
	var shifts []shift
	day := time.Now()
	for i := 0; i < 60; i++ {
		shifts = append(shifts, shift{day, day.Add(8 * time.Hour), "worker"})
		day = day.Add(12 * time.Hour)
	}
	b, _ := json.Marshal(shifts)
	logs.Log.WithField("plan", string(b[:4500])).Info("planned")
	w.Write(b)
}

func Leave(w http.ResponseWriter, r *http.Request) {
	logs.Log.WithFields(logrus.Fields{"who": r.URL.Query().Get("who"), "days": r.URL.Query().Get("days")}).Warn("leave is not approved yet")
	w.WriteHeader(202)
}
