package report

import (
	"os"

	"golang.org/x/term"
)

// IsTerminal reports whether f is a terminal that a person looks at: bytes of a payload could
// control it. A serial port is none, nor is a pseudoterminal in raw mode, which programs use as
// one; both carry bytes as they are. The terminal that controls this process always is one.
func IsTerminal(f *os.File) bool {
	return f != nil && term.IsTerminal(int(f.Fd())) && isScreen(int(f.Fd()))
}
