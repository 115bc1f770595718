package report

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// A System is what a program writes to, and where it finds environment variables.
type System struct {
	Stdout, Stderr *os.File
	Getenv         func(name string) string // "" if a variable is not set
}

// Colored reports whether one stream is coloured. The value of --color decides first, then
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

// Dumb reports whether the terminal can do nothing but print.
func (s System) Dumb() bool { return s.Getenv("TERM") == "dumb" }

// Style returns the colours of one stream; flag is the value of --color.
func (s System) Style(stream *os.File, flag string) Style { return NewStyle(s.Colored(stream, flag)) }

// Print prints on standard output a text that a command exists to print, such as help. Its
// error is a failure.
func (s System) Print(text string) error {
	if _, err := io.WriteString(s.Stdout, text); err != nil {
		s.DieOfBrokenPipe(err)
		return &Failure{Status: StatusIO, Text: "standard output: " + Reason(err)}
	}
	return nil
}

// DieOfBrokenPipe ends the program by SIGPIPE, as cat ends, if err says that nobody reads
// its output any more. Only a write to standard output itself raises the signal.
func (s System) DieOfBrokenPipe(err error) {
	if errors.Is(err, syscall.EPIPE) && s.Stdout != nil {
		s.Stdout.Write([]byte{0})
	}
}
