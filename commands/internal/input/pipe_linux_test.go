package input

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Splicing a file into a pipe gives the same bytes and errors as a copy.
func TestOutputToPipe(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 300_000)
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	got := make(chan []byte)
	go func() {
		b, _ := io.ReadAll(io.LimitReader(r, int64(len(data))))
		got <- b
	}()
	to := Output(w, nil)
	var copied int64
	for _, n := range []int64{1, 1_000_000, 5} {
		k, err := io.CopyN(to, src, n)
		if copied += k; k != n || err != nil {
			t.Fatalf("copied %d of %d bytes, %v", k, n, err)
		}
	}
	if k, err := io.CopyN(to, src, int64(len(data))); k != int64(len(data))-copied || err != io.EOF {
		t.Errorf("the last copy: %d bytes, %v, want the rest and EOF", k, err)
	}
	if !bytes.Equal(<-got, data) {
		t.Error("the pipe does not have the bytes of the file")
	}
	r.Close()
	src.Seek(0, io.SeekStart)
	if k, err := io.CopyN(to, src, 1000); k != 0 || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("without a reader: %d bytes, %v, want 0 and EPIPE", k, err)
	}
}
