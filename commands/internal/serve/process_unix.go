//go:build unix

package serve

import (
	"os"

	"golang.org/x/sys/unix"
)

// inBackground reports whether f is a terminal that another program reads now. The system
// stops a background program that reads it.
func inBackground(f *os.File) bool {
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	background := false
	conn.Control(func(fd uintptr) { // unlike with f.Fd, f may be closed at the same time
		group, err := unix.IoctlGetInt(int(fd), unix.TIOCGPGRP)
		background = err == nil && group != unix.Getpgrp()
	})
	return background
}
