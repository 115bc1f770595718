package input

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fileOf returns the name of a file with this text.
func fileOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// opened opens a file for reading.
func opened(t *testing.T, text string) *os.File {
	t.Helper()
	f, err := os.Open(fileOf(t, text))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// pipeOf returns a pipe with this text, which then ends.
func pipeOf(t *testing.T, text string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	go func() {
		io.WriteString(w, text)
		w.Close()
	}()
	return r
}

// Errors use the name that the user gave for an input. JSON has a name only for files.
func TestNames(t *testing.T) {
	stdin := opened(t, "")
	for _, row := range []struct {
		names []string
		label string
		shown string
	}{
		{nil, "", "standard input"},
		{[]string{"-"}, "", "standard input"},
		{[]string{"a.bin"}, "a.bin", "a.bin"},
		{[]string{""}, "", `""`},
	} {
		in := Files(row.names, stdin, 0, -1)
		if len(in) != 1 || in[0].Label() != row.label || in[0].Shown() != row.shown || in[0].IsStdin() != (row.shown == "standard input") {
			t.Errorf("%q: label %q, shown %q, stdin %t; want %q, %q", row.names, in[0].Label(), in[0].Shown(), in[0].IsStdin(), row.label, row.shown)
		}
	}
	if in := Files([]string{"a", "-", "b"}, stdin, 0, -1); len(in) != 3 || in[0].IsStdin() || !in[1].IsStdin() || in[2].Name != "b" {
		t.Errorf("%+v", in)
	}
}

// -s and -l select the same bytes of a file and of a pipe, and the offset is right. If the input
// is shorter, no bytes are left.
func TestOpen(t *testing.T) {
	for _, row := range []struct {
		seek, length int64
		want         string
	}{
		{0, -1, "0123456789"},
		{0, 0, ""},
		{0, 3, "012"},
		{0, 99, "0123456789"},
		{4, -1, "456789"},
		{4, 3, "456"},
		{9, 3, "9"},
		{10, -1, ""},
		{99, -1, ""},
		{99, 3, ""},
	} {
		const text = "0123456789"
		for name, in := range map[string]Input{
			"a file":          Files([]string{fileOf(t, text)}, nil, row.seek, row.length)[0],
			"a file as stdin": Files(nil, opened(t, text), row.seek, row.length)[0],
			"a pipe":          Files(nil, pipeOf(t, text), row.seek, row.length)[0],
		} {
			src, err := in.Open()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			size, known := in.Size(src)
			got, err := io.ReadAll(src)
			if string(got) != row.want || err != nil || src.Offset != row.seek {
				t.Errorf("%s, -s %d -l %d: %q from %d, %v; want %q", name, row.seek, row.length, got, src.Offset, err, row.want)
			}
			if isFile := name != "a pipe"; known != isFile || known && size != int64(len(row.want)) {
				t.Errorf("%s, -s %d -l %d: %d bytes to come, known %t", name, row.seek, row.length, size, known)
			}
			src.Close()
		}
	}
}

// Bytes of standard input that the shell has read are not read again.
func TestOpenFromHere(t *testing.T) {
	for _, row := range []struct {
		seek int64
		want string
	}{{0, "3456789"}, {2, "56789"}, {99, ""}} {
		f := opened(t, "0123456789")
		f.Seek(3, io.SeekStart)
		in := Files(nil, f, row.seek, -1)[0]
		src, err := in.Open()
		if err != nil {
			t.Fatal(err)
		}
		if n, known := in.Size(src); !known || n != int64(len(row.want)) {
			t.Errorf("-s %d: %d bytes to come, %t", row.seek, n, known)
		}
		if got, err := io.ReadAll(src); string(got) != row.want || err != nil {
			t.Errorf("-s %d: %q, %v; want %q", row.seek, got, err, row.want)
		}
		src.Close()
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Errorf("standard input is closed: %v", err)
		}
	}
}

func TestOpenFails(t *testing.T) {
	for name, want := range map[string]error{
		filepath.Join(t.TempDir(), "missing"): fs.ErrNotExist,
		t.TempDir():                           syscall.EISDIR,
		"":                                    fs.ErrNotExist,
	} {
		if _, err := Files([]string{name}, nil, 0, -1)[0].Open(); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", name, err, want)
		}
	}
}

// A text on the command line is an input that is not a file.
func TestText(t *testing.T) {
	in := Text("a\nb")
	src, err := in.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if got, err := io.ReadAll(src); string(got) != "a\nb" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, known := in.Size(src); known {
		t.Error("its size is that of a file")
	}
	if _, err := in.Stat(); err == nil {
		t.Error("it is a file")
	}
	if all, done, err := in.Streams(Choice{Stream: 3}); all.Len() != 1 || err != nil {
		t.Errorf("it has %d streams, %v", all.Len(), err)
	} else {
		done()
	}
}

// Stat shows whether an output is the same file as an input.
func TestStat(t *testing.T) {
	name := fileOf(t, "abc")
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, in := range []Input{Files([]string{name}, nil, 0, -1)[0], Files(nil, f, 0, -1)[0]} {
		info, err := in.Stat()
		if own, _ := f.Stat(); err != nil || !os.SameFile(info, own) {
			t.Errorf("%s is another file, %v", in.Shown(), err)
		}
	}
}

// Peek returns the start of an input and whether it is all. Reading returns the start again.
func TestPeek(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", DetectSize/16) + "more"
	for _, row := range []struct {
		text  string
		start int
		ended bool
	}{
		{"", 0, true},
		{"abc", 3, true},
		{long[:DetectSize-1], DetectSize - 1, true},
		{long, DetectSize, false},
	} {
		for name, in := range map[string]Input{"a file": Files([]string{fileOf(t, row.text)}, nil, 0, -1)[0], "a pipe": Files(nil, pipeOf(t, row.text), 0, -1)[0]} {
			src, err := in.Open()
			if err != nil {
				t.Fatal(err)
			}
			start, ended, err := Peek(src, func([]byte) bool { return false })
			got, end := io.ReadAll(src)
			src.Close()
			want := row.start
			if name == "a pipe" && len(row.text) > DetectSize { // its length depends on how the pipe was split into reads
				want = max(DetectSize, len(start))
			}
			if len(start) != want || !strings.HasPrefix(row.text, string(start)) || ended != row.ended || err != nil || string(got) != row.text || end != nil {
				t.Errorf("%s of %d bytes: a start of %d, ended %t, %v; then %d, %v", name, len(row.text), len(start), ended, err, len(got), end)
			}
		}
	}
}
