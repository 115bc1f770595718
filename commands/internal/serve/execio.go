package serve

import (
	"io"

	"framecat/commands/internal/formats"
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
