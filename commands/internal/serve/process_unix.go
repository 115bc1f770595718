//go:build unix

package serve

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

func commandOf(command string) *exec.Cmd { return exec.Command("/bin/sh", "-c", command) }

// ownGroup lets all that the command starts be ended with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func endGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGTERM) }

func killGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }

// inBackground says whether f is a terminal at which another program is typed to. The
// system stops those that read it all the same.
func inBackground(f *os.File) bool {
	group, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	return err == nil && group != unix.Getpgrp()
}
