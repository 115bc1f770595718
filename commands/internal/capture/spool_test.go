package capture

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// breaks is a reader that closes the copy before it returns more bytes.
type breaks struct{ *spool }

func (b breaks) Read(p []byte) (int, error) {
	b.copy.Close()
	return len(p), nil
}

// breaksItself is a reader with an error of its own.
type breaksItself struct{}

func (breaksItself) Read([]byte) (int, error) {
	return 0, &os.PathError{Op: "read", Path: "input", Err: os.ErrPermission}
}

// Errors of the temporary copy name it, and what was done with it. Errors of the input stay what
// they are.
func TestSpoolErrors(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := new(spool)
	_, _, err := s.seekable(breaks{s})
	if want := "cannot write " + filepath.Join(dir, "framecat-"); err == nil || !strings.Contains(err.Error(), want) || !strings.HasSuffix(err.Error(), ".capture: file already closed") {
		t.Errorf("%v, want %q in it", err, want)
	}
	s = new(spool)
	_, _, err = s.seekable(breaksItself{})
	var own *SpoolError
	if s.close(); errors.As(err, &own) || !errors.Is(err, os.ErrPermission) {
		t.Errorf("an error of the input: %v", err)
	}
	missing := filepath.Join(dir, "missing")
	t.Setenv("TMPDIR", missing)
	_, _, err = new(spool).seekable(breaksItself{})
	if want := "the capture is copied to a temporary file: cannot create a file in " + missing + ": no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
