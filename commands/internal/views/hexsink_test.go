package views

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/formats"
	"framecat/framing"
	"framecat/hexview"
)

type connection string

func (c connection) Name() string { return string(c) }

func (c connection) AppendTags(dst []byte) []byte { return dst }

func (c connection) AppendFrameTags(dst []byte, _, _ int64) []byte { return dst }

func batchOf(t *testing.T, f framing.Framing, s string) framing.Batch {
	t.Helper()
	b, err := framing.NewReader(strings.NewReader(s), f).NextBatch()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Frames of live connections are under a heading, with a new heading for each change of
// connection. Malformed frames are shown too.
func TestHexSink(t *testing.T) {
	f, _ := framing.Parse("u8")
	var out bytes.Buffer
	s := NewHexSink(&out, HexOptions{ASCII: true})
	if !s.TakesSilent() {
		t.Error("frames without a message are not shown")
	}
	one, two := connection("conn 1"), connection("conn 2\x1b")
	for _, step := range []struct {
		from formats.Sender
		wire string
	}{{one, "\x01a\x01b"}, {one, "\x01c"}, {two, "\x01d"}, {one, "\x01e"}} {
		b := batchOf(t, f, step.wire)
		if n, err := s.Write(&b, formats.Origin{From: step.from, Framing: f, Entry: framing.EntryOf(f)}); n != len(b.Frames) || err != nil {
			t.Errorf("%d were taken, %v", n, err)
		}
	}
	r := framing.NewReader(strings.NewReader("\x05gh"), f)
	_, err := r.Next()
	var e *framing.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	s.Fault(formats.Origin{From: two}, r, e)
	if err := s.Flush(); err != nil {
		t.Error(err)
	}
	want := "< conn 1\n00000000 [01|61 #0 payload 1\n00000002 [01|62 #1 payload 1\n00000000 [01|63 #0 payload 1\n\n< conn 2\\x1b\n00000000 [01|64 #0 payload 1\n\n< conn 1\n00000000 [01|65 #0 payload 1\n\n< conn 2\\x1b\n00000000 <05|67 68 leftover 3 of 6 bytes, 3 more to come\n"
	if got := withoutText(out.String()); got != want {
		t.Errorf("\n%swant\n%s", got, want)
	}
}

// What is sent is shown under a heading of its own, in its own framing, however the writes are
// cut, with the time of each frame and the time since the one before.
func TestHexSinkSent(t *testing.T) {
	u8, _ := framing.Parse("u8")
	lines, _ := framing.Parse("lines")
	var out bytes.Buffer
	s := NewHexSink(&out, HexOptions{Times: true, Max: 8})
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s.now = func() time.Time {
		clock = clock.Add(1500 * time.Microsecond)
		return clock
	}
	one, two := connection("conn 1"), connection("conn 2")
	toOne, toTwo := s.Sent(one, lines), s.Sent(two, lines)
	toOne([]byte("a\nb"))
	toTwo([]byte("c\n"))
	toOne([]byte("\n"))
	b := batchOf(t, u8, "\x01d")
	s.Write(&b, formats.Origin{From: one, Framing: u8, Entry: framing.EntryOf(u8)})
	toTwo([]byte("123456789\n")) // longer than Max
	toTwo([]byte("e\n"))         // nothing more is shown
	if err := s.Flush(); err != nil {
		t.Error(err)
	}
	want := "→ conn 1\n00000000 |61/0a 03:04:05.001500 #0 payload 1\n\n" +
		"→ conn 2\n00000000 |63/0a 03:04:05.003000 +0.001500 s #0 payload 1\n\n" +
		"→ conn 1\n00000002 |62/0a 03:04:05.004500 +0.001500 s #1 payload 1\n\n" +
		"← conn 1\n00000000 [01|64 03:04:05.006000 +0.001500 s #0 payload 1\n\n" +
		"→ conn 2\n00000002"
	if got := withoutText(out.String()); !strings.HasPrefix(got, want) || strings.Contains(got, "#1 payload 9") || strings.Contains(got, "65/0a") {
		t.Errorf("\n%swant\n%s", got, want)
	}
}

// A malformed frame of a connection has few rows, unless --rows sets their number.
func TestHexSinkFaultRows(t *testing.T) {
	f, _ := framing.Parse("netstring")
	for _, row := range []struct {
		view hexview.Options
		rows int
	}{{hexview.Options{}, 16}, {hexview.Options{Rows: 2}, 2}, {hexview.Options{All: true}, 63}} {
		var out bytes.Buffer
		s := NewHexSink(&out, HexOptions{View: row.view})
		var wire []byte
		for i := range 1000 {
			wire = append(wire, byte(i*i/7)|0x80)
		}
		r := framing.NewReader(bytes.NewReader(wire), f)
		_, err := r.Next()
		var e *framing.Error
		if !errors.As(err, &e) {
			t.Fatal(err)
		}
		s.Fault(formats.Origin{From: connection("conn"), Framing: f, Entry: framing.EntryOf(f)}, r, e)
		s.Flush()
		if n := strings.Count(out.String(), "\n0000"); n != row.rows || strings.Contains(out.String(), " more byte") != (n < 63) {
			t.Errorf("%+v: %d rows, want %d\n%s", row.view, n, row.rows, &out)
		}
	}
}
