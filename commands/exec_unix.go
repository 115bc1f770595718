//go:build unix

package commands

import (
	"os"
	"os/exec"
	"syscall"
)

func commandOf(command string) *exec.Cmd { return exec.Command("/bin/sh", "-c", command) }

// ownGroup lets all that the command starts be ended with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func endGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGTERM) }

func killGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }
