package serve

import (
	"errors"
	"io"
	"os"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
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

// A childInput counts the buffer from which it writes to the standard input of a process.
type childInput struct{ p *process }

func (w childInput) Write(b []byte) (int, error) {
	if cap(b) > bufferSize {
		w.p.large = true
		w.p.memory.Set(pump.Reply, int64(cap(b)))
	}
	return w.p.feed.Write(b)
}

// renewInput gives back the buffer of what was written to the process, if it is large.
func (p *process) renewInput() {
	if p.large {
		p.large, p.sink = false, p.newSink()
		p.memory.Set(pump.Reply, 0)
	}
}

// newReader returns a Reader of the output of the process, and sets the sink of out. Its
// memory is counted, but never waited for: while it waited, the process might not read, and
// what it has not read would keep its memory.
func (p *process) newReader(d *dialect, in formats.Format, out *pump.Conversion, r *report.Reporter) *framing.Reader {
	const small = 16 << 10
	src, buffer, reply := childOutput{p}, gauge(small), 0
	newSink := func() {
		out.To = d.Frames(in, writerFunc(func(b []byte) (int, error) {
			reply = max(reply, cap(b))
			p.memory.Set(pump.Child, int64(buffer)+int64(reply))
			return p.c.Write(b)
		}), r)
	}
	newSink()
	frames := out.NewReader(src)
	frames.BufferSize = small
	flush := frames.BeforeRead
	frames.BeforeRead = func() error {
		if err := flush(); err != nil {
			return err
		}
		next := buffer.next(frames.Buffered())
		if max(int(next), reply) > bufferSize {
			if rest, ok := frames.Suspend(); ok { // its last message is complete
				frames.Resume(src, rest)
				newSink()
				next, reply = small, 0
			}
		}
		if buffer != next {
			buffer = next
			p.memory.Set(pump.Child, int64(buffer)+int64(reply))
		}
		return nil
	}
	return frames
}

// A writerFunc is a function that writes.
type writerFunc func(p []byte) (int, error)

func (w writerFunc) Write(p []byte) (int, error) { return w(p) }

// A childOutput reads the output of a process. It returns io.EOF for every error.
type childOutput struct{ p *process }

func (r childOutput) Read(b []byte) (int, error) {
	p := r.p
	p.lastOutput.set() // while its output was sent, it could not write
	p.sending.Store(false)
	n, err := p.out.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) && p.late < pipeSize {
		// The process has ended. If the peer reads slowly, the deadline may have passed before
		// we have read all that the process wrote.
		p.out.SetReadDeadline(time.Now().Add(reapTime))
		n, err = p.out.Read(b)
		p.late += n
	}
	p.sending.Store(true)
	if n > 0 {
		p.lastOutput.set()
		err = nil
	} else if err != nil {
		err = io.EOF
	}
	return n, err
}
