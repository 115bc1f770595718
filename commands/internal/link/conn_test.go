package link

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framecat/commands/internal/report"
	"framecat/framing"
)

const ms = time.Millisecond

// A step is an action of a peer, and its time.
type step struct {
	at   time.Duration
	does string // the peer: "send …", "read N", "close"; our side: "drain", "fail", "write"
}

// perform performs the steps in their order.
func perform(peer net.Conn, us *Conn, steps []step) {
	began := time.Now()
	for _, s := range steps {
		time.Sleep(s.at - time.Since(began))
		what, arg, _ := strings.Cut(s.does, " ")
		switch what {
		case "send":
			io.WriteString(peer, arg)
		case "flood":
			for {
				if _, err := peer.Write(make([]byte, 16<<10)); err != nil {
					return
				}
			}
		case "read":
			io.ReadFull(peer, make([]byte, len(arg)))
		case "close":
			peer.Close()
		case "drain":
			us.Drain(time.Second)
		case "fail":
			us.Fail(errors.New(arg))
		case "end":
			us.Conn.Close()
		case "write":
			go us.Write([]byte(arg))
		}
	}
}

// connected returns a connection in memory whose peer performs steps.
func connected(t *testing.T, d Deadlines, steps ...step) *Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	c := NewConn(tcpLike{ours}, 1, "peer", &Options{Deadlines: d})
	c.Blocks = true
	over := make(chan struct{})
	go func() {
		defer close(over)
		perform(theirs, c, steps)
	}()
	t.Cleanup(func() {
		ours.Close()
		theirs.Close()
		<-over
	})
	return c
}

// frames reads the u8 frames of a connection to their end.
func frames(t *testing.T, c *Conn) (list []string, end error) {
	t.Helper()
	return framesOf(t, c, "u8")
}

// framesOf reads the frames of a connection to their end.
func framesOf(t *testing.T, c *Conn, spec string) (list []string, end error) {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	r := framing.NewReader(c, f)
	c.Attach(r, f)
	for {
		frame, err := r.Next()
		if err != nil {
			return list, err
		}
		list = append(list, string(frame.Payload))
	}
}

// --frame-timeout counts only while a part of a frame has arrived, and --idle-timeout always.
// Drain waits a moment for bytes that have been sent.
func TestReadDeadlines(t *testing.T) {
	for _, row := range []struct {
		name  string
		limit Deadlines
		steps []step
		want  string // the messages
		end   string // "EOF", "done", "cut" or the error
		at    time.Duration
	}{
		{"no limit", Deadlines{}, []step{{0, "send \x01a"}, {time.Hour, "send \x02b"}, {2 * time.Hour, "send c"}, {2 * time.Hour, "close"}}, "a bc", "EOF", 2 * time.Hour},

		{"a frame in time", Deadlines{Frame: time.Second}, []step{{0, "send \x02a"}, {999 * ms, "send b"}, {time.Hour, "close"}}, "ab", "EOF", time.Hour},
		{"a frame too late", Deadlines{Frame: time.Second}, []step{{0, "send \x02a"}, {2 * time.Second, "send b"}}, "", "frame 0 at byte 0: not complete within --frame-timeout 1s", time.Second},
		{"a frame that trickles", Deadlines{Frame: time.Second}, []step{{0, "send \x01a\x05"}, {600 * ms, "send b"}, {900 * ms, "send c"}, {1100 * ms, "send d"}}, "a", "frame 1 at byte 2: not complete within --frame-timeout 1s", time.Second},
		{"a pause between frames", Deadlines{Frame: time.Second}, []step{{0, "send \x01a"}, {time.Hour, "send \x01"}, {time.Hour + 900*ms, "send b"}, {2 * time.Hour, "close"}}, "a b", "EOF", 2 * time.Hour},
		{"each frame has its time", Deadlines{Frame: time.Second}, []step{{0, "send \x01"}, {700 * ms, "send a\x01"}, {1400 * ms, "send b\x01"}, {2100 * ms, "send c"}, {time.Hour, "close"}}, "a b c", "EOF", time.Hour},
		{"the time of the next frame", Deadlines{Frame: time.Second}, []step{{0, "send \x01"}, {700 * ms, "send a\x01"}}, "a", "frame 1 at byte 2: not complete within --frame-timeout 1s", 1700 * ms},

		{"silence", Deadlines{Idle: time.Second}, nil, "", "nothing was received or sent within --idle-timeout 1s", time.Second},
		{"silence after a frame", Deadlines{Idle: time.Second}, []step{{500 * ms, "send \x01a"}}, "a", "nothing was received or sent within --idle-timeout 1s", 1500 * ms},
		{"silence in a frame", Deadlines{Idle: time.Second}, []step{{0, "send \x05a"}}, "", "frame 0 at byte 0: nothing was received or sent within --idle-timeout 1s after 2 bytes of the frame", time.Second},
		{"no silence", Deadlines{Idle: time.Second}, []step{{900 * ms, "send \x02"}, {1800 * ms, "send a"}, {2700 * ms, "send b"}, {2700 * ms, "close"}}, "ab", "EOF", 2700 * ms},
		{"we send", Deadlines{Idle: time.Second}, []step{{900 * ms, "write x"}, {900 * ms, "read x"}, {1800 * ms, "write x"}, {1800 * ms, "read x"}}, "", "nothing was received or sent within --idle-timeout 1s", 2800 * ms},

		{"both, silence first", Deadlines{Idle: time.Second, Frame: 5 * time.Second}, []step{{0, "send \x05a"}}, "", "nothing was received or sent within --idle-timeout 1s after 2 bytes of the frame", time.Second},
		{"both, the frame first", Deadlines{Idle: 5 * time.Second, Frame: time.Second}, []step{{0, "send \x05a"}}, "", "not complete within --frame-timeout 1s", time.Second},
		{"both, between frames", Deadlines{Idle: 5 * time.Second, Frame: time.Second}, []step{{0, "send \x01a"}}, "a", "nothing was received or sent within --idle-timeout 5s", 5 * time.Second},

		{"a cut frame", Deadlines{}, []step{{0, "send \x01a\x05b"}, {time.Second, "close"}}, "a", "cut", time.Second},

		{"drain", Deadlines{}, []step{{0, "send \x01a"}, {time.Second, "drain"}}, "a", "done", time.Second + quietTime},
		{"drain, more is on its way", Deadlines{}, []step{{time.Second, "drain"}, {1040 * ms, "send \x01a"}, {1080 * ms, "send \x01b"}}, "a b", "done", 1080*ms + quietTime},
		{"drain, half a frame", Deadlines{Frame: time.Hour}, []step{{0, "send \x05a"}, {time.Second, "drain"}}, "", "done", time.Second + quietTime},
		{"drain, a peer that goes on", Deadlines{}, []step{{0, "drain"}, {0, "flood"}}, "…", "done", 0},

		{"given up", Deadlines{}, []step{{0, "send \x01a"}, {time.Second, "fail it read nothing"}}, "a", "it read nothing", time.Second},
		{"given up in a frame", Deadlines{}, []step{{0, "send \x05a"}, {time.Second, "fail it read nothing"}}, "", "it read nothing", time.Second},
		{"closed by us", Deadlines{}, []step{{0, "send \x05a"}, {time.Second, "end"}}, "", "done", time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			c := connected(t, row.limit, row.steps...)
			got, err := frames(t, c)
			if took := time.Since(began); took != row.at {
				t.Errorf("%s: it ends after %s, want %s", row.name, took, row.at)
			}
			if text := strings.Join(got, " "); text != row.want && row.want != "…" {
				t.Errorf("%s: %q, want %q", row.name, got, row.want)
			}
			if kind := kindOf(err); kind != row.end && !(strings.HasPrefix(kind, "peer: ") && strings.Contains(kind, row.end)) {
				t.Errorf("%s: it ends with %q, want %q", row.name, kind, row.end)
			}
		})
	}
}

// A pause ends a frame of gap. It is not an end of the connection, whatever other deadlines there are.
func TestPauses(t *testing.T) {
	for _, row := range []struct {
		name  string
		limit Deadlines
		steps []step
		want  string
		at    time.Duration
	}{
		{"pieces", Deadlines{}, []step{{0, "send a"}, {9 * ms, "send b"}, {18 * ms, "send c"}, {time.Second, "send d"}, {2 * time.Second, "close"}}, "abc d", 2 * time.Second},
		{"it ends", Deadlines{}, []step{{0, "send a"}, {5 * ms, "send b"}, {6 * ms, "close"}}, "ab", 6 * ms},
		{"other deadlines", Deadlines{Idle: time.Second, Frame: 15 * ms}, []step{{0, "send a"}, {500 * ms, "send b"}, {600 * ms, "close"}}, "a b", 600 * ms},
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			got, err := framesOf(t, connected(t, row.limit, row.steps...), "gap:10ms")
			if text := strings.Join(got, " "); text != row.want || err != io.EOF || time.Since(began) != row.at {
				t.Errorf("%s: %q, %v after %s; want %q after %s", row.name, text, err, time.Since(began), row.want, row.at)
			}
		})
	}
}

// kindOf returns a short word for the end of a stream.
func kindOf(err error) string {
	var e *framing.Error
	switch {
	case err == io.EOF:
		return "EOF"
	case errors.Is(err, report.ErrDone):
		return "done"
	case errors.As(err, &e) && e.Fault == framing.Truncated:
		return "cut"
	}
	return err.Error()
}

// For a body that is passed on as it arrives, --frame-timeout starts again after each 64 KiB.
func TestPassingRenews(t *testing.T) {
	for _, row := range []struct {
		size int // of each piece; one comes every 600 ms
		n    int // bytes that are read before the limit of 1 s ends it
	}{{64 << 10, 4}, {32 << 10, 4}, {16 << 10, 1}} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			defer ours.Close()
			defer theirs.Close()
			c := NewConn(ours, 1, "peer", &Options{Deadlines: Deadlines{Frame: time.Second}})
			c.SetStreaming(true)
			over := make(chan struct{})
			go func() {
				defer close(over)
				for range 4 {
					time.Sleep(450 * ms)
					theirs.Write(make([]byte, row.size))
				}
			}()
			n, err := io.ReadFull(c, make([]byte, 4*row.size))
			if whole := n / row.size; (err == nil) != (row.n == 4) || row.n == 4 && whole != 4 {
				t.Errorf("pieces of %d: %d came, %v", row.size, whole, err)
			}
			c.SetStreaming(false)
			ours.Close()
			<-over
		})
	}
}

// Only the first failure of a connection is reported; others follow from it.
func TestReportOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connected(t, Deadlines{Idle: time.Second})
		var p *PeerError
		if _, err := c.Read(make([]byte, 1)); !errors.As(err, &p) || p.Name != "peer" {
			t.Errorf("the first: %v", err)
		}
		if _, err := c.Write([]byte("x")); err != report.ErrDone {
			t.Errorf("what follows: %v", err)
		}
		if c.ReportOnce() {
			t.Error("it is not reported")
		}
	})
}

// If the first frame does not come, the error has hints.
func TestExplain(t *testing.T) {
	for sends, want := range map[string]string{"\x05he": "u8 \x05he", "\x01a\x05he": ""} {
		synctest.Test(t, func(t *testing.T) {
			c := connected(t, Deadlines{Frame: time.Second}, step{0, "send " + sends})
			c.explain = func(f framing.Framing, head []byte) []string { return []string{fmt.Sprintf("%s %s", f, head)} }
			_, err := frames(t, c)
			var p *PeerError
			if !errors.As(err, &p) || strings.Join(p.Hints, "\n") != want {
				t.Errorf("%q: %v, hints %q; want %q", sends, err, p.Hints, want)
			}
		})
	}
}

// Each write is counted, even an empty one.
func TestTraffic(t *testing.T) {
	ours, theirs := net.Pipe()
	defer ours.Close()
	go func() {
		io.ReadFull(theirs, make([]byte, 3))
		io.WriteString(theirs, "back")
		theirs.Close()
	}()
	c := NewConn(ours, 1, "", new(Options))
	c.Write([]byte("abc"))
	io.ReadAll(c)
	if writes, sent, got := c.Traffic(); writes != 1 || sent != 3 || got != 4 {
		t.Errorf("%d writes, %d bytes sent, %d received", writes, sent, got)
	}
}

// Name returns the name of a connection, or its number and its peer.
func TestConnName(t *testing.T) {
	ours, _ := net.Pipe()
	for _, row := range []struct{ given, peer, want string }{
		{"localhost:4000", "127.0.0.1:9", "localhost:4000"},
		{"", "127.0.0.1:9", "conn 7 127.0.0.1:9"},
		{"", "@", "conn 7 unix"},
		{"", "", "conn 7 unix"},
	} {
		c := NewConn(addressed{ours, row.peer}, 7, row.given, &Options{Direction: "c2s"})
		if c.Name() != row.want {
			t.Errorf("%+v: %s", row, c.Name())
		}
		if row.given != "" {
			continue
		}
		tags := string(c.AppendTags(nil))
		if _, peer, _ := strings.Cut(row.want, "7 "); !strings.HasPrefix(tags, `,"direction":"c2s","conn":7,"peer":"`+peer+`","time":"2`) {
			t.Errorf("tags %s", tags)
		}
	}
}

type addressed struct {
	net.Conn
	peer string
}

func (a addressed) RemoteAddr() net.Addr { return namedAddr(a.peer) }

type namedAddr string

func (n namedAddr) Network() string { return "test" }
func (n namedAddr) String() string  { return string(n) }

// A suspended stream goes on in another Reader at the same place: inside a frame, with the same
// numbers and offsets.
func TestSuspend(t *testing.T) {
	peer, nc := tcpPair(t)
	c := NewConn(nc, 1, "", new(Options))
	if !c.CanWait() {
		t.Skip("this system has no way to wait without a buffer")
	}
	f, _ := framing.Parse("u8")
	io.WriteString(peer, "\x01a\x03b")
	var got []string
	r := framing.NewReader(nil, f)
	for turn := range 4 {
		c.Wait()
		c.Resume(r)
		c.Attach(r, f)
		for {
			frame, err := r.Next()
			if err == framing.ErrWait {
				break
			}
			if err == io.EOF {
				got = append(got, "EOF")
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%d at %d: %s", frame.Index, frame.Offset, frame.Payload))
		}
		switch turn {
		case 0:
			io.WriteString(peer, "c")
		case 1:
			io.WriteString(peer, "d\x00")
		case 2:
			peer.Close()
		case 3:
			continue
		}
		at := c.At()
		if !c.Suspend() {
			t.Fatal("it can't be suspended")
		}
		if again := c.At(); again.Index != at.Index || again.Offset != at.Offset || again.Held != at.Held {
			t.Errorf("it was at %+v, and is at %+v", at, again)
		}
	}
	if want := []string{"0 at 0: a", "1 at 2: bcd", "2 at 6: ", "EOF"}; !slices.Equal(got[:min(len(got), 4)], want) {
		t.Errorf("%q, want %q", got, want)
	}
	c.Detach()
	if at := c.At(); at.Index != 0 || at.Held > 0 {
		t.Errorf("detached, it is at %+v", at)
	}
}

// tcpPair returns both ends of a TCP connection.
func tcpPair(t *testing.T) (peer, ours net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if peer, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if ours, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close(); ours.Close() })
	return peer, ours
}
