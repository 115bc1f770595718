package formats

import (
	"errors"
	"io"
	"time"

	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// NewSink returns a Sink that writes messages to dst in the format out, the value of -o. The
// messages were read in the format in.
func NewSink(out, in Format, dst io.Writer, r *report.Reporter) Sink {
	switch {
	case out.Name == "json":
		return &jsonSink{dst: dst, embed: out.Embed}
	case out.Dir != "":
		return &DirSink{Path: out.Dir}
	case out.Name == "raw":
		return &rawSink{*newFrameSink(out, in, "-o", dst, r)}
	}
	return newFrameSink(out, in, "-o", dst, r)
}

// NewFrameSink returns a Sink that writes messages to dst as frames of f. The messages were
// read in the format in; flag is the flag that chose f, for hints.
func NewFrameSink(f framing.Framing, in Format, flag string, dst io.Writer, r *report.Reporter) *FrameSink {
	return newFrameSink(Frames(f), in, flag, dst, r)
}

// newFrameSink decides about headers: messages keep theirs if they come in JSON, and frames of
// the same framing are written as they came. If only keys for reading differ, frames are written
// anew, with their headers: so that they obey the keys of the output too.
func newFrameSink(out, in Format, flag string, dst io.Writer, r *report.Reporter) *FrameSink {
	s := &FrameSink{Format: out, Flag: flag, W: newWriter(dst, out.Framing), dst: dst, report: r, pause: 2 * framing.PauseOf(out.Framing)}
	switch {
	case s.pause > 0:
	case !out.Spec: // the format has no headers
	case in.Marks != nil:
		s.marks = func(f framing.Frame) framing.Marks { return in.Marks(f.Body) }
	case in.Spec && !in.Entry.Details().Joins(in.Framing) && in.Framing.String() == out.Framing.String():
		s.verbatim = &verbatim{dst: dst, framing: out.Framing}
	case in.Spec && layout(in.Framing) == layout(out.Framing):
		s.marks = func(f framing.Frame) framing.Marks { return framing.Marks{Header: f.Header, Trailer: f.Trailer} }
	case in.Name == "lines":
		s.composer, _ = out.Framing.(composer)
	}
	return s
}

// A FrameSink writes messages as frames of a framing.
type FrameSink struct {
	Format Format
	Flag   string // the flag that chose the format: "-o", "-f" or "--reply-framing"
	W      *framing.Writer
	dst    io.Writer // of W

	// verbatim writes frames as they came; nil if they come in another framing or format.
	verbatim *verbatim
	// marks returns the header and trailer that a message brings; nil if messages bring none.
	marks func(framing.Frame) framing.Marks
	// composer makes a payload of a line that is not one, as words are for RESP; nil if the
	// framing has no such rule.
	composer composer
	report   *report.Reporter

	// pause is the time to wait after a message, which ends its frame; 0 is none. Twice the pause of the
	// framing: what lies between may deliver the bytes late.
	pause time.Duration
	last  time.Time // when the last message was written
}

// A composer is a framing that can make a payload of a line that a user types, such as a
// command with arguments.
type composer interface {
	// Compose appends the payload for line to dst.
	Compose(dst, line []byte) []byte
}

// Compose returns the payload that f makes of a line, or the line if f has no rule for that.
func Compose(f framing.Framing, line []byte) []byte {
	if c, ok := f.(composer); ok {
		return c.Compose(nil, line)
	}
	return line
}

// newWriter returns a Writer that writes long payloads to a file without a copy. To a
// connection it writes whole frames, because other goroutines may write to it too.
func newWriter(dst io.Writer, f framing.Framing) *framing.Writer {
	w := framing.NewWriter(dst, f)
	_, w.InParts = dst.(interface{ Fd() uintptr })
	return w
}

// TakesSilent reports whether frames without a message are written: only if frames keep their
// headers, without which they would become messages.
func (s *FrameSink) TakesSilent() bool { return s.marks != nil || s.verbatim != nil }

// Flush writes what is buffered.
func (s *FrameSink) Flush() error {
	if s.verbatim != nil {
		return s.verbatim.flush()
	}
	return s.W.Flush()
}

// SetPart is called before the first Write if only some frames of the stream are wanted.
func (s *FrameSink) SetPart() {
	if s.verbatim != nil {
		s.verbatim.part = true
	}
}

// Fill takes bytes between two frames, which are passed on with them.
func (s *FrameSink) Fill(b []byte) {
	if s.verbatim != nil {
		s.verbatim.fill(b)
	}
}

// Write writes a frame for each message.
func (s *FrameSink) Write(b *framing.Batch, _ Origin) (int, error) {
	switch {
	case s.pause > 0:
		return s.paced(b)
	case s.verbatim != nil:
		return s.verbatim.write(b)
	case s.composer != nil:
		return s.compose(b)
	}
	if s.marks == nil {
		return s.W.WriteBatch(*b)
	}
	for i := range b.Frames {
		f := b.Frame(i)
		err := s.W.WriteLike(s.marks(f), f.Payload)
		if errors.Is(err, framing.ErrMarks) {
			s.report.Detail("message %d: %s cannot write the header that the message has, and writes its default header", f.Index, s.Format.Framing)
			err = s.W.Write(f.Payload)
		}
		if err != nil {
			return i, err
		}
	}
	return len(b.Frames), nil
}

// paced writes messages with pauses between them.
func (s *FrameSink) paced(b *framing.Batch) (n int, err error) {
	for n < len(b.Frames) {
		time.Sleep(s.pause - time.Since(s.last))
		if err := s.W.Write(b.Frame(n).Payload); err != nil {
			return n, err
		}
		if err := s.W.Flush(); err != nil {
			return n, err
		}
		s.last = time.Now()
		n++
	}
	return n, nil
}

// compose writes payloads. A line that is not a payload is written as the payload that the
// composer makes of it.
func (s *FrameSink) compose(b *framing.Batch) (n int, err error) {
	for {
		rest := Slice(b, n, len(b.Frames))
		k, err := s.W.WriteBatch(rest)
		if n += k; !errors.Is(err, framing.ErrPayload) {
			return n, err
		}
		line := b.Frame(n).Payload
		if s.W.Write(s.composer.Compose(nil, line)) != nil {
			return n, err // the error about the line itself explains more
		}
		n++
	}
}

// StreamFile writes size bytes of src as the payload of one frame, in constant memory. If
// the run is ended meanwhile, TakeBack removes what it has written.
func (s *FrameSink) StreamFile(src io.Reader, size int64) error {
	if err := s.W.Flush(); err != nil {
		return err
	}
	out := interrupt.OutputOf(s.dst)
	out.Begin()
	defer out.End()
	if err := s.W.Stream(framing.Marks{}, src, size); err != nil {
		return err
	}
	return s.W.Flush()
}

// TakeBack removes what was written of a message that is not complete, where that is possible:
// from a regular file.
func (s *FrameSink) TakeBack() error { return interrupt.OutputOf(s.dst).TakeBack() }

// A rawSink writes payloads with nothing between them. It is a Streamer.
type rawSink struct{ FrameSink }

func (s *rawSink) Stream(int64) (io.Writer, error) {
	if out := interrupt.OutputOf(s.dst); out != nil {
		out.Begin()
		return struct{ io.Writer }{out}, nil // the buffer of a Reader is faster than a copy by the system
	}
	return s.dst, nil
}

func (s *rawSink) Streamed(err error) error {
	if errors.Is(err, report.ErrDone) {
		return s.TakeBack()
	}
	interrupt.OutputOf(s.dst).End()
	return nil
}

func (s *rawSink) Where() string { return "" }
