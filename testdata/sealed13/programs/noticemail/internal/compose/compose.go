// Package compose makes mails of notices.
package compose

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"sync/atomic"
	"text/template"
	"time"

	"town.example/noticemail/internal/forms"
)

// Person is who gets a mail.
type Person struct {
	Name, Street, Mail, Customer string
}

// Notice is what an office wants to tell people.
type Notice struct {
	ID       string   `json:"id"`
	Office   string   `json:"office"`
	Template string   `json:"template"` // one of ours, or
	Text     string   `json:"text"`     // the office's own
	Subject  string   `json:"subject"`
	Leaflets []string `json:"leaflets"`
	People   []Person `json:"people"`
}

// Composer knows the town's templates, which the offices' own may use.
type Composer struct {
	set   *template.Template
	forms *forms.Forms
	own   atomic.Int64
}

var funcs = template.FuncMap{
	"date":  func(t time.Time) string { return t.Format("2 January 2006") },
	"upper": strings.ToUpper,
	"join":  strings.Join,
}

const common = `{{define "head"}}Dear {{.Person.Name}},

{{end}}{{define "foot"}}

With kind regards
{{.Notice.Office}}, {{date .Now}}
{{end}}{{define "closed-road"}}{{template "head" .}}the road before your house, {{.Person.Street}}, will be closed.{{template "foot" .}}{{end}}{{define "water"}}{{template "head" .}}water in {{.Person.Street}} will be turned off for some hours (customer {{.Person.Customer}}).{{template "foot" .}}{{end}}{{define "waste"}}{{template "head" .}}please find enclosed the new calendar for {{upper .Person.Street}}.{{template "foot" .}}{{end}}`

func New(f *forms.Forms) *Composer {
	return &Composer{set: template.Must(template.New("town").Funcs(funcs).Parse(common)), forms: f}
}

// template is the one that a notice asks for, or what the office wrote.
func (c *Composer) template(n *Notice) (*template.Template, error) {
	if n.Text == "" {
		t := c.set.Lookup(n.Template)
		if t == nil {
			return nil, fmt.Errorf("no template %q", n.Template)
		}
		return t, nil
	}
	c.own.Add(1)
	return c.set.New("notice " + n.ID).Parse(n.Text)
}

// Mails makes the mails of a notice, and hands each to send.
func (c *Composer) Mails(n *Notice, send func(to string, mail []byte) error) error {
	t, err := c.template(n)
	if err != nil {
		return err
	}
	var leaflets bytes.Buffer
	for _, l := range n.Leaflets {
		fmt.Fprintf(&leaflets, "--part\r\nContent-Type: application/pdf; name=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n", l)
		if err := c.forms.Write(&leaflets, l); err != nil {
			return err
		}
		leaflets.WriteString("\r\n")
	}
	for _, p := range n.People {
		var m bytes.Buffer
		m.Grow(leaflets.Len() + 4<<10)
		fmt.Fprintf(&m, "To: %s\r\nSubject: %s\r\nContent-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\n\r\n", p.Mail, mime.QEncoding.Encode("utf-8", n.Subject))
		if err := t.Execute(&m, map[string]any{"Person": p, "Notice": n, "Now": time.Now()}); err != nil {
			return err
		}
		m.WriteString("\r\n")
		m.Write(leaflets.Bytes())
		m.WriteString("--part--\r\n")
		if err := send(p.Mail, m.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// Stats is how many notices had a text of their own, and how many templates there are.
func (c *Composer) Stats() (own int64, templates int) {
	return c.own.Load(), len(c.set.Templates())
}
