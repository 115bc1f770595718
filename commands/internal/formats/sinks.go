package formats

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"framecat/framing"

	"framecat/commands/internal/report"
)

// NewSink returns what writes messages that come as in to dst as out, which -o chose.
func NewSink(out, in Format, dst io.Writer, r *report.Reporter) Sink {
	switch {
	case out.Name == "json":
		return &jsonSink{dst: dst}
	case out.Dir != "":
		return &DirSink{Path: out.Dir}
	case out.Name == "raw":
		return &rawSink{*frameSinkOf(out, in, "-o", dst, r), dst}
	}
	return frameSinkOf(out, in, "-o", dst, r)
}

// NewFrameSink returns what writes messages that come as in to dst as frames of f, which flag
// chose.
func NewFrameSink(f framing.Framing, in Format, flag string, dst io.Writer, r *report.Reporter) *FrameSink {
	return frameSinkOf(Frames(f), in, flag, dst, r)
}

// frameSinkOf holds the one rule about headers: messages keep theirs where they come in
// JSON, or in frames of the same framing.
func frameSinkOf(out, in Format, flag string, dst io.Writer, r *report.Reporter) *FrameSink {
	s := &FrameSink{Format: out, Flag: flag, W: newWriter(dst, out.Framing), report: r}
	switch {
	case !out.Spec: // it has no headers
	case in.Marks != nil:
		s.marks = func(f framing.Frame) framing.Marks { return in.Marks(f.Body) }
	case in.Spec && in.Framing.String() == out.Framing.String():
		s.marks = func(f framing.Frame) framing.Marks {
			return framing.Marks{Header: f.Header, Trailer: f.Trailer}
		}
	case in.Name == "lines":
		s.composer, _ = out.Framing.(framing.Composer)
	}
	return s
}

// A FrameSink writes messages as frames of a framing.
type FrameSink struct {
	Format Format
	Flag   string // that chose the format: "-o", "-f" or "--reply-framing"
	W      *framing.Writer

	// marks returns the header and trailer to imitate; nil if messages bring none.
	marks func(framing.Frame) framing.Marks
	// composer makes payloads of lines that are none; nil if there is no way.
	composer framing.Composer
	report   *report.Reporter
}

// newWriter lets long payloads go to a file without a copy. A connection gets whole
// frames, as several may write to it.
func newWriter(dst io.Writer, f framing.Framing) *framing.Writer {
	w := framing.NewWriter(dst, f)
	_, w.InParts = dst.(interface{ Fd() uintptr })
	return w
}

// takesSilent: with their marks, frames without a message are the same again.
func (s *FrameSink) TakesSilent() bool { return s.marks != nil }

func (s *FrameSink) Flush() error { return s.W.Flush() }

func (s *FrameSink) Write(b *framing.Batch, _ Origin) (int, error) {
	if s.composer != nil {
		return s.compose(b)
	}
	if s.marks == nil {
		return s.W.WriteBatch(*b)
	}
	for i := range b.Frames {
		f := b.Frame(i)
		err := s.W.Write(s.marks(f), f.Payload)
		if errors.Is(err, framing.ErrMarks) {
			s.report.Detail("message %d: %s writes its default header, not that of the message", f.Index, s.Format.Framing)
			err = s.W.Write(framing.Marks{}, f.Payload)
		}
		if err != nil {
			return i, err
		}
	}
	return len(b.Frames), nil
}

// compose writes payloads, and what is none as the payload that stands for it.
func (s *FrameSink) compose(b *framing.Batch) (n int, err error) {
	for {
		rest := b.Slice(n, len(b.Frames))
		k, err := s.W.WriteBatch(rest)
		if n += k; !errors.Is(err, framing.ErrPayload) {
			return n, err
		}
		line := b.Frame(n).Payload
		if s.W.Write(framing.Marks{}, s.composer.Compose(nil, line)) != nil {
			return n, err // that the line itself is no payload says more
		}
		n++
	}
}

// A rawSink writes payloads with nothing between; large ones stream through.
type rawSink struct {
	FrameSink
	dst io.Writer
}

func (s *rawSink) Stream(int64) (io.Writer, error) { return s.dst, nil }

func (s *rawSink) Streamed(error) error { return nil }

func (s *rawSink) Where() string { return "" }

// A DirSink writes a file a message: 000000.bin and so on. It follows no link and
// overwrites nothing.
type DirSink struct {
	Path  string
	index int64
	file  *os.File // of a streamed message
}

// Ready says why the first message could not be written, before it is asked for: from a
// peer it does not come twice.
func (s *DirSink) Ready() error {
	if _, err := os.Lstat(s.Name()); err == nil {
		return &fs.PathError{Op: "create", Path: s.Name(), Err: os.ErrExist}
	}
	if err := os.MkdirAll(s.Path, 0o777); err != nil {
		return err
	}
	part, err := os.CreateTemp(s.Path, ".framecat-*")
	if err != nil {
		return err
	}
	part.Close()
	return os.Remove(part.Name())
}

func (s *DirSink) TakesSilent() bool { return false }

func (s *DirSink) Flush() error { return nil }

func (s *DirSink) Name() string { return filepath.Join(s.Path, fmt.Sprintf("%06d.bin", s.index)) }

func (s *DirSink) create(name string) (*os.File, error) {
	if err := os.MkdirAll(s.Path, 0o777); err != nil {
		return nil, err
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (s *DirSink) Write(b *framing.Batch, o Origin) (int, error) {
	for i := range b.Frames {
		f := b.Frame(i)
		s.index = o.Index + int64(i)
		file, err := s.create(s.Name())
		if err != nil {
			return i, err
		}
		_, err = file.Write(f.Payload)
		if end := file.Close(); err == nil {
			err = end
		}
		if err != nil {
			os.Remove(file.Name()) // it is no message
			return i, err
		}
	}
	return len(b.Frames), nil
}

// Stream begins a message in a file named .part until it is complete.
func (s *DirSink) Stream(index int64) (w io.Writer, err error) {
	s.index = index
	s.file, err = s.create(s.Name() + ".part")
	return s.file, err
}

func (s *DirSink) Where() string { return " to " + s.file.Name() }

func (s *DirSink) Streamed(err error) error {
	part := s.file.Name()
	if end := s.file.Close(); err != nil || end != nil {
		return end
	}
	// Link fails if the name is taken, where Rename would replace what is there. Not
	// every file system has links.
	err = os.Link(part, s.Name())
	if err == nil || errors.Is(err, os.ErrExist) {
		return errors.Join(err, os.Remove(part))
	}
	if _, err := os.Lstat(s.Name()); err == nil {
		return os.ErrExist
	}
	return os.Rename(part, s.Name())
}
