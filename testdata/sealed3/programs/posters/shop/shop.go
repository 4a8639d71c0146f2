// Package shop takes orders for posters.
package shop

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"sync/atomic"

	"posters/canvas"
)

type Shop struct {
	ctx   context.Context
	arena *canvas.Arena

	Drawn, Titles atomic.Int64
}

func New(ctx context.Context, a *canvas.Arena) *Shop { return &Shop{ctx: ctx, arena: a} }

// Draw draws a text and answers with the sum of its dots.
func (s *Shop) Draw(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil || len(text) == 0 {
		return
	}
	wd, _ := strconv.Atoi(r.FormValue("w"))
	ht, _ := strconv.Atoi(r.FormValue("h"))
	c := s.arena.New(max(8, wd), max(8, ht))
	for i := range c.Pix {
		c.Pix[i] = text[(i/c.W+i%c.W)%len(text)]
	}
	s.Drawn.Add(1)
	h := fnv.New64()
	h.Write(c.Pix)
	fmt.Fprintf(w, "%x\n", h.Sum64())
}

// Sort has the lines of a programme sorted; for a title only the first is wanted.
func (s *Shop) Sort(w http.ResponseWriter, r *http.Request) {
	lines, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	cmd := exec.CommandContext(s.ctx, "sort", "-r")
	cmd.Stdin = bytes.NewReader(lines)
	out, err := cmd.StdoutPipe()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if err := cmd.Start(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	in := bufio.NewReader(out)
	if r.PathValue("kind") == "title" {
		s.Titles.Add(1)
		line, _ := in.ReadString('\n')
		fmt.Fprint(w, line)
		return
	}
	io.Copy(w, in)
	cmd.Wait()
}
