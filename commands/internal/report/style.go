package report

import (
	"os"

	"github.com/fatih/color"
	"golang.org/x/term"
)

// A Style colours words for one stream, or returns them unchanged.
type Style struct{ bad, hint, Strong, Faint func(...any) string }

// Colored reports whether one stream is coloured. The flag decides first, then NO_COLOR,
// then CLICOLOR_FORCE, then whether the stream is a terminal.
func Colored(stream *os.File, flag string) bool {
	force := os.Getenv("CLICOLOR_FORCE")
	switch {
	case flag == "always":
		return true
	case flag == "never", os.Getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return IsTerminal(stream) && os.Getenv("TERM") != "dumb"
}

// NewStyle returns the colours of one stream.
func NewStyle(stream *os.File, flag string) Style {
	on := Colored(stream, flag)
	paint := func(a ...color.Attribute) func(...any) string {
		c := color.New(a...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c.SprintFunc()
	}
	return Style{
		bad: paint(color.FgRed, color.Bold), hint: paint(38, 5, 32),
		Strong: paint(color.Bold), Faint: paint(color.Faint),
	}
}

// IsTerminal reports whether f is a terminal.
func IsTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }
