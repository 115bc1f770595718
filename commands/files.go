package commands

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

// An input is a file on the command line, or standard input.
type input struct {
	name   string   // as given; "-" is standard input
	stdin  *os.File // nil if the input is a file
	seek   int64    // bytes to pass over
	length int64    // bytes to read; -1 is all
	text   *string  // the input itself, if it is no file

	file     *os.File  // opened already, to see what it is, or nil
	head     []byte    // what was taken of a pipe for that
	recorded *recorded // the stream of a capture that it is, or nil
}

// inputs are the files of a command line; without any, standard input.
func inputs(names []string, stdin *os.File, seek, length int64) []input {
	if len(names) == 0 {
		return []input{{stdin: stdin, seek: seek, length: length}}
	}
	var in []input
	for _, n := range names {
		i := input{name: n, seek: seek, length: length}
		if n == "-" {
			i.stdin = stdin
		}
		in = append(in, i)
	}
	return in
}

// textInput is an input that is text given on the command line.
func textInput(text string) input { return input{text: &text, length: -1} }

// isStdin reports whether the input is standard input.
func (in input) isStdin() bool { return in.stdin != nil }

// label is the name that JSON shows; standard input has none.
func (in input) label() string {
	if in.stdin != nil {
		return ""
	}
	return in.name
}

// shown is the name for errors of reading.
func (in input) shown() string {
	switch {
	case in.stdin != nil:
		return "standard input"
	case in.name == "":
		return `""`
	}
	return in.name
}

// place is the name for errors in its frames: of a capture, with the stream.
func (in input) place() string {
	switch {
	case !in.recorded.named():
		return in.name
	case in.name == "":
		return in.recorded.name()
	}
	return in.name + ": " + in.recorded.name()
}

func (in input) stat() (os.FileInfo, error) {
	switch {
	case in.text != nil:
		return nil, os.ErrNotExist
	case in.stdin != nil:
		return in.stdin.Stat()
	}
	return os.Stat(in.name)
}

// A source is an opened input.
type source struct {
	io.Reader
	file     *os.File
	offset   int64           // of its first byte in the input
	lent     bool            // the file is another's to close
	recorded *capture.Source // if it is the stream of a capture
	of       *recorded       // and which one
}

func (s *source) close() {
	if !s.lent {
		s.file.Close()
	}
}

// openFile opens the file of an input.
func (in input) openFile() (*source, error) {
	s := &source{file: cmp.Or(in.file, in.stdin)}
	s.lent = s.file != nil
	if !s.lent {
		f, err := os.Open(in.name)
		if err != nil {
			return nil, err
		}
		s.file = f
	}
	if info, err := s.file.Stat(); err == nil && info.IsDir() {
		s.close()
		return nil, syscall.EISDIR
	}
	widenPipe(s.file)
	return s, nil
}

// open opens an input as the bytes that were asked for.
func (in input) open() (*source, error) {
	switch {
	case in.text != nil:
		return &source{Reader: strings.NewReader(*in.text), lent: true}, nil
	case in.recorded != nil:
		r := in.recorded.capture.Read(in.recorded.ref)
		s := &source{Reader: r, recorded: r, of: in.recorded, lent: true, offset: in.seek}
		_, err := io.CopyN(io.Discard, r, in.seek)
		s.limit(in.length)
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
		s.close()
		return nil, err
	}
	s.limit(in.length)
	return s, nil
}

// limit ends the source behind n bytes; below 0 it has no limit.
func (s *source) limit(n int64) {
	if n >= 0 {
		s.Reader = io.LimitReader(s.Reader, n)
	}
}

// pass goes n bytes forward: by seeking, or by reading where that can't be done. An
// input that is shorter is empty.
func (s *source) pass(n int64) error {
	if n == 0 {
		return nil
	}
	s.offset = n
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

// size is how many bytes will come, if that is known: the input is a regular file.
func (in input) size(s *source) (int64, bool) {
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
	if in.length >= 0 {
		n = min(n, in.length)
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
