package capture

import (
	"io"
	"os"
)

// A recording is an opened capture of one kind. Its methods do what those of Capture do.
type recording interface {
	count() int
	stream(i int) Stream
	damage() error
	plan(refs []Ref, most int64)
	read(Ref) *Source
}

// A spool is the file that a recording is read from, and that can be read more than
// once: the file given to Open, or a temporary copy of what is not seekable.
type spool struct {
	copy  *os.File // nil if there is none
	named bool     // copy has a name that close removes
	cut   bool     // copy has only the first bytes
	most  Limits
}

// seekable returns a regular file and its current offset. If r is not a regular file,
// it is copied to a temporary one.
func (s *spool) seekable(r io.Reader) (f *os.File, start int64, err error) {
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			start, err := f.Seek(0, io.SeekCurrent)
			return f, start, err
		}
	}
	if s.copy, err = os.CreateTemp("", "framecat-*.capture"); err != nil {
		return nil, 0, &SpoolError{"create a file in", os.TempDir(), err}
	}
	// A file without a name disappears when the program ends, however it ends. Windows
	// cannot remove the name of an open file.
	s.named = os.Remove(s.copy.Name()) != nil
	_, err = io.Copy(s.copy, io.LimitReader(r, s.most.Copy))
	if err == nil {
		n, _ := io.ReadFull(r, make([]byte, 1))
		s.cut = n > 0
	}
	if isFrom(err, s.copy) {
		err = &SpoolError{"write", s.copy.Name(), err}
	}
	return s.copy, 0, err
}

// close removes the temporary copy, if there is one.
func (s *spool) close() error {
	if s.copy == nil {
		return nil
	}
	err := s.copy.Close()
	if s.named {
		err = os.Remove(s.copy.Name())
	}
	s.copy = nil
	return err
}
