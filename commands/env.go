package commands

import (
	"os"

	"framecat/commands/internal/report"
)

// An Env is what a program gets from the system that runs it.
type Env struct {
	Args                  []string // Args[0] is the program
	Build                 Build
	Stdin, Stdout, Stderr *os.File
	Getenv                func(name string) string // "" if a variable is not set

	// Signals returns the signals that end send and listen, until stop is called. Nil: there
	// are none.
	Signals func() (signals <-chan os.Signal, stop func())
}

// system is the part of the environment that reports need.
func (e *Env) system() report.System {
	return report.System{Stdout: e.Stdout, Stderr: e.Stderr, Getenv: e.Getenv}
}

// signals are those that end a command, until stop is called.
func (e *Env) signals() (signals <-chan os.Signal, stop func()) {
	if e.Signals == nil {
		return nil, func() {}
	}
	return e.Signals()
}
