// Package feed asks the depot for timetables.
package feed

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

type Run struct {
	Car      int  `json:"car"`
	Minute   int  `json:"minute"`
	LowFloor bool `json:"low_floor"`
}

type Depot struct {
	base string
	http *http.Client
}

func New(base string) *Depot {
	return &Depot{base, &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost:   8,
		ResponseHeaderTimeout: 5 * time.Second,
	}}}
}

func (d *Depot) Timetable(line string) ([]Run, error) {
	resp, err := d.http.Get(d.base + "/lines/" + line)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("depot: line %s: %s", line, resp.Status)
	}
	defer resp.Body.Close()
	var runs []Run
	if err := json.NewDecoder(resp.Body).Decode(&runs); err != nil {
		return nil, err
	}
	return runs, nil
}
