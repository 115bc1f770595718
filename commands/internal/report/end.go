package report

import (
	"os"
	"syscall"
	"time"
)

// TimedOut returns the failure of a run that --timeout ended.
func TimedOut(after time.Duration) *Failure {
	return &Failure{Status: StatusTimeout, Text: "--timeout " + after.String() + " passed"}
}

// Interrupted returns the failure of a run that a signal ended.
func Interrupted(s os.Signal) *Failure {
	n := syscall.SIGTERM
	if sys, ok := s.(syscall.Signal); ok {
		n = sys
	}
	return &Failure{Status: StatusSignal + int(n), Reported: true}
}
