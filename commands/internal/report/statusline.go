package report

import (
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// A StatusLine is a line at the bottom of a terminal, such as a progress line. It may be used
// by several goroutines.
type StatusLine struct {
	mu      sync.Mutex
	f       *os.File
	shown   bool
	cleared time.Time // when other output was about to follow
	closed  bool
}

// NewStatusLine returns a line at the bottom of the terminal f.
func NewStatusLine(f *os.File) *StatusLine { return &StatusLine{f: f} }

// hold is how long the line stays away after Clear, so that it never comes between Clear and
// the output that follows.
const hold = 400 * time.Millisecond

// Show replaces the line by text.
func (l *StatusLine) Show(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || time.Since(l.cleared) < hold {
		return
	}
	if width, _, err := term.GetSize(int(l.f.Fd())); err == nil && len(text) >= width {
		text = text[:max(0, width-1)] // a line that wraps cannot be replaced
	}
	fmt.Fprintf(l.f, "\r\x1b[K%s", text)
	l.shown = true
}

// Clear removes the line, so that other output can follow.
func (l *StatusLine) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown {
		fmt.Fprint(l.f, "\r\x1b[K")
		l.shown = false
	}
	l.cleared = time.Now()
}

// Close removes the line for ever.
func (l *StatusLine) Close() {
	l.Clear()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
}
