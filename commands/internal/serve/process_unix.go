//go:build unix

package serve

import (
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

func commandOf(command string) *exec.Cmd { return exec.Command("/bin/sh", "-c", command) }

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
