//go:build unix

package link

import (
	"os"
	"runtime"
	"syscall"
)

// peakOf returns the most memory that a process has used which has ended, or 0 if that is not known: the
// system counts what we used when we started it, too.
func peakOf(state *os.ProcessState) int64 {
	var ours syscall.Rusage
	theirs, ok := state.SysUsage().(*syscall.Rusage)
	if !ok || syscall.Getrusage(syscall.RUSAGE_SELF, &ours) != nil || theirs.Maxrss <= ours.Maxrss {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(theirs.Maxrss)
	}
	return int64(theirs.Maxrss) << 10
}
