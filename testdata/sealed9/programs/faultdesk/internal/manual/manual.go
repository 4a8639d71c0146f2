// Package manual is the makers' list of faults: 150 systems with 160 faults each.
package manual

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	Systems = 150
	Faults  = 160
)

var systems = [...]string{"brake air", "exhaust gas", "coolant", "gearbox oil", "steering pump", "tachograph", "rear axle", "lamp", "fuel rail", "cab heater"}
var states = [...]string{"above range", "below range", "erratic", "shorted high", "shorted low", "open circuit", "not plausible", "drifted"}
var steps = [...]string{"stop at the next car park", "check the plug behind the left step", "measure against ground", "clear the fault and drive 5 km", "call the workshop", "do not tow"}

func Parse(code string) (sys, n int, err error) {
	a, b, ok := strings.Cut(code, ":")
	if ok {
		sys, err = strconv.Atoi(a)
		if err == nil {
			n, err = strconv.Atoi(b)
		}
	}
	if !ok || err != nil || sys < 0 || sys >= Systems || n < 0 || n >= Faults {
		return 0, 0, fmt.Errorf("no fault %q", code)
	}
	return sys, n, nil
}

func Title(sys, n int) string {
	return fmt.Sprintf("%s %d: %s", systems[sys%len(systems)], sys, states[n%len(states)])
}

func Text(sys, n int) string {
	var b strings.Builder
	b.Grow(640)
	for i := range 8 {
		fmt.Fprintf(&b, "If the %s reads %d, line %d of harness %d is %s. ", systems[(sys+i)%len(systems)], 100+n*i, i, sys, states[(n+i)%len(states)])
	}
	return b.String()
}

func Steps(sys, n int) []string {
	s := make([]string, 0, 4)
	for i := range cap(s) {
		s = append(s, steps[(sys*3+n+i)%len(steps)])
	}
	return s
}
