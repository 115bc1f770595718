package formats

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"framecat/commands/internal/report"
)

// There is one file per message, numbered over all inputs.
func TestDir(t *testing.T) {
	_, b := batchOf(t, "u8", "\x01a\x00\x02bc")
	dir := filepath.Join(t.TempDir(), "new", "folder")
	out, err := Out("dir:" + dir)
	if err != nil {
		t.Fatal(err)
	}
	s := NewSink(out, Format{}, nil, nil).(*DirSink)
	if err := s.Ready(); err != nil || len(files(t, dir)) > 0 {
		t.Errorf("%v, the directory has %q", err, files(t, dir))
	}
	if n, err := s.Write(b, Origin{Index: 9}); n != 3 || err != nil || s.Flush() != nil {
		t.Errorf("%d written, %v", n, err)
	}
	if got, want := files(t, dir), []string{"000009.bin=a", "000010.bin=", "000011.bin=bc"}; !slices.Equal(got, want) {
		t.Errorf("the directory has %q, want %q", got, want)
	}
	info, err := os.Stat(filepath.Join(dir, "000009.bin"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if n, err := s.Write(b, Origin{Index: 8}); n != 1 || !errors.Is(err, os.ErrExist) {
		t.Errorf("%d written over what was there, %v", n, err)
	}
	if err := (&DirSink{Path: dir, index: 8}).Ready(); !errors.Is(err, os.ErrExist) {
		t.Errorf("a folder whose first file is there is ready: %v", err)
	}
	if err := (&DirSink{Path: filepath.Join(dir, "000009.bin")}).Ready(); err == nil {
		t.Error("a file is ready as a folder")
	}
}

// The file of a streamed message gets its final name when the message is complete, and never
// replaces another file.
func TestDirStream(t *testing.T) {
	dir := t.TempDir()
	s := &DirSink{Path: dir}
	stream := func(index int64, text string, end error) error {
		t.Helper()
		w, err := s.Stream(index)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if got, want := s.Where(), " to "+filepath.Join(dir, fmt.Sprintf("%06d.bin.part", index)); got != want {
			t.Errorf("it is written%s, want%s", got, want)
		}
		if _, err := os.Stat(filepath.Join(dir, fmt.Sprintf("%06d.bin", index))); err == nil && index != 2 {
			t.Errorf("message %d has its name before its end", index)
		}
		return s.Streamed(end)
	}
	if err := stream(0, "whole", nil); err != nil {
		t.Error(err)
	}
	if err := stream(1, "cut", io.ErrUnexpectedEOF); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "000002.bin"), []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	var at *fs.PathError
	if err := stream(2, "other", nil); !errors.Is(err, os.ErrExist) || !errors.As(err, &at) || at.Path != filepath.Join(dir, "000002.bin") {
		t.Errorf("over another file: %v", err)
	}
	if got, want := files(t, dir), []string{"000000.bin=whole", "000001.bin.part=cut", "000002.bin=precious"}; !slices.Equal(got, want) {
		t.Errorf("the directory has %q, want %q", got, want)
	}
}

// Each stream of a capture gets a new directory, in which the numbers start again. A link is not
// followed, and what is there is not touched.
func TestDirStreams(t *testing.T) {
	_, b := batchOf(t, "u8", "\x01a\x00\x02bc")
	dir, elsewhere := filepath.Join(t.TempDir(), "new"), t.TempDir()
	s := &DirSink{Path: dir}
	if err := s.Several(); err != nil {
		t.Fatal(err)
	}
	s.Begin("7-c2s", 4)
	if n, err := s.Write(b, Origin{Index: 4}); n != 3 || err != nil {
		t.Errorf("%d written, %v", n, err)
	}
	s.Begin("7-s2c", 7) // has no messages
	s.Begin("8-c2s", 7)
	w, err := s.Stream(9)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "large")
	if where := s.Where(); where != " to "+filepath.Join(dir, "8-c2s", "000002.bin.part") {
		t.Errorf("it is written%s", where)
	}
	if err := s.Streamed(nil); err != nil {
		t.Error(err)
	}
	s.Begin("", 10) // another input, with one stream
	if n, err := s.Write(b, Origin{Index: 10}); n != 3 || err != nil {
		t.Errorf("%d written, %v", n, err)
	}
	if got, want := files(t, dir), []string{"000010.bin=a", "000011.bin=", "000012.bin=bc", "7-c2s/", "8-c2s/"}; !slices.Equal(got, want) {
		t.Errorf("the directory has %q, want %q", got, want)
	}
	if got, want := files(t, filepath.Join(dir, "7-c2s")), []string{"000000.bin=a", "000001.bin=", "000002.bin=bc"}; !slices.Equal(got, want) {
		t.Errorf("7-c2s has %q, want %q", got, want)
	}
	if got, want := files(t, filepath.Join(dir, "8-c2s")), []string{"000002.bin=large"}; !slices.Equal(got, want) {
		t.Errorf("8-c2s has %q, want %q", got, want)
	}
	for _, name := range []string{dir, filepath.Join(dir, "7-c2s")} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("mode of %s: %v, %v", name, info.Mode(), err)
		}
	}
	var f *report.Failure
	if err := s.Several(); !errors.As(err, &f) || f.Status != report.StatusUsage {
		t.Errorf("a second capture with several streams: %v", err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "9-c2s")); err != nil {
		t.Fatal(err)
	}
	for _, stream := range []string{"9-c2s", "7-c2s"} {
		s.Begin(stream, 0)
		if n, err := s.Write(b, Origin{Index: 20}); n != 0 || !errors.Is(err, os.ErrExist) {
			t.Errorf("%d written to %s, which is there, %v", n, stream, err)
		}
	}
	if got := files(t, elsewhere); len(got) > 0 {
		t.Errorf("a link was followed: %q", got)
	}
}

// files returns the names and contents of the files in a directory.
func files(t *testing.T, dir string) (list []string) {
	t.Helper()
	names, err := filepath.Glob(dir + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if info, err := os.Lstat(n); err != nil || info.IsDir() {
			list = append(list, filepath.Base(n)+"/")
			continue
		}
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, filepath.Base(n)+"="+string(b))
	}
	return list
}
