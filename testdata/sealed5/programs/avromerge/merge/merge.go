// Package merge joins address records that mean the same household.
package merge

import (
	"fmt"
	"io"
	"math/rand"
	"strings"

	"github.com/linkedin/goavro"
)

const schema = `{"type":"record","name":"Household","fields":[
 {"name":"key","type":"string"},{"name":"street","type":"string"},{"name":"town","type":"string"},
 {"name":"people","type":{"type":"array","items":"string"}},{"name":"notes","type":"string"}]}`

type Codec struct{ c *goavro.Codec }

func NewCodec() (*Codec, error) {
	c, err := goavro.NewCodec(schema)
	return &Codec{c}, err
}

// Deliver is the next record of a delivery, as it comes.
func (c *Codec) Deliver(n int) ([]byte, error) {
	people := []any{}
	for i := range 1 + n%4 {
		people = append(people, fmt.Sprintf("person %d of household %d", i, n))
	}
	return c.c.BinaryFromNative(nil, map[string]any{"key": fmt.Sprintf("hh-%07d", n*7919%9000011), "street": fmt.Sprintf("street of number %d, %d", n%700, n%90), "town": fmt.Sprintf("town %d", n%300),
		"people": people, "notes": strings.Repeat("leave parcels at the neighbour's. ", rand.Intn(24))})
}

// An Index is the households of a merge, by key.
type Index map[string]map[string]any

func (ix Index) Add(c *Codec, b []byte) error {
	v, _, err := c.c.NativeFromBinary(b)
	if err != nil {
		return err
	}
	m := v.(map[string]any)
	key := m["key"].(string)
	if old := ix[key]; old != nil {
		old["people"] = append(old["people"].([]any), m["people"].([]any)...)
		return nil
	}
	ix[key] = m
	return nil
}

// Write writes an index as one file.
func (ix Index) Write(c *Codec, w io.Writer) error {
	o, err := goavro.NewOCFWriter(goavro.OCFConfig{W: w, Codec: c.c})
	if err != nil {
		return err
	}
	var part []any
	for _, m := range ix {
		if part = append(part, m); len(part) == 200 {
			if err := o.Append(part); err != nil {
				return err
			}
			part = part[:0]
		}
	}
	return o.Append(part)
}
