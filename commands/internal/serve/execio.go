package serve

import (
	"errors"
	"io"
	"os"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/framing"
)

// A process is a sink: it writes messages to the standard input of the command.

// TakesSilent reports whether frames without a message are written too.
func (p *process) TakesSilent() bool { return p.sink.TakesSilent() }

// Write writes the messages of a batch.
func (p *process) Write(b *framing.Batch, o formats.Origin) (int, error) { return p.sink.Write(b, o) }

// Fill passes on bytes between frames.
func (p *process) Fill(b []byte) {
	if to, ok := p.sink.(formats.FillSink); ok {
		to.Fill(b)
	}
}

// Flush writes what is buffered.
func (p *process) Flush() error { return p.sink.Flush() }

// Inner returns the sink that a format made.
func (p *process) Inner() formats.Sink { return formats.Innermost(p.sink) }

// A childInput writes to the standard input of a process. It is no error if the process does
// not read all of it.
type childInput struct{ p *process }

func (w childInput) Write(b []byte) (int, error) {
	idle := w.p.idle
	if idle > 0 {
		w.p.in.SetWriteDeadline(time.Now().Add(idle))
	}
	_, err := w.p.in.Write(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		late := &link.TimeoutError{Flag: "--idle-timeout", After: idle, What: "the --exec command read nothing"}
		return 0, &link.PeerError{Name: w.p.c.Name(), Err: late}
	}
	return len(b), nil
}

// A childOutput reads the output of a process. It returns io.EOF for every error.
type childOutput struct{ p *process }

func (r childOutput) Read(b []byte) (int, error) {
	n, err := r.p.out.Read(b)
	if n > 0 {
		r.p.lastOutput.set()
		err = nil
	} else if err != nil {
		err = io.EOF
	}
	return n, err
}
