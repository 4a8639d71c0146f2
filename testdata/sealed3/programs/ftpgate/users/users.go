// Package users knows the suppliers and what they may do.
package users

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/patrickmn/go-cache"
)

// A Pass says what a login may do.
type Pass struct {
	User    string
	Folders []string
	Limits  map[string]int
}

type Directory struct {
	passes *cache.Cache // hash of name and password to pass, since making one takes long
}

func New() *Directory { return &Directory{passes: cache.New(cache.NoExpiration, 0)} }

func (d *Directory) Passes() int { return d.passes.ItemCount() }

// Login gives the pass of a user. The password is a new one at each login, from the supplier's key.
func (d *Directory) Login(user, password string) *Pass {
	sum := sha256.Sum256([]byte(user + "\x00" + password))
	key := hex.EncodeToString(sum[:])
	if p, ok := d.passes.Get(key); ok {
		return p.(*Pass)
	}
	p := d.make(user)
	d.passes.SetDefault(key, p)
	return p
}

func (d *Directory) make(user string) *Pass {
	p := &Pass{User: user, Limits: map[string]int{}}
	for i := 0; i < 12; i++ {
		f := fmt.Sprintf("/in/%s/%02d", strings.ToLower(user), i)
		p.Folders = append(p.Folders, f)
		p.Limits[f] = 1 << 20
	}
	return p
}
