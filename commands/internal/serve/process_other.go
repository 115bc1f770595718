//go:build !unix

package serve

import (
	"os"
	"os/exec"
)

func commandOf(command string) *exec.Cmd { return exec.Command("cmd", "/c", command) }

func inBackground(*os.File) bool { return false }
