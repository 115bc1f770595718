package report

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// newTest returns a Reporter without colours, and a buffer with what it prints.
func newTest() (*Reporter, *strings.Builder) {
	var b strings.Builder
	return &Reporter{W: &b, Marks: NewStyle(false), Clear: func() {}}, &b
}

// A failure is printed as a line that begins with the name of the input, and one line per hint.
// It cannot control a terminal; only line breaks of the program itself are kept.
func TestFail(t *testing.T) {
	for _, row := range []struct {
		name, source string
		f            Failure
		want         string
	}{
		{"", "", Failure{Text: "bad"}, "framecat: bad\n"},
		{"in.bin", "", Failure{Text: "bad"}, "framecat: in.bin: bad\n"},
		{"", "conn 1", Failure{Text: "bad"}, "framecat: conn 1: bad\n"},
		{"in.bin", "conn 1", Failure{Text: "bad"}, "framecat: in.bin: bad\n"},
		{"", "", Failure{Text: "bad", Hints: []string{"try this", "or that"}}, "framecat: bad\nframecat: hint: try this\nframecat: hint: or that\n"},
		{"", "", Failure{Text: "bad:\n    u8:x\n       ^"}, "framecat: bad:\n    u8:x\n       ^\n"},
		{"a\nb", "", Failure{Text: "bad"}, "framecat: a\\nb: bad\n"},
		{"\x1b]0;a", "", Failure{Text: "\x1b[2J", Hints: []string{"\u202e"}}, `framecat: \x1b]0;a: \x1b[2J` + "\n" + `framecat: hint: \u202e` + "\n"},
	} {
		r, printed := newTest()
		if row.source != "" {
			r.Source = func() string { return row.source }
		}
		r.Fail(row.name, &row.f)
		if printed.String() != row.want {
			t.Errorf("%q, %+v: printed %q, want %q", row.name, row.f, printed, row.want)
		}
	}
}

// The status is that of the first failure.
func TestStatus(t *testing.T) {
	r, printed := newTest()
	if err := r.Done(); err != nil {
		t.Errorf("without a failure: %v", err)
	}
	r.Fail("a", &Failure{Status: StatusTruncated, Text: "first"})
	r.Fail("b", &Failure{Status: StatusIO, Text: "second"})
	var f *Failure
	if err := r.Done(); !errors.As(err, &f) || f.Status != StatusTruncated || !f.Reported {
		t.Errorf("%+v, want status %d, reported", f, StatusTruncated)
	}
	if want := "framecat: a: first\nframecat: b: second\n"; printed.String() != want {
		t.Errorf("printed %q, want %q", printed, want)
	}
}

// A failure that is shown elsewhere gives the status, and its hints are printed.
func TestFailed(t *testing.T) {
	r, printed := newTest()
	r.Failed(&Failure{Status: StatusTruncated, Text: "seen already", Hints: []string{"try this"}})
	r.Failed(&Failure{Status: StatusIO, Text: "later"})
	if want := "framecat: hint: try this\n"; printed.String() != want || r.Status != StatusTruncated {
		t.Errorf("printed %q, status %d; want %q, %d", printed, r.Status, want, StatusTruncated)
	}
}

// A fork prints as its parent does; its failures do not change the status of the parent.
func TestFork(t *testing.T) {
	r, printed := newTest()
	r.Quiet = true
	r.Fail("", &Failure{Status: StatusIO, Text: "before"})
	own := r.Fork()
	if own.Status != 0 {
		t.Errorf("a fork begins with status %d", own.Status)
	}
	own.Source = func() string { return "conn 2" }
	own.Fail("", &Failure{Status: StatusMalformed, Text: "inside"})
	own.Note("not with --quiet")
	r.Fail("", &Failure{Status: StatusMalformed, Text: "after"})
	if r.Status != StatusIO || own.Status != StatusMalformed {
		t.Errorf("statuses %d and %d, want %d and %d", r.Status, own.Status, StatusIO, StatusMalformed)
	}
	if want := "framecat: before\nframecat: conn 2: inside\nframecat: after\n"; printed.String() != want {
		t.Errorf("printed %q, want %q", printed, want)
	}
}

// -v and -q decide what is printed besides failures.
func TestNotes(t *testing.T) {
	for _, row := range []struct {
		quiet, verbose bool
		want           string
	}{
		{false, false, "warning note"},
		{false, true, "warning note detail"},
		{true, false, "warning"},
		{true, true, "warning"},
	} {
		r, printed := newTest()
		r.Quiet, r.Verbose = row.quiet, row.verbose
		r.Warn("warning")
		r.Note("%s", "note")
		r.Detail("%s", "detail")
		if got := strings.Join(strings.Fields(strings.ReplaceAll(printed.String(), "framecat:", "")), " "); got != row.want {
			t.Errorf("quiet %t, verbose %t: %s, want %s", row.quiet, row.verbose, got, row.want)
		}
	}
}

// A note is one line, whatever names it has. It cannot control a terminal.
func TestNotesAreLines(t *testing.T) {
	r, printed := newTest()
	r.Verbose = true
	r.Note("%s: note", "a\nb")
	r.Detail("%s: detail", "\x1b[2J\n")
	r.NoteWith([]string{"try\nthis"}, "%s: note", "a\nb")
	r.Warn("a\nb")
	if want := `framecat: a\nb: note` + "\n" + `framecat: \x1b[2J\n: detail` + "\n" + `framecat: a\nb: note` + "\nframecat: hint: try\nthis\n" + `framecat: a\nb` + "\n"; printed.String() != want {
		t.Errorf("printed %q, want %q", printed, want)
	}
}

// A progress line is removed before anything else is printed.
func TestClear(t *testing.T) {
	r, printed := newTest()
	r.Clear = func() { printed.WriteString("<clear>") }
	r.Note("a")
	r.Fail("", &Failure{Text: "b", Hints: []string{"c"}})
	r.Failed(&Failure{Hints: []string{"d"}})
	if want := "<clear>framecat: a\n<clear>framecat: b\nframecat: hint: c\n<clear>framecat: hint: d\n"; printed.String() != want {
		t.Errorf("printed %q, want %q", printed, want)
	}
}

// Colours depend first on the flag, then on NO_COLOR, then on CLICOLOR_FORCE, then on the
// stream.
func TestColored(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, row := range []struct {
		flag, env string
		want      bool
	}{
		{"auto", "", false}, // the stream is not a terminal
		{"always", "", true},
		{"always", "NO_COLOR=1", true},
		{"never", "CLICOLOR_FORCE=1", false},
		{"auto", "CLICOLOR_FORCE=1", true},
		{"auto", "CLICOLOR_FORCE=0", false},
		{"auto", "CLICOLOR_FORCE=1 NO_COLOR=1", false},
		{"auto", "CLICOLOR_FORCE=1 TERM=dumb", true},
	} {
		getenv := func(name string) string {
			for _, v := range strings.Fields(row.env) {
				if key, value, _ := strings.Cut(v, "="); key == name {
					return value
				}
			}
			return ""
		}
		s := System{Stdout: file, Stderr: file, Getenv: getenv}
		if got := s.Colored(file, row.flag); got != row.want {
			t.Errorf("--color %s, %s: coloured %t, want %t", row.flag, row.env, got, row.want)
		}
		r := New(s, row.flag)
		r.Fail("", &Failure{Text: "bad"})
	}
	printed, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(printed), "\x1b[31;1mframecat:\x1b["); n != 4 {
		t.Errorf("%d of the marks are red, want 4: %q", n, printed)
	}
}

// A run that --timeout or a signal ends has the status that shells expect.
func TestEnds(t *testing.T) {
	for _, row := range []struct {
		err    *Failure
		status int
		text   string
	}{
		{TimedOut(1500 * time.Millisecond), 124, "--timeout 1.5s passed"},
		{Interrupted(syscall.SIGINT), 130, ""},
		{Interrupted(syscall.SIGTERM), 143, ""},
	} {
		if row.err.Status != row.status || row.err.Error() != row.text || row.err.Reported != (row.text == "") {
			t.Errorf("%+v, want status %d, %q", row.err, row.status, row.text)
		}
	}
}

// It is a failure if help cannot be printed.
func TestPrint(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	s := System{Stdout: out}
	if err := s.Print("help\n"); err != nil {
		t.Error(err)
	}
	out.Seek(0, io.SeekStart)
	if got, _ := io.ReadAll(out); string(got) != "help\n" {
		t.Errorf("printed %q", got)
	}
	out.Close()
	var f *Failure
	if err := s.Print("help\n"); !errors.As(err, &f) || f.Status != StatusIO || !strings.HasPrefix(f.Text, "standard output: ") {
		t.Errorf("to a closed file: %v", err)
	}
}

// A status line replaces the one before. Clear removes it once.
func TestStatusLine(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	synctest.Test(t, func(t *testing.T) {
		l := NewStatusLine(out)
		l.Clear() // nothing was shown
		l.Show("while other output follows")
		time.Sleep(hold)
		l.Show("10 messages")
		l.Show("20 messages")
		l.Clear()
		l.Clear()
		time.Sleep(hold)
		l.Show("30 messages")
		l.Close()
		time.Sleep(hold)
		l.Show("after the end")
	})
	got, err := os.ReadFile(out.Name())
	if want := "\r\x1b[K10 messages\r\x1b[K20 messages\r\x1b[K\r\x1b[K30 messages\r\x1b[K"; err != nil || string(got) != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}
