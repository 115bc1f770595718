// Package input reads what a command line names: files, standard input, and the streams of
// captures.
//
// Start with Files, which returns an Input for each name. Input.Streams then returns the
// streams of a capture as Inputs of their own, and Input.Open opens one as a Source. Peek
// looks at the start of a Source; it does not wait for more than a live one has. A pipe can be
// read only once, so that its Input can be opened only once too.
package input

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/report"
)

// An Input is a file on the command line, or standard input.
type Input struct {
	Name   string   // as given; "-" is standard input
	Stdin  *os.File // nil if the input is a file
	seek   int64    // bytes to skip
	length int64    // bytes to read; -1 is all
	text   *string  // the whole input, if it is not a file
	work   *Work
	choice Choice // as the command line gave it; for commands in hints

	file     *os.File      // already open, to find out what it is, or nil
	packed   *decompressor // what file holds; nil if it is not compressed
	head     []byte        // what was read from a pipe, or decompressed, to find out what it is
	known    *recognised   // nil before Recognise
	Recorded *recorded     // the stream of a capture; nil if the input is not one
}

// Files returns the inputs that a command line names; without names, standard input. The
// first seek bytes of each are skipped, and length bytes are read; -1 is all.
func Files(names []string, stdin *os.File, seek, length int64) []Input {
	if len(names) == 0 {
		return []Input{{Stdin: stdin, seek: seek, length: length}}
	}
	var in []Input
	for _, n := range names {
		i := Input{Name: n, seek: seek, length: length}
		if n == "-" {
			i.Stdin = stdin
		}
		in = append(in, i)
	}
	return in
}

// Text returns an input whose bytes are text.
func Text(text string) Input { return Input{text: &text, length: -1} }

// IsStdin reports whether the input is standard input.
func (in Input) IsStdin() bool { return in.Stdin != nil }

// Label returns the name that JSON shows; "" for standard input.
func (in Input) Label() string {
	if in.Stdin != nil {
		return ""
	}
	return in.Name
}

// Shown returns the name in messages about the input as a whole.
func (in Input) Shown() string {
	switch {
	case in.Stdin != nil:
		return "standard input"
	case in.Name == "":
		return `""`
	}
	return in.Name
}

// Place returns the name in messages about a frame: for a capture, it includes the stream.
func (in Input) Place() string {
	switch {
	case !in.Recorded.named():
		return in.Name
	case in.Name == "":
		return in.Recorded.name()
	}
	return in.Name + ": " + in.Recorded.name()
}

// Stat returns the FileInfo of the file. For text, its error is os.ErrNotExist.
func (in Input) Stat() (os.FileInfo, error) {
	switch {
	case in.text != nil:
		return nil, os.ErrNotExist
	case in.Stdin != nil:
		return in.Stdin.Stat()
	}
	return os.Stat(in.Name)
}

// A Source is an opened input.
type Source struct {
	io.Reader
	file     *os.File
	Offset   int64           // the place of its first byte in the input
	missing  int64           // how many bytes the input is shorter than Offset
	End      int64           // the place after its last byte, if it is a regular file; else 0
	packed   *decompressor   // the Reader decompresses the file; nil if that is not compressed
	start    int64           // the position of its first byte in a regular file
	length   int64           // bytes to read of a regular file; -1 is all
	borrowed bool            // Close does not close the file
	Recorded *capture.Source // the stream of a capture; nil if it is not one
	stream   *recorded       // which stream of the capture
	gate     *interrupt.Gate // of the work that reads it; may be nil
	live     *liveSource     // what Reader reads in the end, if Peek found that it may wait; else nil
}

// Close closes the file, unless it is standard input or belongs to a capture.
func (s *Source) Close() {
	if !s.borrowed {
		s.file.Close()
	}
}

// openFile opens the file of an input. It does not skip anything.
func (in Input) openFile() (*Source, error) {
	s := &Source{file: cmp.Or(in.file, in.Stdin), gate: in.work.gate()}
	s.borrowed = s.file != nil
	if !s.borrowed {
		f, err := os.Open(in.Name)
		if err != nil {
			return nil, err
		}
		s.file = f
	}
	if info, err := s.file.Stat(); err == nil && info.IsDir() {
		s.Close()
		return nil, syscall.EISDIR
	}
	WidenPipe(s.file)
	in.work.reads(s.file)
	return s, nil
}

// Open opens an input. The bytes to skip are skipped, and the Source ends after the bytes to
// read.
func (in Input) Open() (*Source, error) {
	if in.text != nil {
		return &Source{Reader: strings.NewReader(*in.text), borrowed: true}, nil
	}
	gate := in.work.gate()
	gate.Leave() // opening a named pipe waits for its writer
	defer gate.Enter()
	s, err := in.open()
	if s != nil {
		s.Reader = gate.Reader(s.Reader)
	}
	return s, err
}

func (in Input) open() (*Source, error) {
	if in.Recorded != nil {
		r := in.Recorded.capture.Read(in.Recorded.Ref)
		s := &Source{Recorded: r, stream: in.Recorded, borrowed: true, Offset: in.seek, gate: in.work.gate()}
		s.Reader = in.work.readsStream(r, in.Recorded.Direction())
		err := s.discard(in.seek)
		s.limit(in.length)
		return s, err
	}
	s, err := in.openFile()
	if err != nil {
		return nil, err
	}
	in.file = s.file
	s.Reader, s.packed = in.whole(), in.packed
	if err := s.skip(in.seek); err != nil {
		s.Close()
		return nil, err
	}
	if n, known := in.Size(s); known {
		s.End = s.Offset + n
		s.length = in.length
		s.start, _ = s.file.Seek(0, io.SeekCurrent)
	}
	s.limit(in.length)
	return s, nil
}

// Size returns how many bytes there are to read from Offset on: in a file that grows, more than
// there were when it was opened. It is 0 if the source is no regular file.
func (s *Source) Size() int64 {
	n := max(0, s.End-s.Offset)
	if s.End > 0 && s.file != nil {
		if n = max(n, sizeOf(s.file)-s.start); s.length >= 0 {
			n = min(n, s.length)
		}
	}
	return n
}

// Again returns a reader of the same bytes, from the first one on, and their number. It is nil if they
// cannot be read twice: those of a regular file can.
func (s *Source) Again() (again io.ReadSeeker, size func() int64) {
	if s.End == 0 || s.file == nil {
		return nil, nil
	}
	return io.NewSectionReader(s.file, s.start, s.Size()), s.Size
}

// limit ends the source after n bytes; a negative n is no limit.
func (s *Source) limit(n int64) {
	if n >= 0 {
		s.Reader = io.LimitReader(s.Reader, n)
	}
}

// skip skips n bytes: by seeking, or by reading where that is not possible. If the input is
// shorter, no bytes are left, and that is no error.
func (s *Source) skip(n int64) error {
	if n == 0 {
		return nil
	}
	s.Offset = n
	if isRegular(s.file) && s.packed == nil {
		info, err := s.file.Stat()
		if err != nil {
			return err
		}
		at, err := s.file.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		has := max(0, info.Size()-at)
		s.missing = max(0, n-has)
		_, err = s.file.Seek(min(n, has), io.SeekCurrent)
		return err
	}
	return s.discard(n)
}

// discard reads n bytes, or to the end. Bytes that a capture lost count too: if n ends among them,
// the source goes on after them.
func (s *Source) discard(n int64) error {
	for n > 0 {
		has, err := io.CopyN(io.Discard, s.Reader, n)
		n -= has
		var gap *capture.Gap
		switch {
		case errors.As(err, &gap):
			n -= max(0, gap.Bytes)
		case errors.Is(err, io.EOF):
			s.missing = n
			return nil
		case err != nil:
			return err
		}
	}
	s.Offset -= n
	return nil
}

// Note returns what to report of the source once it is open, or "".
func (s *Source) Note() string {
	if s.missing == 0 {
		return ""
	}
	what := "input"
	if s.Recorded != nil {
		what = "stream"
	}
	return fmt.Sprintf("the %s has only %s: nothing is left after -s %d", what, report.Count(s.Offset-s.missing, "byte"), s.Offset)
}

// Size returns how many bytes are still to be read. It is known only for a regular
// file that is not compressed.
func (in Input) Size(s *Source) (int64, bool) {
	if s.file == nil || s.packed != nil {
		return 0, false
	}
	info, err := s.file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0, false
	}
	at, err := s.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, false
	}
	n := max(0, info.Size()-at)
	if in.length >= 0 {
		n = min(n, in.length)
	}
	return n, true
}

// noEOF returns err, or nil for io.EOF.
func noEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

func isRegular(f *os.File) bool {
	if f == nil {
		return true
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}
