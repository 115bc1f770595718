package formats

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// Printable reports whether b can be shown on a terminal as it is: text without characters that
// could control it. Tabs and line ends, LF or CR LF, are allowed.
func Printable(b []byte) bool {
	for line := range bytes.Lines(b) {
		line, ended := bytes.CutSuffix(line, []byte("\n"))
		if ended {
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		for _, r := range string(line) {
			if report.Unsafe(r) && r != '\t' {
				return false
			}
		}
	}
	return utf8.Valid(b)
}

// IsPrintable reports whether a framing may write printable frames around printable payloads. If
// only some payloads fit it, the examples of its row decide; each frame is examined later.
func IsPrintable(f framing.Framing) bool {
	frame, err := f.Append(nil, framing.Marks{}, []byte("hello"))
	if err == nil || !errors.Is(err, framing.ErrPayload) {
		return err == nil && Printable(frame)
	}
	e := framing.EntryOf(f)
	if e == nil {
		return false
	}
	for _, x := range e.Details().Examples() {
		if Printable([]byte(x.Frame)) {
			return true
		}
	}
	return false
}

// A screenSink writes frames to a terminal, each at once. It writes no frame that could control
// the terminal: that ends the run.
type screenSink struct {
	*FrameSink
	frames *bytes.Buffer // what the FrameSink writes
	screen io.Writer
	hints  []string
}

// NewScreenSink returns a Sink as NewFrameSink does, for a terminal. Its Write returns a
// *report.Failure with these hints for a frame that is not printable.
func NewScreenSink(f framing.Framing, in Format, flag string, dst io.Writer, r *report.Reporter, hints []string) Sink {
	var b bytes.Buffer
	return &screenSink{NewFrameSink(f, in, flag, &b, r), &b, dst, hints}
}

// Inner returns the sink that makes the frames.
func (s *screenSink) Inner() Sink { return s.FrameSink }

func (s *screenSink) Write(b *framing.Batch, o Origin) (int, error) {
	for i := range b.Frames {
		one := Slice(b, i, i+1)
		if _, err := s.FrameSink.Write(&one, o); err != nil {
			return i, err
		}
		if err := s.show(fmt.Sprintf("message %d: its frame", one.Index)); err != nil {
			return i, err
		}
	}
	return len(b.Frames), nil
}

// Flush writes what is between frames, too.
func (s *screenSink) Flush() error { return s.show("what follows the last frame") }

// show writes what the FrameSink has written if it is printable. What names it in the failure.
func (s *screenSink) show(what string) error {
	err := s.FrameSink.Flush()
	defer s.frames.Reset()
	if err != nil || s.frames.Len() == 0 {
		return err
	}
	if !Printable(s.frames.Bytes()) {
		f := report.Usage("%s is not printable, and standard output is a terminal", what)
		f.Hints, f.Fatal = s.hints, true
		return f
	}
	_, err = s.screen.Write(s.frames.Bytes())
	return err
}
