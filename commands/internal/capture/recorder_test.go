package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// step returns an event of a test.
func step(stream, dir int, kind EventKind, data string) Event {
	return Event{Stream: stream, Dir: dir, Kind: kind, Data: []byte(data)}
}

func opens(stream int, client, server string) Event {
	return Event{Stream: stream, Kind: Opened, Client: client, Server: server}
}

func loses(stream, dir int, n int64) Event {
	return Event{Stream: stream, Dir: dir, Kind: Lost, Lost: n}
}

const clientEnd, serverEnd = "10.0.0.1:4000", "10.0.0.2:80"

// Events, and the streams that a reader finds in their recording: see contents.
var recorderTable = []struct {
	name   string
	events []Event
	want   string
}{
	{"a conversation", []Event{
		opens(0, clientEnd, serverEnd), step(0, 0, Bytes, "abc"), step(0, 1, Bytes, "de"), step(0, 0, Bytes, "f"),
		step(0, 0, Closed, ""), step(0, 1, Closed, ""), step(0, 0, Ended, ""),
	}, ends + "abcf / de"},
	{"a half-close, then more from the other side", []Event{
		opens(0, clientEnd, serverEnd), step(0, 0, Bytes, "abc"), step(0, 0, Closed, ""), step(0, 1, Bytes, "de"), step(0, 1, Closed, ""),
	}, ends + "abc / de"},
	{"closed twice", []Event{opens(0, clientEnd, serverEnd), step(0, 0, Closed, ""), step(0, 0, Closed, ""), step(0, 1, Bytes, "a")}, ends + " / a"},
	{"reset", []Event{opens(0, clientEnd, serverEnd), step(0, 0, Bytes, "abc"), step(0, 1, Reset, ""), step(0, 0, Bytes, "d"), step(0, 0, Ended, "")}, ends + "abcd / "},
	{"nothing but an opening", []Event{opens(0, clientEnd, serverEnd)}, ends + " / "},
	{"an empty read", []Event{opens(0, clientEnd, serverEnd), step(0, 0, Bytes, ""), step(0, 0, Bytes, "a")}, ends + "a / "},
	{"lost", []Event{opens(0, clientEnd, serverEnd), step(0, 0, Bytes, "abc"), loses(0, 0, 3), step(0, 0, Bytes, "ghi")}, ends + "abc[3]ghi / "},
	{"lost, in parts", []Event{opens(0, clientEnd, serverEnd), loses(0, 0, 3), loses(0, 0, 4), step(0, 0, Bytes, "ghi")}, ends + "[7]ghi / "},
	{"lost on both sides", []Event{
		opens(0, clientEnd, serverEnd), loses(0, 0, 100e3), loses(0, 1, 5), step(0, 0, Bytes, "a"), step(0, 1, Bytes, "b"), loses(0, 1, 1), step(0, 1, Bytes, "c"),
	}, ends + "[100000]a / [5]b[1]c"},
	{"lost, then closed", []Event{opens(0, clientEnd, serverEnd), step(0, 0, Bytes, "a"), loses(0, 0, 300e3), step(0, 0, Closed, "")}, ends + "a[300000] / "},
	{"lost, then reset", []Event{opens(0, clientEnd, serverEnd), step(0, 0, Bytes, "a"), loses(0, 0, 1), step(0, 0, Reset, "")}, ends + "a[1] / "},
	{"lost, then the end", []Event{opens(0, clientEnd, serverEnd), loses(0, 0, 65496), loses(0, 1, 7), step(0, 0, Ended, "")}, ends + "[65496] / [7]"},
	{"an unknown number lost", []Event{opens(0, clientEnd, serverEnd), step(0, 0, Bytes, "a"), loses(0, 0, -1), step(0, 0, Bytes, "b")}, ends + "a[-1]b / "},
	{"an unknown number lost again and again", []Event{
		opens(0, clientEnd, serverEnd), loses(0, 0, -1), loses(0, 0, 5<<30), loses(0, 0, 1<<62), loses(0, 0, -1), step(0, 0, Bytes, "a"),
		loses(0, 0, -1), step(0, 0, Bytes, "b"), loses(0, 0, 7<<30), step(0, 0, Bytes, "c"), loses(0, 0, -1), step(0, 0, Bytes, "d"),
		loses(0, 0, -1), step(0, 0, Bytes, "e"), loses(0, 0, 3), loses(0, 0, -1), step(0, 0, Closed, ""),
	}, ends + "[-1]a[-1]b[-1]c[-1]d[-1]e[-1] / "},
	{"the longest known number", []Event{opens(0, clientEnd, serverEnd), loses(0, 0, knownGap), step(0, 0, Bytes, "a")}, ends + "[1073741824]a / "},
	{"IPv6", []Event{opens(0, "[fd00::1]:4000", "[fd00::2]:80"), step(0, 0, Bytes, "a"), step(0, 1, Bytes, "b")}, "[fd00::1]:4000 → [fd00::2]:80: a / b"},
	{"an IPv6 zone", []Event{opens(0, "[fe80::1%eth0]:4000", "[fe80::2%eth0]:80"), step(0, 0, Bytes, "a")}, "[fe80::1]:4000 → [fe80::2]:80: a / "},
	{"IPv6 to IPv4", []Event{opens(0, "[::1]:4000", "10.0.0.2:80"), step(0, 0, Bytes, "a")}, "[::1]:4000 → [::ffff:10.0.0.2]:80: a / "},
	{"IPv4 as IPv6", []Event{opens(0, "[::ffff:10.0.0.1]:4000", "10.0.0.2:80"), step(0, 0, Bytes, "a")}, ends + "a / "},
	{"TLS", []Event{opens(0, "10.0.0.1:4000", "tls://10.0.0.2:80"), step(0, 0, Bytes, "a")}, ends + "a / "},
	{"pipes", []Event{opens(0, "", ""), step(0, 0, Bytes, "a"), opens(1, "", ""), step(1, 0, Bytes, "b"), step(0, 1, Bytes, "c")},
		"127.1.0.0:49152 → 127.2.0.0:49151: a / c\n127.1.0.0:49153 → 127.2.0.0:49151: b / "},
	{"many pipes", []Event{opens(16384, "", ""), step(16384, 0, Bytes, "a")}, "127.1.0.1:49152 → 127.2.0.0:49151: a / "},
	{"a unix socket", []Event{opens(0, "unix:/run/a", "10.0.0.2:80"), step(0, 0, Bytes, "a")}, "127.1.0.0:49152 → 10.0.0.2:80: a / "},
	{"the opening was lost", []Event{step(0, 1, Bytes, "a")}, "127.1.0.0:49152 → 127.2.0.0:49151:  / a"},
	{"an end without a beginning", []Event{step(7, 0, Ended, ""), opens(8, clientEnd, serverEnd)}, ends + " / "},
	{"the same ends again", []Event{
		opens(0, clientEnd, serverEnd), step(0, 0, Bytes, "a"), step(0, 0, Ended, ""), opens(1, clientEnd, serverEnd), step(1, 0, Bytes, "b"),
	}, ends + "a / \n" + ends + "b / "},
}

func TestRecorder(t *testing.T) {
	for _, row := range recorderTable {
		if got := contents(t, recordingOf(t, 0, row.events)); got != row.want {
			t.Errorf("%s:\n%s\nwant\n%s", row.name, got, row.want)
		}
	}
}

// recordingOf records events that are a millisecond apart.
func recordingOf(t *testing.T, start uint32, events []Event) []byte {
	t.Helper()
	var out bytes.Buffer
	r := NewRecorder(&out, "")
	r.start = start
	for i, e := range events {
		if e.At.IsZero() {
			e.At = begin.Add(time.Duration(i) * time.Millisecond)
		}
		r.Record(e)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Sequence numbers count only to 4 GiB.
func TestRecorderSequenceWraps(t *testing.T) {
	for start := range uint32(6) {
		for _, row := range recorderTable {
			for _, start := range []uint32{-start, -start - serverStart} { // of the client, of the server
				if got := contents(t, recordingOf(t, start, row.events)); got != row.want {
					t.Errorf("%s, from %#x:\n%s\nwant\n%s", row.name, start, got, row.want)
				}
			}
		}
	}
}

// Random events read back: every byte, its time, and gaps only where events were lost.
func TestRecorderRandom(t *testing.T) {
	for seed := range uint64(60 / scale) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		streams := 1 + rnd.IntN(6)
		events := randomEvents(rnd, streams, 20+rnd.IntN(300), seed%3 > 0)
		raw := recordingOf(t, rnd.Uint32(), events)
		c, err := opened(t, raw, Pcap, "file")
		if err != nil {
			t.Fatal(err)
		}
		if c.Len() != streams || c.Damage() != nil {
			t.Fatalf("seed %d: %d streams, %v; want %d", seed, c.Len(), c.Damage(), streams)
		}
		for i, s := range c.Streams() {
			for dir := range 2 {
				want, marks := model(events, i, dir)
				name := fmt.Sprintf("seed %d, %s", seed, s.Label(dir))
				compareParts(t, name, c.Read(RefOf(i, dir)), want)
				compareTimes(t, name, c.Read(RefOf(i, dir)), marks)
			}
		}
	}
}

// A limitedFile is a file on a disk that becomes full.
type limitedFile struct {
	*os.File
	free int
}

func (f *limitedFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b[:min(len(b), f.free)])
	f.free -= n
	if err == nil && n < len(b) {
		err = errors.New("no space left on device")
	}
	return n, err
}

// An error of writing is reported once. What was not written is counted, and the file ends with
// a whole packet.
func TestRecorderFullDisk(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := NewRecorder(&limitedFile{f, 1000}, "")
	r.Record(opens(0, clientEnd, serverEnd))
	var errs []string
	for range 20 {
		r.Record(step(0, 0, Bytes, strings.Repeat("x", 100)))
		r.Record(step(0, 0, Bytes, "y"))
		if err := r.Flush(); err != nil {
			errs = append(errs, err.Error())
		}
	}
	if err := r.Close(); err != nil {
		errs = append(errs, err.Error())
	}
	if got, want := strings.Join(errs, "; "), "no space left on device"; got != want {
		t.Errorf("errors %q, want %q", got, want)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	written := int64(strings.Count(contents(t, raw), "x") + strings.Count(contents(t, raw), "y"))
	if written == 0 || written+r.Missed() != 20*101 {
		t.Errorf("%d bytes written and %d missed, want %d together", written, r.Missed(), 20*101)
	}
	c, err := opened(t, raw, Pcap, "pipe")
	if err != nil || c.Damage() != nil {
		t.Errorf("%v, %v", err, c.Damage())
	}
}

// The error of a write in Record is not lost.
func TestRecorderWriteError(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	r := NewRecorder(f, "")
	r.Record(step(0, 0, Bytes, strings.Repeat("x", 1<<20)))
	if err := r.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("%v, want %v", err, os.ErrClosed)
	}
	if err := r.Flush(); err != nil {
		t.Errorf("again: %v", err)
	}
	if r.Missed() != 1<<20 {
		t.Errorf("%d bytes missed, want %d", r.Missed(), 1<<20)
	}
}

// After each Flush, the file can be read.
func TestRecorderFlush(t *testing.T) {
	var out bytes.Buffer
	r := NewRecorder(&out, "")
	r.Record(opens(0, clientEnd, serverEnd))
	for _, text := range []string{"abc", "def"} {
		r.Record(step(0, 0, Bytes, text))
		if err := r.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, out.Bytes()); !strings.Contains(got, text+" / ") {
			t.Errorf("after %q: %s", text, got)
		}
	}
}

// Names that are no addresses are in a comment of the first packet.
func TestRecorderComments(t *testing.T) {
	for _, row := range []struct{ client, server, want string }{
		{clientEnd, serverEnd, ""},
		{"", "", ""},
		{"unix:/run/a", "", "client unix:/run/a"},
		{"", "exec:cat", "server exec:cat"},
		{clientEnd, "localhost:80", "client 10.0.0.1:4000, server localhost:80"},
		{"pid 7", "bad\xff", "client pid 7, server bad?"},
		{strings.Repeat("x", 1<<20), "", "client " + strings.Repeat("x", 4<<10-7)},
	} {
		raw := recordingOf(t, 0, []Event{opens(0, row.client, row.server)})
		if got := commentsOf(raw); got != row.want {
			t.Errorf("client %.20s, server %s: comment %q, want %q", row.client, row.server, got, row.want)
		}
	}
}

// commentsOf returns the comments of all packets and sections.
func commentsOf(raw []byte) string {
	var list []string
	for len(raw) > 0 {
		n := binary.LittleEndian.Uint32(raw[4:])
		b := raw[8 : n-4]
		switch binary.LittleEndian.Uint32(raw) {
		case blockSection:
			b = b[16:]
		case blockPacket:
			b = b[20+(binary.LittleEndian.Uint32(b[12:])+3)&^3:]
		default:
			b = nil
		}
		for len(b) > 0 {
			code, size := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
			if code == optComment {
				list = append(list, string(b[4:4+size]))
			}
			b = b[4+(size+3)&^3:]
		}
		raw = raw[n:]
	}
	return strings.Join(list, "\n")
}

// Recording does not allocate memory for each event.
func TestRecorderAllocates(t *testing.T) {
	r := NewRecorder(io.Discard, "")
	r.Record(opens(0, clientEnd, serverEnd))
	data := make([]byte, 5000)
	event := func() {
		r.Record(Event{Kind: Bytes, At: begin, Data: data})
		r.Record(Event{Dir: 1, Kind: Lost, At: begin, Lost: 5})
	}
	for range 1000 {
		event()
	}
	if n := testing.AllocsPerRun(10000, event); n > 0 {
		t.Errorf("%v allocations for each event", n)
	}
}
