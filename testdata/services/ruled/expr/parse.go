// Package expr is a small recursive-descent parser.
package expr

type Node interface{ Eval() int }

type num struct{ v int }
type binary struct {
	op   byte
	a, b Node
	pos  [4]int
}

func (n *num) Eval() int { return n.v }
func (b *binary) Eval() int {
	if b.op == '+' {
		return b.a.Eval() + b.b.Eval()
	}
	return b.a.Eval() * b.b.Eval() % 97
}

type parser struct {
	s string
	i int
}

func Parse(s string) Node { p := &parser{s: s}; return p.sum() }

func (p *parser) sum() Node {
	n := p.product()
	for p.peek() == '+' {
		p.i++
		n = &binary{op: '+', a: n, b: p.product(), pos: [4]int{p.i}}
	}
	return n
}

func (p *parser) product() Node {
	n := p.atom()
	for p.peek() == '*' {
		p.i++
		n = &binary{op: '*', a: n, b: p.atom(), pos: [4]int{p.i}}
	}
	return n
}

func (p *parser) atom() Node {
	if p.peek() == '(' {
		p.i++
		n := p.sum()
		p.i++
		return n
	}
	v := 0
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		v = v*10 + int(c-'0')
		p.i++
	}
	return &num{v}
}

func (p *parser) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}
