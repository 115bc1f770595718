package report

import (
	"os"
	"syscall"
	"time"
)

// TimedOut is the end of a run by --timeout.
func TimedOut(after time.Duration) *Failure {
	return &Failure{Status: StatusTimeout, Text: "--timeout " + after.String() + " passed"}
}

// Interrupted is the end of a run by a signal.
func Interrupted(s os.Signal) *Failure {
	n := syscall.SIGTERM
	if sys, ok := s.(syscall.Signal); ok {
		n = sys
	}
	return &Failure{Status: StatusSignal + int(n), Reported: true}
}
