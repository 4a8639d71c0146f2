// Package inbox takes files.
package inbox

import (
	"io"
	"os"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pkg/sftp"
)

// A part is a file, or a part of one, while it comes in.
type part struct {
	mu   sync.Mutex
	name string
	b    []byte
	book *book
}

// A book is what comes in parts. It is not complete before the last of its parts.
type book struct {
	name  string
	parts []*part
}

type Inbox struct {
	mu    sync.Mutex
	books map[string]*book
	sizes map[string]int

	Parts, Joined, Freed atomic.Int64
}

func New() *Inbox { return &Inbox{books: map[string]*book{}, sizes: map[string]int{}} }

func (in *Inbox) Handlers(who string) sftp.Handlers {
	h := &handler{in: in, who: who}
	return sftp.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h}
}

type handler struct {
	in  *Inbox
	who string
}

func (h *handler) Fileread(r *sftp.Request) (io.ReaderAt, error)   { return nil, os.ErrPermission }
func (h *handler) Filecmd(r *sftp.Request) error                   { return nil }
func (h *handler) Filelist(r *sftp.Request) (sftp.ListerAt, error) { return nil, os.ErrNotExist }

func (h *handler) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	return h.in.start(h.who, path.Base(r.Filepath)), nil
}

// start begins a part. What a part takes counts until it is gone.
func (in *Inbox) start(who, name string) *part {
	p := &part{name: name, b: make([]byte, 0, 32<<10)}
	in.Parts.Add(1)
	runtime.SetFinalizer(p, func(p *part) { in.Freed.Add(1) })
	title, _, found := strings.Cut(name, ".part")
	if !found {
		return p
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	b := in.books[who+title]
	if b == nil {
		b = &book{name: title}
		in.books[who+title] = b
	}
	p.book = b
	b.parts = append(b.parts, p)
	if len(b.parts) == 3 { // complete
		in.Joined.Add(3)
		delete(in.books, who+title)
	}
	return p
}

func (p *part) WriteAt(b []byte, at int64) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if end := int(at) + len(b); end > len(p.b) {
		p.b = append(p.b, make([]byte, end-len(p.b))...)
	}
	return copy(p.b[at:], b), nil
}
