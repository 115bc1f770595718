package client

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A pipeConn is an end of a net.Pipe whose Read fails after Close as that of a socket does.
type pipeConn struct{ net.Conn }

func (p pipeConn) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if err == io.ErrClosedPipe {
		err = net.ErrClosed
	}
	return n, err
}

// A lockedBuffer is a buffer to which several goroutines write, as they do to stderr.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// exchangeFor runs an exchange with a peer for a time of the clock of the bubble, and returns what
// was printed on stderr.
func exchangeFor(t *testing.T, limit time.Duration, peer func(c net.Conn), change func(o *Options)) string {
	t.Helper()
	u8, err := framing.Parse("u8")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	var errs lockedBuffer
	lines, _ := formats.Out("lines")
	r := &report.Reporter{W: &errs, Marks: report.NewStyle(false), Clear: func() {}}
	o := Options{
		Codec:  pump.Codec{Theirs: u8, Ours: u8, OursFlag: "-f", In: formats.Raw(), Advice: hint.Advice{Peer: true}},
		Expect: -1, Linger: -1, Repeat: 1, To: formats.NewSink(lines, formats.Frames(u8), &out, r), Report: r,
		Source: func() ([]input.Input, formats.Format, error) {
			return []input.Input{input.Text("a"), input.Text("b")}, formats.Raw(), nil
		},
	}
	change(&o)
	ours, theirs := net.Pipe()
	over := make(chan struct{})
	go func() {
		defer close(over)
		peer(theirs)
	}()
	c := newClient(o)
	c.conn = link.NewConn(pipeConn{ours}, 1, "peer", &c.Options.Options)
	c.exchange(nil, time.After(limit))
	theirs.Close()
	<-over
	return errs.String()
}

// After 2 s of silence, a run reports once for each wait which reply it waits for.
func TestWaiting(t *testing.T) {
	silent := func(c net.Conn) { io.Copy(io.Discard, c) }
	sends := func(text string) func(c net.Conn) {
		return func(c net.Conn) {
			go io.WriteString(c, text)
			io.Copy(io.Discard, c)
		}
	}
	verbose := func(o *Options) { o.NoHalfClose, o.Report.Verbose = true, true }
	const (
		toEnd       = "framecat: hint: the peer keeps the connection open: to end, press Ctrl-C; with --linger 1s, send ends by itself\n"
		okHint      = "framecat: hint: the bytes that came are \"ok\\n\", a line of text: try -f lines\n"
		zeroReplies = "framecat: peer: sent 2 messages, received 0 replies (0 bytes): --timeout 0s passed\n" +
			"framecat: hint: the peer may expect another framing than u8; set it with -f\n"
	)
	expect := func(n int64) func(o *Options) { return func(o *Options) { o.Expect = n } }
	for _, row := range []struct {
		name   string
		limit  time.Duration
		peer   func(c net.Conn)
		change func(o *Options)
		want   string
	}{
		{"not yet", 1900 * time.Millisecond, silent, expect(2), ""},
		{"only once", time.Hour, silent, expect(2), "framecat: waiting for reply 1 of 2 from peer; no byte of it has arrived\n"},
		{"the second", 3 * time.Second, sends("\x01A"), expect(2), "framecat: waiting for reply 2 of 2 from peer; no byte of it has arrived\n"},
		{"a part of the second", 3 * time.Second, sends("\x01A\x05B"), expect(2), "framecat: waiting for reply 2 of 2 from peer; 2 of 6 bytes of it have arrived\n"},
		{"another framing", 3 * time.Second, sends("ok\n"), expect(1), "framecat: waiting for reply 1 of 1 from peer; 3 of 112 bytes of it have arrived\n" +
			"framecat: hint: the bytes that came are \"ok\\n\", a line of text: try -f lines\n"},
		{"none is expected", 3 * time.Second, silent, func(o *Options) { o.NoHalfClose = true }, ""},
		{"the end of the connection", time.Hour, silent, verbose, "framecat: waiting for reply 1 from peer; no byte of it has arrived\n" + toEnd + zeroReplies},
		{"more replies", time.Hour, sends("\x01A"), verbose, "framecat: waiting for reply 2 from peer; no byte of it has arrived\n" + toEnd},
		{"a part of a reply", 3 * time.Second, sends("ok\n"), verbose, "framecat: waiting for reply 1 from peer; 3 of 112 bytes of it have arrived\n" + okHint + toEnd +
			"framecat: peer: sent 2 messages, received 0 replies (3 bytes): --timeout 0s passed\n" + okHint},
		{"the end of the connection, -q", time.Hour, silent, func(o *Options) { verbose(o); o.Report.Quiet = true }, ""},
		{"no framing yet", time.Hour, sends("ok\n"), func(o *Options) {
			o.Expect, o.Adapt = 1, func(spec string) (Reply, error) { return Reply{}, errors.New("found " + spec) }
		}, "framecat: waiting for reply 1 of 1 from peer; 3 bytes of it have arrived\n" +
			"framecat: hint: the bytes that came are \"ok\\n\"\nframecat: hint: set the framing with --reply-framing; for a list of framings, run framecat framings\n"},
		{"-q", 3 * time.Second, silent, func(o *Options) { o.Expect, o.Report.Quiet = 1, true }, ""},
		{"bytes come all the time", 9 * time.Second, func(c net.Conn) {
			go io.Copy(io.Discard, c)
			for _, err := io.WriteString(c, "\xff"); err == nil; _, err = io.WriteString(c, "x") {
				time.Sleep(time.Second)
			}
		}, expect(1), ""},
		{"--lockstep", 3 * time.Second, silent, func(o *Options) { o.Lockstep = true }, "framecat: waiting for the reply to message 0 from peer; no byte of it has arrived\n"},
		{"--lockstep, each wait", time.Hour, func(c net.Conn) {
			for b := make([]byte, 2); ; {
				if _, err := io.ReadFull(c, b); err != nil {
					return
				}
				time.Sleep(3 * time.Second)
				io.WriteString(c, "\x01A")
			}
		}, func(o *Options) { o.Lockstep, o.Expect = true, 2 }, "framecat: waiting for the reply to message 0 from peer; no byte of it has arrived\n" +
			"framecat: waiting for the reply to message 1 from peer; no byte of it has arrived\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := exchangeFor(t, row.limit, row.peer, row.change); got != row.want {
					t.Errorf("printed\n%swant\n%s", got, row.want)
				}
			})
		})
	}
}

// A run whose stderr a person reads reports that no reply came, and how it ended.
func TestNoReply(t *testing.T) {
	const sent = "framecat: peer: sent 2 messages, received 0 replies "
	other := "framecat: hint: the peer may expect another framing than u8; set it with -f\n"
	ends := func(text string) func(c net.Conn) {
		return func(c net.Conn) {
			c.Read(make([]byte, 9))
			c.Read(make([]byte, 9))
			io.WriteString(c, text)
			c.Close()
		}
	}
	silent := func(c net.Conn) { io.Copy(io.Discard, c) }
	for _, row := range []struct {
		name   string
		peer   func(c net.Conn)
		change func(o *Options)
		want   string
	}{
		{"the peer closes", ends(""), func(*Options) {}, sent + "(0 bytes): the peer closed the connection after 0s\n" +
			"framecat: hint: the peer may expect another framing than u8, or drop its replies when our side closes: try --expect 1\n"},
		{"the peer closes, our side stays open", ends(""), func(o *Options) { o.NoHalfClose = true }, sent + "(0 bytes): the peer closed the connection after 0s\n" + other},
		{"the framing was assumed", ends(""), func(o *Options) { o.NoHalfClose, o.Advice.Assumed = true, "u8" }, sent + "(0 bytes): the peer closed the connection after 0s\n" + other +
			"framecat: hint: no framing was given, so u8 was assumed\n"},
		{"a part of a frame", ends("\x05ab"), func(*Options) {}, "framecat: peer: frame 0 at byte 0: the stream ends after 3 of 6 bytes\n" +
			"framecat: hint: the bytes that came are 05 61 62\n" + sent + "(3 bytes): the peer closed the connection inside a frame of u8\n"},
		{"no frame", ends("HTTP/1.1 400 Bad Request\r\n\r\n"), func(o *Options) { o.Max = 50 }, "framecat: peer: frame 0 at byte 0: length 72 is over --max-frame 50\n" +
			"framecat: hint: the stream begins with \"HTTP\": the peer speaks HTTP; try -f http\n" + sent + "(28 bytes): what arrived is not a frame of u8\n"},
		{"--linger", silent, func(o *Options) { o.Linger = 3 * time.Second }, sent + "(0 bytes): --linger 3s passed\n" + other},
		{"--timeout", silent, func(o *Options) { o.NoHalfClose, o.Timeout = true, time.Minute }, sent + "(0 bytes): --timeout 1m0s passed\n" + other},
		{"--timeout, a part of a frame", func(c net.Conn) {
			go io.WriteString(c, "ok\n")
			silent(c)
		}, func(o *Options) { o.NoHalfClose, o.Timeout = true, time.Minute }, sent + "(3 bytes): --timeout 1m0s passed\n" +
			"framecat: hint: the bytes that came are \"ok\\n\", a line of text: try -f lines\n"},
		{"no reply is wanted", silent, func(o *Options) { o.Expect = 0 }, ""},
		{"a reply", ends("\x01A"), func(*Options) {}, ""},
		{"nobody reads stderr", ends(""), func(o *Options) { o.Report.Verbose = false }, ""},
		{"-q", ends(""), func(o *Options) { o.Report.Quiet = true }, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := exchangeFor(t, time.Minute, row.peer, func(o *Options) {
					o.Report.Verbose = true
					row.change(o)
				})
				if got = strings.Replace(got, "framecat: peer: --timeout 1m0s passed\n", "", 1); got != row.want {
					t.Errorf("printed\n%swant\n%s", got, row.want)
				}
			})
		})
	}
}
