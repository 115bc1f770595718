package commands

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/term"
)

// A statusLine is a line at the bottom of a terminal that each show replaces.
type statusLine struct {
	mu    sync.Mutex
	f     *os.File
	shown bool
}

func newStatusLine(f *os.File) *statusLine { return &statusLine{f: f} }

func (l *statusLine) show(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if width, _, err := term.GetSize(int(l.f.Fd())); err == nil && len(text) >= width {
		text = text[:max(0, width-1)] // a line that wraps can't be written over
	}
	fmt.Fprintf(l.f, "\r\x1b[K%s", text)
	l.shown = true
}

func (l *statusLine) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown {
		fmt.Fprint(l.f, "\r\x1b[K")
		l.shown = false
	}
}
