// Package directory asks the university's LDAP who somebody is.
package directory

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-ldap/ldap"
)

var (
	ErrUnknown  = errors.New("directory: no such person")
	ErrPassword = errors.New("directory: wrong password")
)

// Person is an entry of the directory.
type Person struct {
	DN, UID, Name, Mail string
	Groups              []string
}

// Directory knows where the LDAP server is.
type Directory struct {
	Addr, Base     string
	BindDN, BindPW string
}

func (d *Directory) connect() (*ldap.Conn, error) {
	c, err := ldap.Dial("tcp", d.Addr)
	if err != nil {
		return nil, err
	}
	c.SetTimeout(5 * time.Second)
	if err := c.Bind(d.BindDN, d.BindPW); err != nil {
		c.Close()
		return nil, fmt.Errorf("bind: %w", err)
	}
	return c, nil
}

func (d *Directory) find(c *ldap.Conn, uid string) (*Person, error) {
	res, err := c.Search(ldap.NewSearchRequest(d.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 2, 5, false,
		"(uid="+ldap.EscapeFilter(uid)+")", []string{"dn", "cn", "mail", "memberOf"}, nil))
	if err != nil {
		return nil, err
	}
	if len(res.Entries) != 1 {
		return nil, ErrUnknown
	}
	e := res.Entries[0]
	return &Person{DN: e.DN, UID: uid, Name: e.GetAttributeValue("cn"), Mail: e.GetAttributeValue("mail"),
		Groups: e.GetAttributeValues("memberOf")}, nil
}

// Lookup tells who uid is.
func (d *Directory) Lookup(uid string) (*Person, error) {
	c, err := d.connect()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return d.find(c, uid)
}

// SignIn checks somebody's password by a bind of their own.
func (d *Directory) SignIn(uid, password string) (*Person, error) {
	c, err := d.connect()
	if err != nil {
		return nil, err
	}
	p, err := d.find(c, uid)
	if err != nil {
		return nil, err
	}
	if err := c.Bind(p.DN, password); err != nil {
		if ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials) {
			c.Close()
			return nil, ErrPassword
		}
		return nil, err
	}
	c.Close()
	return p, nil
}
