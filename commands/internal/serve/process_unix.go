//go:build unix

package serve

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

func commandOf(command string) *exec.Cmd { return exec.Command("/bin/sh", "-c", command) }

// ownGroup puts the command into a process group of its own, so that it can be ended together
// with all processes that it starts.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func endGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGTERM) }

func killGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }

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
