//go:build linux || darwin

package commands

import (
	"bytes"
	"compress/gzip"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// However large a frame or an unknown file is, a terminal shows a screenful or two of it, and then
// how much more there is and the command that shows it.
func TestNoFlood(t *testing.T) {
	t.Parallel()
	noise := randomBytes(1 << 20)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(noise)
	z.Close()
	frame := append([]byte{0, 0x40, 0, 0}, randomBytes(4<<20)...)
	for _, row := range []struct {
		name   string
		stream []byte
		spec   string // "" is none
		more   string // how many bytes are left out
	}{
		{"PNG", append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), noise...), "", "1048336"},
		{"gzip, of which the contents are shown", zipped.Bytes(), "", "1048320"},
		{"random", noise, "", "1048320"},
		{"ELF", append([]byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"), noise...), "", "1048336"},
		{"a frame of 4 MB", frame, "u32be", "4193796"},
		{"a leftover of 4 MB", frame[:4<<20], "u32be", "4194048"},
		{"a malformed frame", append([]byte("x"), noise...), "netstring", "1048321"},
		{"a frame of 172 kB", append([]byte{0, 2, 0xb0, 0}, noise[:172<<10]...), "u32be", "175620"},
	} {
		file := filepath.Join(t.TempDir(), "in")
		if err := os.WriteFile(file, row.stream, 0o600); err != nil {
			t.Fatal(err)
		}
		spec := row.spec
		if spec == "" {
			spec = "auto"
		}
		for _, args := range [][]string{{"-f", spec, file}, {file}, {"-f", spec}, {"-f", spec, "--layout", "dump", file}} {
			if len(args) == 1 && row.spec != "" {
				continue
			}
			stdin := ""
			if args[len(args)-1] != file {
				stdin = string(row.stream)
			}
			shown, stderr, _ := onTerminal(t, stdin, append([]string{"inspect"}, args...)...)
			if n := strings.Count(shown+stderr, "\n"); n > 60 || n < 18 {
				t.Errorf("%s, %v: %d lines", row.name, args, n)
			}
			try := "\n         try: framecat inspect -f " + spec + " --rows 0"
			if stdin == "" {
				try += " " + file
			}
			if !strings.Contains(shown, "\n         … "+row.more+" more bytes"+try+"\n") {
				t.Errorf("%s, %v: not %s more bytes\n%s%s", row.name, args, row.more, shown, stderr)
			}
		}
	}
}

// --rows sets how many rows there are, of bytes without a framing and after a fault too, and -n as well.
// Without a terminal, only these have a limit.
func TestRowLimits(t *testing.T) {
	t.Parallel()
	noise := string(randomBytes(1 << 10))
	for _, row := range []struct {
		args string
		rows int // in a file
		term int // on a terminal
	}{
		{"-f auto", 16, 16},
		{"-f auto -n 3", 3, 3},
		{"-f auto -n 300", 16, 16},
		{"-f auto --rows 2", 2, 2},
		{"-f auto --rows 0", 64, 64},
		{"-f auto --rows 20 -n 3", 20, 20},
		{"-f netstring", 16, 16},
		{"-f netstring -n 3", 3, 3},
		{"-f netstring --rows 2", 2, 2},
		{"-f netstring --rows 0", 64, 64},
		{"-f netstring --on-error skip", 16, 16},
		{"-f netstring --layout dump", 16, 16},
		{"-f u16be", 16, 16},               // a leftover
		{"-f u32be --max-frame 0", 17, 17}, // one that streams, and its note
		{"-f fixed:1024", 64, 32},
		{"-f fixed:1024 --rows 5", 5, 5},
		{"-f fixed:1024 --rows 0", 64, 64},
		{"-f fixed:1000", 63 + 2, 32 + 2}, // with the leftover
	} {
		args := append([]string{"inspect", "-c", "16", "--color", "never"}, strings.Fields(row.args)...)
		count := func(out string) (n int) {
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "0000") {
					n++
				}
			}
			return n
		}
		out, _, _ := run(t, noise, args...)
		shown, _, _ := onTerminal(t, noise, args...)
		if count(out) != row.rows || count(shown) != row.term {
			t.Errorf("%s: %d rows, on a terminal %d; want %d and %d", row.args, count(out), count(shown), row.rows, row.term)
		}
		if unset := !strings.Contains(row.args, "--rows"); strings.Contains(shown, "try: ") != (unset && row.term < 64) {
			t.Errorf("%s: the hint\n%s", row.args, shown)
		}
	}
}

// The reason comes after the bytes, and names the command that shows the best guess.
func TestConclusionLast(t *testing.T) {
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	Run(testEnv(tempFile(t, string(randomBytes(1<<10))), out, out).with([]string{"framecat", "inspect"}))
	b, _ := os.ReadFile(out.Name())
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	var last []string
	for _, line := range lines[max(0, len(lines)-5):] {
		last = append(last, strings.Join(strings.Fields(line)[:3], " "))
	}
	want := "… 768 more|try: framecat inspect|0 frames, 0|framecat: the framing|framecat: hint: set"
	if got := strings.Join(last, "|"); got != want {
		t.Errorf("%s, want %s\n%s", got, want, b)
	}
	_, errs, _ := run(t, "3:abc,", "inspect", "-f", "auto")
	if want := "framecat: hint: to look at the best guess, pass the same bytes to framecat inspect -f netstring --rows 3\n"; !strings.HasSuffix(errs, want) {
		t.Errorf("%q, want %q", errs, want)
	}
}

// A pipe that stays open does not keep the reason back.
func TestUnknownLivePipe(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	errR, errW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out := tempFile(t, "")
	status := make(chan int)
	go func() {
		status <- Run(testEnv(r, out, errW).with([]string{"framecat", "inspect", "-f", "auto"}))
		errW.Close()
	}()
	noise := randomBytes(100_000)
	w.Write(noise)
	text := make([]byte, 1000)
	n, _ := errR.Read(text) // it comes while the pipe is open
	if !strings.Contains(string(text[:n]), "the framing of the stream is unknown") {
		t.Errorf("%q", text[:n])
	}
	w.Write(noise)
	w.Close()
	if s := <-status; s != 3 {
		t.Errorf("status %d", s)
	}
	shown, _ := os.ReadFile(out.Name())
	if want := "… 199744 more bytes\n         try: framecat inspect -f auto --rows 0\n0 frames, 0 bytes, payload 0 bytes; undecoded 200000 bytes\n"; strings.Count(string(shown), "\n") != 19 || !strings.HasSuffix(string(shown), want) {
		t.Errorf("%s", shown)
	}
}

// A large frame that comes through a pipe in pieces has whole rows, and one count of hidden bytes.
func TestLargeFrameInPieces(t *testing.T) {
	stream := append([]byte{0, 0x10, 0, 0}, randomBytes(1<<20)...)
	whole, _, _ := run(t, string(stream), "inspect", "-f", "u32be")
	for _, args := range [][]string{{}, {"--rows", "3"}} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for b := stream; len(b) > 0; {
				n := min(len(b), 70_001)
				w.Write(b[:n])
				b = b[n:]
			}
			w.Close()
		}()
		out := tempFile(t, "")
		Run(testEnv(r, out, tempFile(t, "")).with(append([]string{"framecat", "inspect", "-f", "u32be"}, args...)))
		shown, _ := os.ReadFile(out.Name())
		if len(args) == 0 && string(shown) != whole {
			t.Errorf("%d bytes, in a file %d", len(shown), len(whole))
		}
		if want := "\n         … 1048532 more bytes\n1 frame, "; len(args) > 0 && (strings.Count(string(shown), "more byte") != 1 || !strings.Contains(string(shown), want)) {
			t.Errorf("%v:\n%.1000s", args, shown)
		}
	}
}

// After good frames, the command of the hint starts at the fault.
func TestFaultRows(t *testing.T) {
	noise := string(randomBytes(1 << 10))
	for _, row := range []struct{ args, stream, more, at string }{
		{"-f netstring", "3:abc,3:abcX" + noise, "774", "6"},
		{"-f netstring -s 6", "3:abc,3:abcX" + noise, "774", "6"},
		{"-f u16be", "\x00\x01a\x7f\x00" + noise, "770", "3"},
	} {
		out, _, _ := run(t, row.stream, append([]string{"inspect"}, strings.Fields(row.args)...)...)
		if want := "\n         … " + row.more + " more bytes\n         try: framecat inspect -s " + row.at + " "; !strings.Contains(out, want) {
			t.Errorf("%s: not %q\n%s", row.args, want, out)
		}
	}
}
