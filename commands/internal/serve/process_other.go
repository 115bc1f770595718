//go:build !unix

package serve

import (
	"os"
	"os/exec"
)

func commandOf(command string) *exec.Cmd { return exec.Command("cmd", "/c", command) }

func ownGroup(*exec.Cmd) {}

func endGroup(p *os.Process) { p.Kill() }

func killGroup(p *os.Process) { p.Kill() }

func inBackground(*os.File) bool { return false }
