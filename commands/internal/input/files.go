package input

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"

	"framecat/commands/internal/capture"
)

// An Input is a file on the command line, or standard input.
type Input struct {
	Name   string   // as given; "-" is standard input
	Stdin  *os.File // nil if the input is a file
	seek   int64    // bytes to pass over
	Length int64    // bytes to read; -1 is all
	Text   *string  // the input itself, if it is no file

	file     *os.File  // opened already, to see what it is, or nil
	head     []byte    // what was taken of a pipe for that
	Recorded *recorded // the stream of a capture that it is, or nil
}

// Files are the files of a command line; without any, standard input.
func Files(names []string, stdin *os.File, seek, length int64) []Input {
	if len(names) == 0 {
		return []Input{{Stdin: stdin, seek: seek, Length: length}}
	}
	var in []Input
	for _, n := range names {
		i := Input{Name: n, seek: seek, Length: length}
		if n == "-" {
			i.Stdin = stdin
		}
		in = append(in, i)
	}
	return in
}

// Text is an input that is text given on the command line.
func Text(text string) Input { return Input{Text: &text, Length: -1} }

// IsStdin reports whether the input is standard input.
func (in Input) IsStdin() bool { return in.Stdin != nil }

// Label is the name that JSON shows; standard input has none.
func (in Input) Label() string {
	if in.Stdin != nil {
		return ""
	}
	return in.Name
}

// Shown is the name for errors of reading.
func (in Input) Shown() string {
	switch {
	case in.Stdin != nil:
		return "standard input"
	case in.Name == "":
		return `""`
	}
	return in.Name
}

// Place is the name for errors in its frames: of a capture, with the stream.
func (in Input) Place() string {
	switch {
	case !in.Recorded.named():
		return in.Name
	case in.Name == "":
		return in.Recorded.Name()
	}
	return in.Name + ": " + in.Recorded.Name()
}

func (in Input) Stat() (os.FileInfo, error) {
	switch {
	case in.Text != nil:
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
	Offset   int64           // of its first byte in the input
	lent     bool            // the file is another's to close
	Recorded *capture.Source // if it is the stream of a capture
	of       *recorded       // and which one
}

func (s *Source) Close() {
	if !s.lent {
		s.file.Close()
	}
}

// openFile opens the file of an input.
func (in Input) openFile() (*Source, error) {
	s := &Source{file: cmp.Or(in.file, in.Stdin)}
	s.lent = s.file != nil
	if !s.lent {
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
	return s, nil
}

// Open opens an input as the bytes that were asked for.
func (in Input) Open() (*Source, error) {
	switch {
	case in.Text != nil:
		return &Source{Reader: strings.NewReader(*in.Text), lent: true}, nil
	case in.Recorded != nil:
		r := in.Recorded.capture.Read(in.Recorded.Ref)
		s := &Source{Reader: r, Recorded: r, of: in.Recorded, lent: true, Offset: in.seek}
		_, err := io.CopyN(io.Discard, r, in.seek)
		s.limit(in.Length)
		return s, noEOF(err)
	}
	s, err := in.openFile()
	if err != nil {
		return nil, err
	}
	if s.Reader = s.file; len(in.head) > 0 {
		s.Reader = io.MultiReader(bytes.NewReader(in.head), s.file)
	}
	if err := s.pass(in.seek); err != nil {
		s.Close()
		return nil, err
	}
	s.limit(in.Length)
	return s, nil
}

// limit ends the source behind n bytes; below 0 it has no limit.
func (s *Source) limit(n int64) {
	if n >= 0 {
		s.Reader = io.LimitReader(s.Reader, n)
	}
}

// pass goes n bytes forward: by seeking, or by reading where that can't be done. An
// input that is shorter is empty.
func (s *Source) pass(n int64) error {
	if n == 0 {
		return nil
	}
	s.Offset = n
	if info, err := s.file.Stat(); err == nil && info.Mode().IsRegular() {
		at, err := s.file.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		_, err = s.file.Seek(min(n, max(0, info.Size()-at)), io.SeekCurrent)
		return err
	}
	_, err := io.CopyN(io.Discard, s.Reader, n)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}

// Size is how many bytes will come, if that is known: the input is a regular file.
func (in Input) Size(s *Source) (int64, bool) {
	if s.file == nil {
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
	if in.Length >= 0 {
		n = min(n, in.Length)
	}
	return n, true
}

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
