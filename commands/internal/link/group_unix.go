//go:build unix

package link

import (
	"os"
	"os/exec"
	"syscall"
)

// Shell returns a command that runs in a shell.
func Shell(command string) *exec.Cmd { return exec.Command("/bin/sh", "-c", command) }

// OwnGroup puts a command into a process group of its own, so that a signal can be sent to all
// processes that it starts.
func OwnGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// EndGroup asks a process and those that it started to end. The process has a group of its own.
func EndGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGTERM) }

// KillGroup kills a process and those that it started.
func KillGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }

// PassedOn returns the signals that a program passes on to a command that runs in its place, besides
// those that end programs.
func PassedOn() []os.Signal {
	return []os.Signal{syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGWINCH}
}

// Asking returns the signals that ask a program for something other than its end.
func Asking() []os.Signal { return []os.Signal{syscall.SIGUSR1} }

// PassOn passes a signal on to a command with a group of its own. The signals that a terminal sends
// go to the whole group, as those of a terminal do. One that ends programs also wakes the group: it
// is stopped if it has read the terminal, and then no signal would reach it.
func PassOn(p *os.Process, s os.Signal) {
	switch s {
	case syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGWINCH:
		syscall.Kill(-p.Pid, s.(syscall.Signal))
	default:
		p.Signal(s)
	}
	switch s {
	case syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGTERM:
		syscall.Kill(-p.Pid, syscall.SIGCONT)
	}
}
