package report

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/term"
)

// A StatusLine is a line at the bottom of a terminal that each show replaces.
type StatusLine struct {
	mu    sync.Mutex
	f     *os.File
	shown bool
}

// NewStatusLine returns a line at the bottom of the terminal f.
func NewStatusLine(f *os.File) *StatusLine { return &StatusLine{f: f} }

func (l *StatusLine) Show(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if width, _, err := term.GetSize(int(l.f.Fd())); err == nil && len(text) >= width {
		text = text[:max(0, width-1)] // a line that wraps can't be written over
	}
	fmt.Fprintf(l.f, "\r\x1b[K%s", text)
	l.shown = true
}

func (l *StatusLine) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown {
		fmt.Fprint(l.f, "\r\x1b[K")
		l.shown = false
	}
}
