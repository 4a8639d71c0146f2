// Command ldapd stands in for the university's directory: it knows everybody whose number is below 4000.
package main

import (
	"fmt"
	"log"
	"net"
	"strconv"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
)

func reply(c net.Conn, id int64, op *ber.Packet) {
	p := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	p.AppendChild(op)
	c.Write(p.Bytes())
}

func result(tag ber.Tag, code int64) *ber.Packet {
	r := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
	r.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, code, ""))
	r.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "", ""))
	r.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "", ""))
	return r
}

func entry(uid string) *ber.Packet {
	e := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 4, nil, "")
	str := func(s string) *ber.Packet {
		return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
	}
	e.AppendChild(str("uid=" + uid + ",ou=people,dc=uni,dc=example"))
	as := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	for k, vs := range map[string][]string{"cn": {"Staff " + uid}, "mail": {uid + "@uni.example"},
		"memberOf": {"cn=staff,dc=uni", "cn=library,dc=uni", "cn=building-" + uid[len(uid)-1:] + ",dc=uni"}} {
		a := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
		a.AppendChild(str(k))
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range vs {
			set.AppendChild(str(v))
		}
		a.AppendChild(set)
		as.AppendChild(a)
	}
	e.AppendChild(as)
	return e
}

func serve(c net.Conn) {
	defer c.Close()
	for {
		p, err := ber.ReadPacket(c)
		if err != nil || len(p.Children) < 2 {
			return
		}
		id, _ := p.Children[0].Value.(int64)
		op := p.Children[1]
		switch op.Tag {
		case 0:
			reply(c, id, result(1, 0))
		case 2:
			return
		case 3:
			f := op.Children[6]
			uid := ""
			if len(f.Children) == 2 {
				uid = fmt.Sprint(f.Children[1].Value)
				if uid == "<nil>" || uid == "" {
					uid = string(f.Children[1].ByteValue)
				}
			}
			if n, err := strconv.Atoi(strings.TrimPrefix(uid, "u")); err == nil && n < 4000 {
				reply(c, id, entry(uid))
			}
			reply(c, id, result(5, 0))
		}
	}
}

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:7389")
	if err != nil {
		log.Fatal(err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(c)
	}
}
