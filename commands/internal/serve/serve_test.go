//go:build unix

package serve

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// patience is how long a test waits at most for something that must happen.
const patience = 20 * time.Second

// A shared buffer is written to by the server and read by the test.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// A served run is a server that listens on loopback, with u8 frames.
type served struct {
	t         *testing.T
	out, errs shared
	addr      string
	signals   chan os.Signal
	ended     chan error
}

// serveU8 starts a server. Change may change its options.
func serveU8(t *testing.T, change func(o *Options)) *served {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, addr: l.Addr().String(), signals: make(chan os.Signal, 2), ended: make(chan error, 1)}
	u8, err := framing.Parse("u8")
	if err != nil {
		t.Fatal(err)
	}
	lines, _ := formats.Out("lines")
	in, _ := formats.In("lines")
	r := &report.Reporter{W: &s.errs, Marks: report.NewStyle(false), Clear: func() {}}
	o := Options{
		Listener: l, MaxConns: 100, Count: pump.NoLimit, Report: r, Linger: 5 * time.Second, ExecIn: lines,
		Codec: pump.Codec{Theirs: u8, Ours: u8, OursFlag: "-f", In: in, Max: 200},
		To:    formats.NewSink(lines, formats.Frames(u8), &s.out, r),
		Stdin: textFile(t, ""), Stderr: os.Stderr,
	}
	if change != nil {
		change(&o)
	}
	go func() { s.ended <- Run(o, s.signals, link.Alarm(o.Timeout)) }()
	t.Cleanup(func() { l.Close() })
	return s
}

func textFile(t *testing.T, text string) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// dial connects to the server.
func (s *served) dial() *net.TCPConn {
	s.t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

// ask sends bytes, closes its side, and returns all bytes that come back.
func (s *served) ask(text string) string {
	s.t.Helper()
	c := s.dial()
	io.WriteString(c, text)
	c.CloseWrite()
	var b bytes.Buffer
	io.Copy(&b, c)
	c.Close()
	return b.String()
}

// status waits for the end of the server and returns its status.
func (s *served) status() int {
	s.t.Helper()
	select {
	case err := <-s.ended:
		var f *report.Failure
		if errors.As(err, &f) {
			return f.Status
		}
		return 0
	case <-time.After(patience):
		s.t.Fatal("the server does not end")
		return 0
	}
}

func (s *served) stop() int {
	s.t.Helper()
	s.signals <- syscall.SIGTERM
	return s.status()
}

// eventually waits until ok returns true, because of the server.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s did not come about", what)
}

// The only connection decides the status of the run. Its messages are printed and answered.
func TestServeOne(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(o *Options)
		sends  string
		reply  string
		out    string
		status int
		errs   string
	}{
		{"nothing", nil, "", "", "", 0, ""},
		{"two messages", nil, "\x01a\x02bc", "", "a\nbc\n", 0, ""},
		{"a cut one", nil, "\x01a\x05bc", "", "a\n", report.StatusTruncated, "conn 1 127.0.0.1:"},
		{"one over the limit", nil, "\x01a\xffbc", "", "a\n", report.StatusMalformed, "frame 1 at byte 2"},
		{"a message with LF", nil, "\x01a\x01\n\x01b", "", "a\n", report.StatusPayload, "message 1 at byte 2"},
		{"as many as are wanted", func(o *Options) { o.Count = 1 }, "\x01a\x01b", "", "a\n", 0, ""},
		{"none are wanted", func(o *Options) { o.Count = 0 }, "\x01a", "", "", 0, ""},
		{"quiet", func(o *Options) { o.Report.Quiet = true }, "\x01a", "", "", 0, ""},
		{"an echo", func(o *Options) { o.Echo = true }, "\x01a\x02bc", "\x01a\x02bc", "a\nbc\n", 0, ""},
		{"an echo of a cut one", func(o *Options) { o.Echo = true }, "\x01a\x05bc", "\x01a", "a\n", report.StatusTruncated, "frame 1 at byte 2"},
		{"an echo of as many as are wanted", func(o *Options) { o.Echo, o.Count = true, 1 }, "\x01a\x01b", "\x01a", "a\n", 0, ""},
		{"from standard input", func(o *Options) { o.Stdin = textFile(t, "x\ny\n") }, "\x01a", "\x01x\x01y", "a\n", 0, ""},
		{"from a bad standard input", func(o *Options) { o.In, _ = formats.In("hex"); o.Stdin = textFile(t, "78\nzz\n") }, "\x01a", "\x01x", "a\n", report.StatusMalformed, "message 1"},
		{"from a process", func(o *Options) { o.Exec = "tr a-y b-z" }, "\x01a\x02bc", "\x01b\x02cd", "a\nbc\n", 0, ""},
		{"from a process that fails", func(o *Options) { o.Exec = "cat >/dev/null; exit 3" }, "\x01a", "", "a\n", 0, "--exec: exit status 3"},
		{"from a process whose output is none", func(o *Options) { o.In, _ = formats.In("hex"); o.Exec = "cat >/dev/null; echo zz" }, "\x01a", "", "a\n", report.StatusMalformed, ": --exec: message 0"},
		{"from a process that stays silent", func(o *Options) { o.Exec, o.Linger = "cat >/dev/null; sleep 60", 50*time.Millisecond }, "\x01a", "", "a\n", report.StatusIO, "without output (--linger)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serveU8(t, row.change)
			reply := ""
			if row.name != "none are wanted" { // with -n 0 the server does not wait for a connection
				reply = s.ask(row.sends)
			}
			if status := s.status(); status != row.status || reply != row.reply || s.out.String() != row.out {
				t.Errorf("status %d, reply %q, printed %q, %s; want %d, %q, %q", status, reply, s.out.String(), s.errs.String(), row.status, row.reply, row.out)
			}
			if errs := s.errs.String(); !strings.Contains(errs, row.errs) || (errs == "") != (row.errs == "") {
				t.Errorf("stderr %q, want %q in it", errs, row.errs)
			}
		})
	}
}

// Many connections are served at once. An error of one does not end the others or the run.
func TestServeMany(t *testing.T) {
	t.Parallel()
	s := serveU8(t, func(o *Options) { o.KeepOpen, o.Echo, o.MaxConns = true, true, 3 })
	open := s.dial()
	io.WriteString(open, "\x02hi")
	if b := make([]byte, 3); true {
		if _, err := io.ReadFull(open, b); err != nil || string(b) != "\x02hi" {
			t.Errorf("%q came back, %v", b, err)
		}
	}
	for sends, want := range map[string]string{"\x01a\x01b": "\x01a\x01b", "\x01c\xffno": "\x01c", "\x01d\x05cut": "\x01d", "": ""} {
		if got := s.ask(sends); got != want {
			t.Errorf("%q was answered with %q, want %q", sends, got, want)
		}
	}
	io.WriteString(open, "\x05still")
	if b := make([]byte, 6); true {
		if _, err := io.ReadFull(open, b); err != nil || string(b) != "\x05still" {
			t.Errorf("%q came back, %v", b, err)
		}
	}
	if status := s.stop(); status != 0 {
		t.Errorf("status %d, %s", status, s.errs.String())
	}
	for _, line := range []string{"hi\n", "a\nb\n", "c\n", "d\n", "still\n"} {
		if !strings.Contains(s.out.String(), line) {
			t.Errorf("no %q in %q", line, s.out.String())
		}
	}
	if n := strings.Count(s.errs.String(), "frame 1 at byte 2"); n != 2 {
		t.Errorf("%d bad frames are reported, want 2: %s", n, s.errs.String())
	}
	if _, err := net.Dial("tcp", s.addr); err == nil {
		t.Error("it still accepts connections")
	}
}

// Connections over --max-conns wait, and are served later.
func TestServeMaxConns(t *testing.T) {
	t.Parallel()
	s := serveU8(t, func(o *Options) { o.KeepOpen, o.Echo, o.MaxConns = true, true, 1 })
	first, second := s.dial(), s.dial()
	io.WriteString(first, "\x01a")
	io.ReadFull(first, make([]byte, 2))
	io.WriteString(second, "\x01b")
	second.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if n, err := second.Read(make([]byte, 2)); err == nil {
		t.Errorf("the second connection was served: %d bytes", n)
	}
	first.Close()
	second.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.ReadFull(second, make([]byte, 2)); err != nil {
		t.Error("it is not served when there is room:", err)
	}
	s.stop()
}

// A signal, --timeout or --connect-timeout ends the run.
func TestServeEnds(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(o *Options)
		does   func(s *served)
		status int
		errs   string
	}{
		{"nobody connects", func(o *Options) { o.Connect = 50 * time.Millisecond }, nil, report.StatusIO, ""},
		{"nobody connects, --timeout", func(o *Options) { o.Timeout = 50 * time.Millisecond }, nil, report.StatusTimeout, ""},
		{"a signal", nil, func(s *served) { s.signals <- syscall.SIGTERM }, 0, ""},
		{"a signal while one sends", func(o *Options) { o.KeepOpen = true }, func(s *served) {
			c := s.dial()
			io.WriteString(c, "\x01a\x05b")
			eventually(s.t, "the message", func() bool { return s.out.String() == "a\n" })
			s.signals <- syscall.SIGTERM
		}, 0, ""},
		{"--timeout while one sends", func(o *Options) { o.Timeout = 2 * time.Second }, func(s *served) { s.dial() }, report.StatusTimeout, ""},
		{"a second signal", func(o *Options) { o.Exec, o.Linger = "trap '' TERM; while :; do sleep 1; done", time.Hour }, func(s *served) {
			c := s.dial()
			io.WriteString(c, "\x01a")
			eventually(s.t, "the message", func() bool { return s.out.String() == "a\n" })
			s.signals <- syscall.SIGTERM
			s.signals <- syscall.SIGINT
		}, 128 + int(syscall.SIGINT), ""},
		{"a full disk", func(o *Options) {
			raw, _ := formats.Out("raw")
			o.KeepOpen, o.Echo = true, true
			o.To = formats.NewSink(raw, formats.Frames(o.Theirs), fullDisk{}, o.Report)
		}, func(s *served) {
			if got := s.ask("\x01a"); got != "" {
				s.t.Errorf("%q was answered, and could not be written", got)
			}
		}, report.StatusIO, "framecat: standard output: no space left on device\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serveU8(t, row.change)
			if row.does != nil {
				row.does(s)
			}
			if status := s.status(); status != row.status || s.errs.String() != row.errs {
				t.Errorf("status %d, %q; want %d, %q", status, s.errs.String(), row.status, row.errs)
			}
		})
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }
