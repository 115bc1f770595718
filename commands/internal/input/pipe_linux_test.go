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

// What a pipe takes of a file is what a copy would be, and so are its errors.
func TestSplicing(t *testing.T) {
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
	to := Splicing(w)
	var copied int64
	for _, n := range []int64{1, 1_000_000, 5} {
		k, err := io.CopyN(to, src, n)
		if copied += k; k != n || err != nil {
			t.Fatalf("%d of %d, %v", k, n, err)
		}
	}
	if k, err := io.CopyN(to, src, int64(len(data))); k != int64(len(data))-copied || err != io.EOF {
		t.Errorf("at the end: %d, %v", k, err)
	}
	if !bytes.Equal(<-got, data) {
		t.Error("other bytes arrived")
	}
	r.Close()
	src.Seek(0, io.SeekStart)
	if k, err := io.CopyN(to, src, 1000); k != 0 || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("without a reader: %d, %v", k, err)
	}
}
