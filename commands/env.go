package commands

import (
	"cmp"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

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

// sameSignal is the time in which a second signal of the same kind does not count: the command
// timeout sends a signal to the program, and then to its process group.
const sameSignal = 100 * time.Millisecond

// Signals returns a channel of the signals that end commands, and of others. From then on they
// do not end the program itself, so that a signal that comes too late changes nothing. A signal that
// was ignored when the program started stays ignored, as SIGINT in background jobs of a shell.
// For SIGTERM, Go does not report whether it was.
func Signals(others ...os.Signal) <-chan os.Signal {
	received, merged := make(chan os.Signal, 2), make(chan os.Signal, 2)
	for _, s := range append([]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}, others...) {
		if !signal.Ignored(s) {
			signal.Notify(received, s)
		}
	}
	go mergeSignals(received, merged)
	return merged
}

// mergeSignals passes signals on. A second signal of the same kind within sameSignal is
// dropped.
func mergeSignals(received <-chan os.Signal, merged chan<- os.Signal) {
	var last os.Signal
	var at time.Time
	for s := range received {
		if s == last && time.Since(at) < sameSignal {
			continue
		}
		last, at = s, time.Now()
		select {
		case merged <- s:
		default: // two signals are waiting
		}
	}
}

// A Build identifies a build of framecat. A release sets all fields. Empty fields are filled
// from the build information that the go command writes into a program.
type Build struct{ Version, Commit, Date string }

// nextVersion is the version of a program that was built from a working copy.
const nextVersion = "0.1.0-dev"

// filled returns the build with its empty fields filled from the build information.
func (b Build) filled() Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	if b.Commit == "" && set["vcs.revision"] != "" {
		b.Commit = set["vcs.revision"]
		if set["vcs.modified"] == "true" {
			b.Commit = b.Commit[:min(12, len(b.Commit))] + ", modified"
		}
	}
	b.Date = cmp.Or(b.Date, set["vcs.time"])
	if v := info.Main.Version; v != "(devel)" && !strings.HasPrefix(v, "v0.0.0-") { // otherwise there is no version tag
		b.Version = cmp.Or(b.Version, strings.TrimPrefix(v, "v"))
	}
	b.Version = cmp.Or(b.Version, nextVersion)
	return b
}

// text returns what --version prints.
func (b Build) text() string {
	b = b.filled()
	s := "framecat " + b.Version + " ("
	if b.Commit != "" {
		commit, modified, _ := strings.Cut(b.Commit, ", ")
		s += "commit " + commit[:min(12, len(commit))] + ", "
		if modified != "" {
			s += modified + ", "
		}
	}
	if b.Date != "" {
		s += b.Date + ", "
	}
	return s + runtime.Version() + ")"
}
