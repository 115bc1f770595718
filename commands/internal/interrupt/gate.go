// Package interrupt ends work at a signal so that its results are kept: what was done so far is
// reported, and no half message stays in a file.
//
// Work runs in Gate.Run. It holds the gate, and leaves it only where it may wait: before a read
// of its input, for example. At a signal, Run waits until the work is outside, takes the gate
// for ever, and ends the run. So the work is never stopped in the middle of a step, even if its
// input is silent for ever.
//
// An Output is a regular file from which the last message can be taken back.
package interrupt

import (
	"io"
	"os"
	"time"

	"framecat/commands/internal/report"
)

// A Gate is held by work while it must not be stopped; NewGate makes one. The methods of a nil Gate do nothing:
// such work is never stopped.
type Gate struct {
	held chan struct{} // has an element while the gate is held
}

// NewGate returns a gate that nobody holds.
func NewGate() *Gate { return &Gate{make(chan struct{}, 1)} }

// Enter takes the gate. It never returns if the run was ended meanwhile.
func (g *Gate) Enter() {
	if g != nil {
		g.held <- struct{}{}
	}
}

// Leave gives the gate back, before something that may wait.
func (g *Gate) Leave() {
	if g != nil {
		<-g.held
	}
}

// patience is how long work whose output is not a regular file may take to leave the gate after
// a signal, and to end then: a program that does not read its output may block it for ever.
const patience = 2 * time.Second

// Run calls work and returns its error. If a signal comes first, Run takes the gate from work
// and calls end, which prints what was done so far; the failure that it returns has the status
// of the signal. A second signal ends the run at once. Out is the output of the work.
func (g *Gate) Run(signals <-chan os.Signal, out *os.File, work func() error, end func()) error {
	done := make(chan error, 1)
	over := false // the work has ended by itself; for those who hold the gate
	go func() {
		g.Enter()
		defer g.Leave()
		err := work()
		over = true
		done <- err
	}()
	var s os.Signal
	select {
	case err := <-done:
		return err
	case s = <-signals:
	}
	ended := make(chan struct{})
	go func() {
		g.Enter()
		if !over {
			end()
			close(ended)
		}
	}()
	var late <-chan time.Time
	if !IsRegular(out) {
		late = time.After(patience)
	}
	select {
	case err := <-done:
		return err
	case <-ended:
	case <-late:
	case s = <-signals:
	}
	return report.Interrupted(s)
}

// Reader returns a reader of r that leaves the gate during each read.
func (g *Gate) Reader(r io.Reader) io.Reader {
	if g == nil {
		return r
	}
	if f, ok := r.(*os.File); ok {
		return &File{reader{g, f}, f}
	}
	return &reader{g, r}
}

type reader struct {
	gate *Gate
	from io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	r.gate.Leave()
	defer r.gate.Enter()
	return r.from.Read(p)
}

// Inner returns a reader that does not leave the gate, for a goroutine that does not hold it.
func Inner(r io.Reader) io.Reader {
	switch r := r.(type) {
	case *File:
		return r.from
	case *reader:
		return r.from
	}
	return r
}

// A File is what Reader returns for a file.
type File struct {
	reader
	file *os.File
}

// Fd returns the descriptor of the file. It shows that bytes of the file can be moved by the
// system.
func (f *File) Fd() uintptr { return f.file.Fd() }

// Outside calls move with the file while the gate is left.
func (f *File) Outside(move func(*os.File)) {
	f.gate.Leave()
	defer f.gate.Enter()
	move(f.file)
}

// IsRegular reports whether f is a regular file.
func IsRegular(f *os.File) bool {
	if f == nil {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}
