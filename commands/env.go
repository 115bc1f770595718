package commands

import (
	"os"

	"framecat/commands/internal/report"
)

// An Env is the environment of a run: arguments, standard files, variables and signals.
type Env struct {
	Args                  []string // Args[0] is the program
	Build                 Build
	Stdin, Stdout, Stderr *os.File
	Getenv                func(name string) string // "" if a variable is not set

	// Signals returns a channel of the signals that end a command, and of others that it asks
	// for. If Signals is nil, there are no signals.
	Signals func(others ...os.Signal) <-chan os.Signal
}

// system is the part of the environment that reports need.
func (e *Env) system() report.System {
	return report.System{Stdout: e.Stdout, Stderr: e.Stderr, Getenv: e.Getenv}
}

// signals calls Signals, unless it is nil.
func (e *Env) signals(others ...os.Signal) <-chan os.Signal {
	if e.Signals == nil {
		return nil
	}
	return e.Signals(others...)
}
