package commands

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

// newSink returns what writes messages that come as in to dst as out, which -o chose.
func newSink(out, in format, dst io.Writer, r *report.Reporter) sink {
	switch {
	case out.name == "json":
		return &jsonSink{dst: dst}
	case out.dir != "":
		return &dirSink{path: out.dir}
	case out.name == "raw":
		return &rawSink{*frameSinkOf(out, in, "-o", dst, r), dst}
	}
	return frameSinkOf(out, in, "-o", dst, r)
}

// newFrameSink returns what writes messages that come as in to dst as frames of f, which flag
// chose.
func newFrameSink(f framing.Framing, in format, flag string, dst io.Writer, r *report.Reporter) *frameSink {
	return frameSinkOf(framesOf(f), in, flag, dst, r)
}

// frameSinkOf holds the one rule about headers: messages keep theirs where they come in
// JSON, or in frames of the same framing.
func frameSinkOf(out, in format, flag string, dst io.Writer, r *report.Reporter) *frameSink {
	s := &frameSink{format: out, flag: flag, w: newWriter(dst, out.framing), report: r}
	switch {
	case !out.spec: // it has no headers
	case in.marks != nil:
		s.marks = func(f framing.Frame) framing.Marks { return in.marks(f.Body) }
	case in.spec && in.framing.String() == out.framing.String():
		s.marks = func(f framing.Frame) framing.Marks {
			return framing.Marks{Header: f.Header, Trailer: f.Trailer}
		}
	case in.name == "lines":
		s.composer, _ = out.framing.(framing.Composer)
	}
	return s
}

// A frameSink writes messages as frames of a framing.
type frameSink struct {
	format format
	flag   string // that chose the format: "-o", "-f" or "--reply-framing"
	w      *framing.Writer

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
func (s *frameSink) takesSilent() bool { return s.marks != nil }

func (s *frameSink) flush() error { return s.w.Flush() }

func (s *frameSink) write(b *framing.Batch, _ origin) (int, error) {
	if s.composer != nil {
		return s.compose(b)
	}
	if s.marks == nil {
		return s.w.WriteBatch(*b)
	}
	for i := range b.Frames {
		f := b.Frame(i)
		err := s.w.Write(s.marks(f), f.Payload)
		if errors.Is(err, framing.ErrMarks) {
			s.report.Detail("message %d: %s writes its default header, not that of the message", f.Index, s.format.framing)
			err = s.w.Write(framing.Marks{}, f.Payload)
		}
		if err != nil {
			return i, err
		}
	}
	return len(b.Frames), nil
}

// compose writes payloads, and what is none as the payload that stands for it.
func (s *frameSink) compose(b *framing.Batch) (n int, err error) {
	for {
		rest := b.Slice(n, len(b.Frames))
		k, err := s.w.WriteBatch(rest)
		if n += k; !errors.Is(err, framing.ErrPayload) {
			return n, err
		}
		line := b.Frame(n).Payload
		if s.w.Write(framing.Marks{}, s.composer.Compose(nil, line)) != nil {
			return n, err // that the line itself is no payload says more
		}
		n++
	}
}

// A rawSink writes payloads with nothing between; large ones stream through.
type rawSink struct {
	frameSink
	dst io.Writer
}

func (s *rawSink) stream(int64) (io.Writer, error) { return s.dst, nil }

func (s *rawSink) streamed(error) error { return nil }

func (s *rawSink) where() string { return "" }

// A dirSink writes a file a message: 000000.bin and so on. It follows no link and
// overwrites nothing.
type dirSink struct {
	path  string
	index int64
	file  *os.File // of a streamed message
}

// ready says why the first message could not be written, before it is asked for: from a
// peer it does not come twice.
func (s *dirSink) ready() error {
	if _, err := os.Lstat(s.name()); err == nil {
		return &fs.PathError{Op: "create", Path: s.name(), Err: os.ErrExist}
	}
	if err := os.MkdirAll(s.path, 0o777); err != nil {
		return err
	}
	part, err := os.CreateTemp(s.path, ".framecat-*")
	if err != nil {
		return err
	}
	part.Close()
	return os.Remove(part.Name())
}

func (s *dirSink) takesSilent() bool { return false }

func (s *dirSink) flush() error { return nil }

func (s *dirSink) name() string { return filepath.Join(s.path, fmt.Sprintf("%06d.bin", s.index)) }

func (s *dirSink) create(name string) (*os.File, error) {
	if err := os.MkdirAll(s.path, 0o777); err != nil {
		return nil, err
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (s *dirSink) write(b *framing.Batch, o origin) (int, error) {
	for i := range b.Frames {
		f := b.Frame(i)
		s.index = o.index + int64(i)
		file, err := s.create(s.name())
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

// stream begins a message in a file named .part until it is complete.
func (s *dirSink) stream(index int64) (w io.Writer, err error) {
	s.index = index
	s.file, err = s.create(s.name() + ".part")
	return s.file, err
}

func (s *dirSink) where() string { return " to " + s.file.Name() }

func (s *dirSink) streamed(err error) error {
	part := s.file.Name()
	if end := s.file.Close(); err != nil || end != nil {
		return end
	}
	// Link fails if the name is taken, where Rename would replace what is there. Not
	// every file system has links.
	err = os.Link(part, s.name())
	if err == nil || errors.Is(err, os.ErrExist) {
		return errors.Join(err, os.Remove(part))
	}
	if _, err := os.Lstat(s.name()); err == nil {
		return os.ErrExist
	}
	return os.Rename(part, s.name())
}
