package pump

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// An events is a log of writes and flushes, in order.
type events struct{ all []string }

// to returns a writer that logs each write under a name. Of a long text it logs the length.
func (e *events) to(name string) io.Writer { return eventWriter{e, name} }

type eventWriter struct {
	log  *events
	name string
}

func (w eventWriter) Write(p []byte) (int, error) {
	text := fmt.Sprintf("%q", p)
	if len(p) > 40 {
		text = fmt.Sprint(len(p))
	}
	w.log.all = append(w.log.all, w.name+" "+text)
	return len(p), nil
}

// A scriptedConn is a connection whose peer sends a text and nothing more. Writes to the peer
// go to a log.
type scriptedConn struct {
	net.Conn // nil; its other methods are not called
	sends    io.Reader
	gets     io.Writer
}

func (c scriptedConn) Read(p []byte) (int, error)  { return c.sends.Read(p) }
func (c scriptedConn) Write(p []byte) (int, error) { return c.gets.Write(p) }

func peerOf(sends string, gets io.Writer) *link.Conn {
	c := link.NewConn(scriptedConn{sends: strings.NewReader(sends), gets: gets}, 1, "peer", new(link.Options))
	c.Blocks = true
	return c
}

// A reception has what one connection printed and answered.
type reception struct {
	Codec
	out   formats.Sink
	count int64
	echo  bool
	alone bool
	where *FrameTest
	log   events // of the answers
}

// receive receives what a peer sends.
func (x *reception) receive(sends string) (o *Output, errs string, status int) {
	var printed bytes.Buffer
	r := &report.Reporter{W: &printed, Marks: report.NewStyle(false), Clear: func() {}}
	c := peerOf(sends, x.log.to("answer"))
	o = NewOutput(x.out, x.count, false)
	s := &ConnSink{From: c, Out: o, Wanted: x.where}
	if x.echo {
		s.Back = x.Frames(formats.Frames(x.Theirs), Answer{o, c}, r)
	}
	to := formats.Sink(s)
	if x.alone {
		to = OnlyConn(s)
	}
	in := x.Incoming(to, r)
	err := in.Receive(c, in.NewReader(c))
	var f *report.Failure
	if errors.As(err, &f) {
		status = f.Status
	}
	return o, printed.String(), status
}

// printing returns a sink of a format.
func printing(t *testing.T, out string, from framing.Framing, dst io.Writer) formats.Sink {
	t.Helper()
	format, err := formats.Out(out)
	if err != nil {
		t.Fatal(err)
	}
	return formats.NewSink(format, formats.Frames(from), dst, plainReport())
}

func plainReport() *report.Reporter {
	return &report.Reporter{W: io.Discard, Marks: report.NewStyle(false), Clear: func() {}}
}

// A message is printed before it is answered. A message that is not printed is not answered.
func TestReceive(t *testing.T) {
	for _, row := range []struct {
		name, theirs, ours string
		count              int64
		sends              string
		log                string
		status             int
		errs               string
	}{
		{"two messages", "u8", "u8", NoLimit, "\x01a\x02bc", `print "a\nbc\n"; answer "\x01a\x02bc"`, 0, ""},
		{"more than are wanted", "u8", "u8", 1, "\x01a\x02bc", `print "a\n"; answer "\x01a"`, 0, ""},
		{"nothing", "u8", "u8", NoLimit, "", "", 0, ""},
		{"a frame that is cut", "u8", "u8", NoLimit, "\x01a\x05bc", `print "a\n"; answer "\x01a"`, report.StatusTruncated, "frame 1 at byte 2"},
		{"a message with LF", "u8", "u8", NoLimit, "\x01a\x02b\n\x01c", `print "a\n"; answer "\x01a"`, report.StatusPayload, "message 1 at byte 2"},
		{"a message that no reply can carry", "netstring", "nul", NoLimit, "1:a,2:b\x00,1:c,", `print "a\nb\x00\nc\n"; answer "a\x00"`, report.StatusPayload, "message 1 at byte 4"},
		{"another framing of replies", "u8", "netstring", NoLimit, "\x01a\x02bc", `print "a\nbc\n"; answer "1:a,2:bc,"`, 0, ""},
		{"frames without a message", "http2", "http2", NoLimit, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x02\x00\x00\x00\x00\x00\x01hi",
			`print "hi\n"; answer "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x02\x00\x00\x00\x00\x00\x01hi"`, 0, ""},
	} {
		theirs, _ := parse(t, row.theirs)
		ours, _ := parse(t, row.ours)
		x := &reception{Codec: Codec{Theirs: theirs, Ours: ours, OursFlag: "-f", In: formats.Raw()}, count: row.count, echo: true}
		x.out = printing(t, "lines", theirs, x.log.to("print"))
		_, errs, status := x.receive(row.sends)
		if log := strings.Join(x.log.all, "; "); log != row.log || status != row.status {
			t.Errorf("%s: %s, status %d, %s; want %s, status %d", row.name, log, status, errs, row.log, row.status)
		}
		if !strings.Contains(errs, row.errs) || (errs == "") != (row.errs == "") {
			t.Errorf("%s: printed %q, want %q in it", row.name, errs, row.errs)
		}
	}
}

// The error for a reply that does not fit names the flag that set the framing of replies.
func TestReceiveUnfitReply(t *testing.T) {
	theirs, _ := parse(t, "u16be")
	ours, _ := parse(t, "u8")
	x := &reception{Codec: Codec{Theirs: theirs, Ours: ours, OursFlag: "--reply-framing", In: formats.Raw()}, count: NoLimit, echo: true}
	x.out = printing(t, "lines", theirs, io.Discard)
	_, errs, status := x.receive("\x00\x01a\x01\x00" + strings.Repeat("x", 256) + "\x00\x01b")
	if status != report.StatusPayload || !strings.Contains(errs, "message 1 at byte 3") || !strings.Contains(errs, "--reply-framing u16be") {
		t.Errorf("status %d, %s", status, errs)
	}
	if log := strings.Join(x.log.all, "; "); log != `answer "\x01a"` {
		t.Errorf("%s", log)
	}
}

// The only connection passes large messages on as they arrive, and counts them.
func TestOnlyConn(t *testing.T) {
	const size = 1 << 20
	body := strings.Repeat("x", size)
	large, small := "\x00\x10\x00\x00"+body, "\x00\x00\x00\x02hi"
	for _, row := range []struct {
		name   string
		count  int64
		sends  string
		out    string
		ended  bool
		status int
	}{
		{"all", NoLimit, large + small, body + "hi", false, 0},
		{"one is enough", 1, large + small, body, true, 0},
		{"two are enough", 2, small + large + small, "hi" + body, true, 0},
		{"a cut one", NoLimit, small + large[:size/2+4], "hi" + body[:size/2], false, report.StatusTruncated},
	} {
		f, _ := parse(t, "u32be")
		var out bytes.Buffer
		x := &reception{Codec: Codec{Theirs: f, Ours: f}, count: row.count, alone: true, out: printing(t, "raw", f, &out)}
		o, errs, status := x.receive(row.sends)
		if out.String() != row.out || status != row.status || ended(o) != row.ended {
			t.Errorf("%s: %d bytes, status %d, ended %t, %s; want %d, %d, %t", row.name, out.Len(), status, ended(o), errs, len(row.out), row.status, row.ended)
		}
	}
	// A line is held in memory as a whole, so that the message is over the limit.
	f, _ := parse(t, "u32be")
	x := &reception{Codec: Codec{Theirs: f, Ours: f, Max: 1000}, count: NoLimit, alone: true, out: printing(t, "lines", f, io.Discard)}
	if _, errs, status := x.receive(large); status != report.StatusMalformed {
		t.Errorf("as lines: status %d, %s", status, errs)
	}
}

// If a streamed message cannot be written, the run ends.
func TestOnlyConnFails(t *testing.T) {
	f, _ := parse(t, "u32be")
	x := &reception{Codec: Codec{Theirs: f, Ours: f}, count: NoLimit, alone: true, out: printing(t, "raw", f, fullDisk{})}
	o, _, status := x.receive("\x00\x10\x00\x00" + strings.Repeat("x", 1<<20))
	if status != 0 || !ended(o) {
		t.Errorf("status %d, ended %t", status, ended(o))
	}
	var fail *report.Failure
	if err := o.Failure(plainReport(), nil, nil, nil, nil, 0); !errors.As(err, &fail) || fail.Text != syscall.ENOSPC.Error() {
		t.Errorf("the end is %v", err)
	}
}

// A faultKeeper is a keeper that keeps bad frames too.
type faultKeeper struct{ keeper }

func (k *faultKeeper) Fault(o formats.Origin, r *framing.Reader, e *framing.Error) {
	fmt.Fprintf(&k.text, "%s: %d at %d of %s, %q ", o.From.Name(), e.Frame, e.Start, e.Fault, r.Buffered())
}

// A view of live frames shows bad frames too: malformed, cut, or not finished by the peer. It
// does not if nothing more is wanted.
func TestReceiveShowsFaults(t *testing.T) {
	for _, row := range []struct {
		sends string
		count int64
		want  string
	}{
		{"1:a,1:bX", NoLimit, `0:a | peer: 1 at 4 of bad-trailer, "1:bX" | `},
		{"1:a,5:b", NoLimit, `0:a | | peer: 1 at 4 of truncated, "5:b" | `},
		{"1:a,5:b", 1, `0:a | `},
	} {
		f, _ := parse(t, "netstring")
		k := new(faultKeeper)
		(&reception{Codec: Codec{Theirs: f, Ours: f}, out: k, count: row.count}).receive(row.sends)
		if got := squeeze(k.String()); got != squeeze(row.want) {
			t.Errorf("%q, -n %d: %q, want %q", row.sends, row.count, got, row.want)
		}
	}
}

// squeeze removes the flushes from a log.
func squeeze(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "| ", "")), " ")
}

// An answer is not sent before the message is printed: after the output has failed, there are
// no answers.
func TestAnswer(t *testing.T) {
	k := new(keeper)
	o := NewOutput(k, NoLimit, false)
	var log events
	a := Answer{Out: o, Conn: peerOf("", log.to("answer"))}
	if n, err := a.Write([]byte("yes")); n != 3 || err != nil || k.String() != "| " {
		t.Errorf("%d bytes, %v, the output has %q", n, err, k)
	}
	k.full = syscall.ENOSPC
	if n, err := a.Write([]byte("no")); n != 0 || err != report.ErrDone {
		t.Errorf("after a failure %d bytes were answered, %v", n, err)
	}
	if got := strings.Join(log.all, "; "); got != `answer "yes"` {
		t.Error(got)
	}
}
