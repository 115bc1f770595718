package report

import (
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// A System holds the output files of a program, and its environment variables.
type System struct {
	Stdout, Stderr *os.File
	Getenv         func(name string) string // "" if a variable is not set
}

// Colored reports whether to colour a stream. The value of --color decides first, then
// NO_COLOR, then CLICOLOR_FORCE, then whether the stream is a terminal.
func (s System) Colored(stream *os.File, flag string) bool {
	force := s.Getenv("CLICOLOR_FORCE")
	switch {
	case flag == "always":
		return true
	case flag == "never", s.Getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return IsTerminal(stream) && !s.Dumb()
}

// Dumb reports whether the terminal can only print text, without control sequences.
func (s System) Dumb() bool { return s.Getenv("TERM") == "dumb" }

// ASCII reports whether the locale has only ASCII: no UTF-8.
func (s System) ASCII() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // the first that is set counts
		if locale := strings.ToLower(s.Getenv(name)); locale != "" {
			return !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
		}
	}
	return runtime.GOOS != "windows"
}

// Style returns the Style of a stream; flag is the value of --color.
func (s System) Style(stream *os.File, flag string) Style { return NewStyle(s.Colored(stream, flag)) }

// Print writes the text that a command is for, such as help, to standard output. Its error is
// a *Failure.
func (s System) Print(text string) error {
	if _, err := io.WriteString(s.Stdout, text); err != nil {
		s.DieOfBrokenPipe(err)
		return &Failure{Status: StatusIO, Text: "standard output: " + Reason(err)}
	}
	return nil
}

// DieOfBrokenPipe ends the program by SIGPIPE, as cat ends, if err reports that nobody
// reads standard output any more. Go raises the signal only for a write to standard output
// itself.
func (s System) DieOfBrokenPipe(err error) {
	if errors.Is(err, syscall.EPIPE) && s.Stdout != nil {
		s.Stdout.Write([]byte{0})
	}
}
