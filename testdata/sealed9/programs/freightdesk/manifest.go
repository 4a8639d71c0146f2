package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A manifest is a head of lines "name value", an empty line, and a line for each box.
type manifest struct {
	ship   string
	voyage string
	boxes  []box
}

type box struct {
	Number string
	Kilos  int
	Reefer bool
}

func readText(r io.Reader) (string, error) {
	var b strings.Builder
	b.Grow(48 << 10)
	if _, err := io.Copy(&b, r); err != nil {
		return "", err
	}
	return b.String(), nil
}

func parse(text string) (*manifest, error) {
	head, body, ok := strings.Cut(text, "\n\n")
	if !ok {
		return nil, fmt.Errorf("manifest without boxes")
	}
	m := &manifest{}
	for line := range strings.SplitSeq(head, "\n") {
		name, value, _ := strings.Cut(line, " ")
		switch name {
		case "ship":
			m.ship = value
		case "voyage":
			m.voyage = value
		}
	}
	if m.voyage == "" {
		return nil, fmt.Errorf("manifest of %q without voyage", m.ship)
	}
	m.boxes = make([]box, 0, strings.Count(body, "\n"))
	for line := range strings.SplitSeq(body, "\n") {
		number, rest, ok := strings.Cut(line, ";")
		if !ok {
			continue
		}
		kilos, rest, _ := strings.Cut(rest, ";")
		n, err := strconv.Atoi(kilos)
		if err != nil {
			return nil, fmt.Errorf("box %s: %w", number, err)
		}
		m.boxes = append(m.boxes, box{Number: strings.ToUpper(number), Kilos: n, Reefer: strings.HasPrefix(rest, "R")})
	}
	return m, nil
}

func (m *manifest) weight() (kg int) {
	for _, b := range m.boxes {
		kg += b.Kilos
	}
	return kg
}
