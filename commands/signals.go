package commands

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// sameSignal is how soon the same signal again is the same request: timeout sends it to
// the program, and then to the group that it is in.
const sameSignal = 100 * time.Millisecond

// Signals returns the signals that end send and listen, until stop is called. A
// SIGINT that was ignored at the start stays so, as in the background jobs of a shell; Go
// does not tell of SIGTERM whether it was.
func Signals() (signals <-chan os.Signal, stop func()) {
	came, merged := make(chan os.Signal, 2), make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !signal.Ignored(s) {
			signal.Notify(came, s)
		}
	}
	go mergeSignals(came, merged)
	return merged, func() {
		signal.Stop(came)
		close(came)
	}
}

// mergeSignals passes signals on, the same one that comes twice within a moment once.
func mergeSignals(came <-chan os.Signal, merged chan<- os.Signal) {
	var last os.Signal
	var at time.Time
	for s := range came {
		if s == last && time.Since(at) < sameSignal {
			continue
		}
		last, at = s, time.Now()
		select {
		case merged <- s:
		default: // two are waiting: that is enough for any end
		}
	}
}
