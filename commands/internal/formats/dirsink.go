package formats

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// A DirSink writes one file per message: 000000.bin and so on. It follows no links and
// overwrites no files. If a capture has several streams, each gets a new directory in Path.
type DirSink struct {
	Path  string
	index int64
	file  *os.File // of the message that is being streamed

	several bool   // a capture had several streams
	stream  string // the directory of the stream in Path; "" is Path itself
	made    bool   // it was made
	first   int64  // the number of the first message in it

	files int64           // that were written
	dirs  map[string]bool // the directories with files
}

// Written returns how many files were written, and where.
func (s *DirSink) Written() string {
	switch {
	case s.files == 0:
		return "wrote no files to " + s.Path
	case len(s.dirs) == 1 && s.dirs[""]:
		return "wrote " + report.Count(s.files, "file") + " to " + s.Path
	}
	return "wrote " + report.Count(s.files, "file") + " to " + report.Count(int64(len(s.dirs)), "directory") + " in " + s.Path
}

// wrote counts a file.
func (s *DirSink) wrote() {
	if s.dirs == nil {
		s.dirs = map[string]bool{}
	}
	s.files++
	s.dirs[s.stream] = true
}

// Several refuses a second capture with several streams: both have a stream 0.
func (s *DirSink) Several() error {
	if s.several {
		f := report.Usage("-o dir: can hold the streams of one capture, and the one before has several too")
		f.Hints = []string{"decode this capture in a run of its own, with another directory"}
		return f
	}
	s.several = true
	return nil
}

// Begin begins the messages of a stream.
func (s *DirSink) Begin(stream string, first int64) {
	if s.stream, s.made, s.first = stream, false, first; stream == "" {
		s.first = 0
	}
}

// Ready returns the error that writing the first message would return. It is for messages
// from a peer, which could not be read a second time.
func (s *DirSink) Ready() error {
	if err := s.exists(); err != nil {
		return err
	}
	if err := s.makeDir(); err != nil {
		return err
	}
	part, err := os.CreateTemp(s.Path, ".framecat-*")
	if err != nil {
		return err
	}
	part.Close()
	return os.Remove(part.Name())
}

// TakesSilent returns false: a frame without a message makes no file.
func (s *DirSink) TakesSilent() bool { return false }

// Flush does nothing: each message is written at once.
func (s *DirSink) Flush() error { return nil }

// name returns the name of the file of the current message.
func (s *DirSink) name() string {
	return filepath.Join(s.Path, s.stream, fmt.Sprintf("%06d.bin", s.index-s.first))
}

// makeDir makes the directories that the current message needs. That of a stream must be new:
// then it is no link, and it has no files of another run or of another user.
func (s *DirSink) makeDir() error {
	const mode = 0o700
	if err := os.MkdirAll(s.Path, mode); err != nil || s.stream == "" || s.made {
		return err
	}
	s.made = true
	return os.Mkdir(filepath.Join(s.Path, s.stream), mode)
}

func (s *DirSink) create(name string) (*os.File, error) {
	if err := s.makeDir(); err != nil {
		return nil, err
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// Write writes each message to its file.
func (s *DirSink) Write(b *framing.Batch, o Origin) (int, error) {
	for i := range b.Frames {
		f := b.Frame(i)
		s.index = o.Index + int64(i)
		file, err := s.create(s.name())
		if err != nil {
			return i, err
		}
		_, err = file.Write(f.Payload)
		if end := file.Close(); err == nil {
			err = end
		}
		if err != nil {
			os.Remove(file.Name()) // the message is incomplete
			return i, err
		}
		s.wrote()
	}
	return len(b.Frames), nil
}

// Stream begins a message in a file whose name ends in .part until the message is complete.
func (s *DirSink) Stream(index int64) (w io.Writer, err error) {
	s.index = index
	s.file, err = s.create(s.name() + ".part")
	return s.file, err
}

// Where names the .part file.
func (s *DirSink) Where() string { return " to " + s.file.Name() }

// Streamed ends a message, and gives its file the final name if it is complete. If the run was
// ended, the file is removed.
func (s *DirSink) Streamed(err error) error {
	part := s.file.Name()
	end := s.file.Close()
	if errors.Is(err, report.ErrDone) {
		return os.Remove(part)
	}
	if err != nil || end != nil {
		return end
	}
	// Link fails if a file of this name exists, but Rename would replace it. Not every file
	// system has links.
	if err = os.Link(part, s.name()); err == nil {
		s.wrote()
		return os.Remove(part)
	}
	if exists := s.exists(); exists != nil {
		return errors.Join(exists, os.Remove(part))
	}
	if err = os.Rename(part, s.name()); err == nil {
		s.wrote()
	}
	return err
}

// exists returns the error if there is a file with the name of the current message already.
func (s *DirSink) exists() error {
	if _, err := os.Lstat(s.name()); err != nil {
		return nil
	}
	return &fs.PathError{Op: "create", Path: s.name(), Err: os.ErrExist}
}

// OutputHints returns what to do about an error of writing messages: if a file or a directory of
// dir:PATH exists, a run before has made it.
func OutputHints(err error) []string {
	if errors.Is(err, os.ErrExist) {
		return []string{"choose another directory for -o dir:, or remove what an earlier run wrote to this one"}
	}
	return nil
}
