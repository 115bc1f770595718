//go:build !linux

package input

import (
	"io"
	"os"

	"framecat/commands/internal/interrupt"
)

// WidenPipe does nothing: this system has a fixed buffer for a pipe.
func WidenPipe(*os.File) {}

// Output returns a writer to f, for work that holds the gate.
func Output(f *os.File, g *interrupt.Gate) io.Writer { return g.NewOutput(f) }
