//go:build !unix

package link

import (
	"os"
	"os/exec"
)

// Shell returns a command that runs in a shell.
func Shell(command string) *exec.Cmd { return exec.Command("cmd", "/c", command) }

// OwnGroup does nothing: the system has no process groups.
func OwnGroup(*exec.Cmd) {}

// EndGroup kills a process.
func EndGroup(p *os.Process) { p.Kill() }

// KillGroup kills a process.
func KillGroup(p *os.Process) { p.Kill() }

// PassedOn returns no signals.
func PassedOn() []os.Signal { return nil }

// Asking returns no signals.
func Asking() []os.Signal { return nil }

// PassOn kills a process: all signals here are those that end programs.
func PassOn(p *os.Process, _ os.Signal) { p.Kill() }
