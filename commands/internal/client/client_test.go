package client

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A peer is a server for one connection, with u8 frames.
type peer struct {
	addr link.Address
	mu   sync.Mutex
	got  []string // what each of its reads returned
}

func (p *peer) seen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.got, "|")
}

// serve accepts one connection and answers it.
func serve(t *testing.T, answer func(p *peer, c *net.TCPConn)) *peer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &peer{addr: link.Address{Network: "tcp"}.Bound(l.Addr())}
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		answer(p, c.(*net.TCPConn))
	}()
	return p
}

// upper answers each message in upper case.
func upper(p *peer, c *net.TCPConn) {
	f, _ := framing.Parse("u8")
	r := framing.NewReader(c, f)
	for {
		m, err := r.Next()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.got = append(p.got, string(m.Payload))
		p.mu.Unlock()
		c.Write(append([]byte{byte(len(m.Payload))}, bytes.ToUpper(m.Payload)...))
	}
}

// deaf reads everything, and answers nothing.
func deaf(_ *peer, c *net.TCPConn) { io.Copy(io.Discard, c) }

// says answers the first bytes that come with the given bytes.
func says(text string) func(p *peer, c *net.TCPConn) {
	return func(_ *peer, c *net.TCPConn) {
		c.Read(make([]byte, 1))
		io.WriteString(c, text)
		c.CloseWrite()
		io.Copy(io.Discard, c)
	}
}

// A sent run has the result of a run.
type sent struct {
	out, errs bytes.Buffer
	status    int
	took      time.Duration
}

// sendU8 sends messages, which are separated by spaces, to a peer.
func sendU8(t *testing.T, p *peer, messages string, change func(o *Options), signals <-chan os.Signal) *sent {
	t.Helper()
	u8, err := framing.Parse("u8")
	if err != nil {
		t.Fatal(err)
	}
	s := new(sent)
	lines, _ := formats.Out("lines")
	r := &report.Reporter{W: &s.errs, Marks: report.NewStyle(false), Clear: func() {}}
	o := Options{
		Options: link.Options{Address: p.addr, Connect: 10 * time.Second},
		Codec:   pump.Codec{Theirs: u8, Ours: u8, OursFlag: "-f", In: formats.Raw(), Max: 1000},
		Expect:  -1, Linger: -1, Repeat: 1, To: formats.NewSink(lines, formats.Frames(u8), &s.out, r), Report: r,
		Source: func() (in []input.Input, f formats.Format, err error) {
			for _, m := range strings.Fields(messages) {
				in = append(in, input.Text(m))
			}
			return in, formats.Raw(), nil
		},
	}
	if change != nil {
		change(&o)
	}
	began := time.Now()
	err = Run(o, signals)
	s.took = time.Since(began)
	var f *report.Failure
	if errors.As(err, &f) {
		if s.status = f.Status; !f.Reported {
			s.errs.WriteString("returned: " + f.Text + "\n")
		}
	}
	return s
}

// A run sends messages, prints replies, and ends with the right status.
func TestSend(t *testing.T) {
	const ms = time.Millisecond
	const slow = 2 * time.Second // a limit that ends a run, but not before the replies have come
	for _, row := range []struct {
		name     string
		peer     func(p *peer, c *net.TCPConn)
		messages string
		change   func(o *Options)
		seen     string
		out      string
		status   int
		errs     string
	}{
		{"two messages", upper, "a bc", nil, "a|bc", "A\nBC\n", 0, ""},
		{"nothing", upper, "", nil, "", "", 0, ""},
		{"no reply", deaf, "a", nil, "", "", 0, ""},
		{"a reply without a question", says("\x02hi"), "a", nil, "", "hi\n", 0, ""},

		{"as many as expected", upper, "a b", func(o *Options) { o.Expect = 2 }, "a|b", "A\nB\n", 0, ""},
		{"fewer are enough", says("\x01A\x01B"), "a", func(o *Options) { o.Expect = 1 }, "", "A\n", 0, ""},
		{"none are expected", deaf, "a", func(o *Options) { o.Expect = 0 }, "", "", 0, ""},
		{"fewer came", says("\x01A"), "a b", func(o *Options) { o.Expect = 2 }, "", "A\n", report.StatusUnmet, ": 1 of 2 replies arrived"},
		{"fewer came in time", upper, "a", func(o *Options) { o.Expect, o.Linger = 2, slow }, "a", "A\n", report.StatusUnmet, ": 1 of 2 replies arrived"},

		{"a cut reply", says("\x01A\x05B"), "a", nil, "", "A\n", report.StatusTruncated, "frame 1 at byte 2"},
		{"a malformed reply", says("\x01A\xffB"), "a", func(o *Options) { o.Max = 200 }, "", "A\n", report.StatusMalformed, "frame 1 at byte 2"},
		{"half a reply in time", func(_ *peer, c *net.TCPConn) {
			c.Read(make([]byte, 1))
			io.WriteString(c, "\x01A\x05B")
			<-t.Context().Done()
		}, "a", func(o *Options) { o.Linger = slow }, "", "A\n", report.StatusTruncated, "frame 1 at byte 2: only 2 bytes arrived before --linger 2s passed"},

		{"one after the other", upper, "a b c", func(o *Options) { o.Lockstep = true }, "a|b|c", "A\nB\nC\n", 0, ""},
		{"one after the other, in pieces", upper, "ab c", func(o *Options) { o.Lockstep = true; o.Chunk, _ = link.ParseChunking("1") }, "ab|c", "AB\nC\n", 0, "5 bytes in 5 writes"},
		{"no reply to the first", deaf, "a b", func(o *Options) { o.Lockstep, o.Linger = true, 50*ms }, "", "", report.StatusIO, "no reply to message 0 within --linger 50ms"},
		{"the peer is gone before its reply", func(_ *peer, c *net.TCPConn) { c.Read(make([]byte, 9)) }, "a b", func(o *Options) { o.Lockstep = true }, "", "", report.StatusIO, "no reply to message 0: the peer closed the connection"},

		{"three times", upper, "a b", func(o *Options) { o.Repeat = 3 }, "a|b|a|b|a|b", "A\nB\nA\nB\nA\nB\n", 0, ""},
		{"for ever, of nothing", upper, "", func(o *Options) { o.Repeat = 0 }, "", "", 0, ""},
		{"for ever, until replies are enough", upper, "a", func(o *Options) { o.Repeat, o.Expect, o.Lockstep = 0, 3, true }, "a|a|a", "A\nA\nA\n", 0, ""},
		{"in chunks", upper, "abc de", func(o *Options) { o.Chunk, _ = link.ParseChunking("2") }, "abc|de", "ABC\nDE\n", 0, "7 bytes in 4 writes"},
		{"with statistics", upper, "a", func(o *Options) { o.Stats = true }, "a", "A\n", 0, "messages    1\nreplies     1\nsent        2 bytes in 1 write\nreceived    2 bytes\nround trip  p50 "},
		{"with statistics, no reply", deaf, "a", func(o *Options) { o.Stats = true }, "", "", 0, "round trip  no reply\n"},

		{"a message that does not fit", upper, "a " + strings.Repeat("x", 300), nil, "a", "A\n", report.StatusPayload, "message 1"},
		{"no input", upper, "", func(o *Options) {
			o.Source = func() ([]input.Input, formats.Format, error) { return nil, formats.Raw(), syscall.EIO }
		}, "", "", report.StatusIO, "standard input: input/output error"},
		{"--timeout", deaf, "a", func(o *Options) { o.Timeout, o.NoHalfClose = 50*ms, true }, "", "", report.StatusTimeout, "--timeout 50ms passed"},
		{"silence", deaf, "a", func(o *Options) { o.Deadlines.Idle, o.NoHalfClose = 50*ms, true }, "", "", report.StatusIO, "nothing was received or sent within --idle-timeout 50ms"},
		{"our side stays open", upper, "a", func(o *Options) { o.NoHalfClose, o.Linger = true, slow }, "a", "A\n", 0, ""},
		{"a full disk", upper, "a", func(o *Options) {
			raw, _ := formats.Out("raw")
			o.To = formats.NewSink(raw, formats.Frames(o.Theirs), fullDisk{}, o.Report)
		}, "a", "", report.StatusIO, "standard output: no space left on device"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := serve(t, row.peer)
			s := sendU8(t, p, row.messages, row.change, nil)
			if s.status != row.status || s.out.String() != row.out || p.seen() != row.seen {
				t.Errorf("status %d, printed %q, the peer got %q, %s; want %d, %q, %q", s.status, s.out.String(), p.seen(), s.errs.String(), row.status, row.out, row.seen)
			}
			if errs := s.errs.String(); !strings.Contains(errs, row.errs) || (errs == "") != (row.errs == "") {
				t.Errorf("stderr %q, want %q in it", errs, row.errs)
			}
		})
	}
}

// A bare answer of PostgreSQL carries no message. It is a reply, but lines do not show it.
func TestSendBareAnswers(t *testing.T) {
	t.Parallel()
	p := serve(t, func(p *peer, c *net.TCPConn) {
		for _, reply := range []string{"N", "S", "R\x00\x00\x00\x08\x00\x00\x00\x00"} {
			request := make([]byte, 8)
			if _, err := io.ReadFull(c, request); err != nil {
				return
			}
			p.mu.Lock()
			p.got = append(p.got, string(request[7:]))
			p.mu.Unlock()
			io.WriteString(c, reply)
		}
		c.Read(make([]byte, 1))
	})
	s := sendU8(t, p, "", func(o *Options) {
		postgres, _ := framing.Parse("postgres")
		o.Theirs, o.Ours, o.In = postgres, postgres, formats.Frames(postgres)
		o.Lockstep, o.Expect, o.Timeout = true, 3, 20*time.Second
		o.Source = func() ([]input.Input, formats.Format, error) {
			requests := "\x00\x00\x00\x08\x04\xd2\x16\x30" + "\x00\x00\x00\x08\x04\xd2\x16\x2f" + "\x00\x00\x00\x08\x00\x03\x00\x00"
			return []input.Input{input.Text(requests)}, o.In, nil
		}
	}, nil)
	if s.status != 0 || p.seen() != "0|/|\x00" || s.out.String() != "\x00\x00\x00\x00\n" {
		t.Errorf("status %d, printed %q, the peer got %q, %s", s.status, s.out.String(), p.seen(), s.errs.String())
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// With --rate, no message is sent before its time.
func TestSendRate(t *testing.T) {
	t.Parallel()
	s := sendU8(t, serve(t, upper), "a b c", func(o *Options) { o.Rate = 50 }, nil)
	if s.out.String() != "A\nB\nC\n" || s.took < 40*time.Millisecond {
		t.Errorf("printed %q after %s", s.out.String(), s.took)
	}
	s = sendU8(t, serve(t, upper), "a b", func(o *Options) { o.Rate, o.Timeout = 1e-300, 2*time.Second }, nil)
	if s.out.String() != "A\n" || s.status != report.StatusTimeout {
		t.Errorf("once in a long time: printed %q, status %d", s.out.String(), s.status)
	}
}

// A signal ends the run, both while it connects and later.
func TestSendSignal(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal, 1)
	time.AfterFunc(50*time.Millisecond, func() { signals <- syscall.SIGINT })
	if s := sendU8(t, serve(t, deaf), "a", func(o *Options) { o.NoHalfClose = true }, signals); s.status != 130 {
		t.Errorf("status %d", s.status)
	}
	port1 := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} // nothing else takes this port
	gone := &peer{addr: link.Address{Network: "tcp"}.Bound(port1)}
	if s := sendU8(t, gone, "a", nil, nil); s.status != report.StatusIO || !strings.HasSuffix(s.errs.String(), gone.addr.String()+": connection refused\n") {
		t.Errorf("nobody listens: status %d, %s", s.status, s.errs.String())
	}
	time.AfterFunc(50*time.Millisecond, func() { signals <- syscall.SIGTERM })
	if s := sendU8(t, gone, "a", func(o *Options) { o.Retry = time.Hour }, signals); s.status != 143 {
		t.Errorf("while it connects: status %d", s.status)
	}
	if s := sendU8(t, gone, "a", func(o *Options) { o.Retry, o.Timeout = time.Hour, 50*time.Millisecond }, nil); s.status != report.StatusTimeout {
		t.Errorf("while it connects, --timeout: status %d", s.status)
	}
}

// If standard input is a terminal, the run ends when the peer closes, before the input ends.
func TestSendTyping(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	p := serve(t, func(_ *peer, c *net.TCPConn) { c.Read(make([]byte, 2)) })
	io.WriteString(w, "a\n")
	s := sendU8(t, p, "", func(o *Options) {
		in, _ := formats.In("lines")
		o.Typing, o.Streams = true, true
		o.Source = func() ([]input.Input, formats.Format, error) { return input.Files(nil, r, 0, -1), in, nil }
	}, nil)
	if s.status != 0 || s.errs.String() != "framecat: "+p.addr.String()+": the peer closed the connection\n" {
		t.Errorf("status %d, %s", s.status, s.errs.String())
	}
}
