package capture

import (
	"bytes"
	"errors"
	"io"
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
	s := &spool{most: Limits{}.orDefaults()}
	_, _, err := s.seekable(breaks{s})
	if want := "cannot write " + filepath.Join(dir, "framecat-"); err == nil || !strings.Contains(err.Error(), want) || !strings.HasSuffix(err.Error(), ".capture: file already closed") {
		t.Errorf("%v, want %q in it", err, want)
	}
	s = &spool{most: Limits{}.orDefaults()}
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

// Of a pipe without an end, the first bytes are copied and read; then an error says so.
func TestCopyIsBounded(t *testing.T) {
	raw, err := os.ReadFile("../../../testdata/captures/resp2.pcap")
	if err != nil {
		t.Fatal(err)
	}
	for _, most := range []int64{100e3, int64(len(raw)) - 1, int64(len(raw))} {
		c, err := Open(struct{ io.Reader }{bytes.NewReader(raw)}, Pcap, Limits{Copy: most})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(c.Read(Ref{Dir: 1}))
		if err != nil || len(got) == 0 {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		var cut *CopyError
		if err := c.Damage(); errors.As(err, &cut) != (most < int64(len(raw))) {
			t.Errorf("of %d bytes, %d copied: %v", len(raw), most, err)
		}
		if info, err := c.spool.copy.Stat(); err != nil || info.Size() != most {
			t.Errorf("the copy has %d bytes, want %d; %v", info.Size(), most, err)
		}
		c.Close()
	}
}
