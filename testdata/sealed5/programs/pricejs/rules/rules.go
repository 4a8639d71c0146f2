// Package rules runs rules in JavaScript.
package rules

import (
	"sync"
	"time"

	"github.com/dop251/goja"
)

// An Engine compiles each rule once and runs it in one of its machines.
type Engine struct {
	programs sync.Map // of *goja.Program, by text
	machines chan *goja.Runtime
}

func NewEngine() *Engine {
	e := &Engine{machines: make(chan *goja.Runtime, 8)}
	for range cap(e.machines) {
		e.machines <- goja.New()
	}
	return e
}

func (e *Engine) Programs() (n int64) {
	e.programs.Range(func(any, any) bool { n++; return true })
	return
}

func (e *Engine) compile(name, text string) (*goja.Program, error) {
	if p, ok := e.programs.Load(text); ok {
		return p.(*goja.Program), nil
	}
	p, err := goja.Compile(name, text, true)
	if err != nil {
		return nil, err
	}
	e.programs.Store(text, p)
	return p, nil
}

// Run computes a rule with some values.
func (e *Engine) Run(name, text string, values map[string]any) (float64, error) {
	p, err := e.compile(name, text)
	if err != nil {
		return 0, err
	}
	vm := <-e.machines
	defer func() { e.machines <- vm }()
	for k, v := range values {
		vm.Set(k, v)
	}
	stop := time.AfterFunc(time.Second, func() { vm.Interrupt("too long") })
	defer stop.Stop()
	v, err := vm.RunProgram(p)
	if err != nil {
		return 0, err
	}
	return v.ToFloat(), nil
}
