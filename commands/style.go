package commands

import (
	"os"

	"github.com/fatih/color"
	"golang.org/x/term"
)

// A style colours words for one stream, or returns them unchanged.
type style struct{ bad, hint, strong, faint func(...any) string }

// colored reports whether one stream is coloured. The flag decides first, then NO_COLOR,
// then CLICOLOR_FORCE, then whether the stream is a terminal.
func colored(stream *os.File, flag string) bool {
	force := os.Getenv("CLICOLOR_FORCE")
	switch {
	case flag == "always":
		return true
	case flag == "never", os.Getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return isTerminal(stream) && os.Getenv("TERM") != "dumb"
}

// newStyle returns the colours of one stream.
func newStyle(stream *os.File, flag string) style {
	on := colored(stream, flag)
	paint := func(a ...color.Attribute) func(...any) string {
		c := color.New(a...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c.SprintFunc()
	}
	return style{
		bad: paint(color.FgRed, color.Bold), hint: paint(38, 5, 32),
		strong: paint(color.Bold), faint: paint(color.Faint),
	}
}

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }
