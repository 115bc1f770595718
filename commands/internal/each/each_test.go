package each

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// batch returns all frames of a stream.
func batch(t *testing.T, spec, stream string) (b framing.Batch, o formats.Origin) {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	b, err = framing.NewReader(strings.NewReader(stream), f).NextBatch()
	if err != nil {
		t.Fatal(err)
	}
	return b, formats.Origin{Framing: f, Entry: framing.EntryOf(f)}
}

// A connection has tags in the form of JSON.
type tagged struct{}

func (tagged) Name() string { return "" }
func (tagged) AppendTags(dst []byte) []byte {
	return append(dst, `,"conn":3,"peer":"a\"b"`...)
}
func (tagged) AppendFrameTags(dst []byte, _, _ int64) []byte { return append(dst, `,"time":"now"`...) }

func TestEnvironment(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ spec, stream, want string }{
		{"u8", "\x02hi", "HEADER=02 INDEX=0 OFFSET=0 SIZE=2 TRAILER= WIRE=3"},
		{"netstring", "2:hi,", "HEADER=323a INDEX=0 OFFSET=0 SIZE=2 TRAILER=2c WIRE=5"},
		{"http2", "\x00\x00\x01\x00\x01\x00\x00\x00\x05x", "FIELD_STREAM=5 FLAGS=1 HEADER=000001000100000005 INDEX=0 OFFSET=0 SIZE=1 TRAILER= TYPE=DATA WIRE=10"},
		{"nats", "PUB a\x00b 1\r\nx\r\n", "HEADER=5055422061006220310d0a INDEX=0 OFFSET=0 OP=PUB SIZE=1 TRAILER=0d0a WIRE=14"}, // no variable holds a NUL
		{"tagged", "\x01a", "CONN=3 HEADER=01 INDEX=0 OFFSET=0 PEER=a\"b SIZE=1 TIME=now TRAILER= WIRE=2"},
	} {
		spec := row.spec
		if spec == "tagged" {
			spec = "u8"
		}
		b, o := batch(t, spec, row.stream)
		if row.spec == "tagged" {
			o.From = tagged{}
		}
		list := environment(b.Frame(0), o)
		slices.Sort(list)
		if got, want := strings.Join(list, " "), "FRAMECAT_"+strings.ReplaceAll(row.want, " ", " FRAMECAT_"); got != want {
			t.Errorf("%s %q has\n%s, want\n%s", row.spec, row.stream, got, want)
		}
	}
}

// What the commands print is bounded in memory and comes in order. They get whole payloads.
func TestOrder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("commands of sh")
	}
	t.Parallel()
	var stream []byte
	want := ""
	u32be, err := framing.Parse("u32be")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		payload := bytes.Repeat([]byte{'a' + byte(i)}, 100_000*(i%3)+1)
		stream, _ = u32be.Append(stream, framing.Marks{}, payload)
		want += string(payload) + "\n"
	}
	var out bytes.Buffer
	s := New(Options{Command: "cat; echo", Jobs: 4, Out: &out, Failed: func(string) {}})
	r := framing.NewReader(bytes.NewReader(stream), u32be)
	for b, err := r.NextBatch(); err != io.EOF; b, err = r.NextBatch() {
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.Write(&b, formats.Origin{Framing: u32be}); err != nil || n != len(b.Frames) {
			t.Fatal(n, err)
		}
	}
	if err := s.Wait(); err != nil || out.String() != want {
		t.Errorf("printed %d bytes, %v; want %d", out.Len(), err, len(want))
	}
}

// failing is an output that takes nothing.
type failing struct{}

var errFull = errors.New("the disk is full")

func (failing) Write([]byte) (int, error) { return 0, errFull }

// If what they print cannot be written, the commands are ended, and so is the run. After Stop, no other
// command is started.
func TestEnds(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("commands of sh")
	}
	t.Parallel()
	b, o := batch(t, "u8", "\x01a\x01b\x01c")
	s := New(Options{Command: "echo a; exec sleep 1000", Jobs: 2, Out: failing{}, Failed: func(string) {}})
	if _, err := s.Write(&b, o); err != nil && err != errFull {
		t.Error(err)
	}
	if err := s.Wait(); err != errFull {
		t.Errorf("Wait returns %v", err)
	}

	s = New(Options{Command: "exec sleep 1000", Jobs: 4, Out: io.Discard, Failed: func(string) {}})
	if n, err := s.Write(&b, o); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	s.Stop()
	if err := s.Wait(); err != nil {
		t.Errorf("after Stop, Wait returns %v", err)
	}
	if n, err := s.Write(&b, o); n != 0 || err != report.ErrDone {
		t.Errorf("after Stop, Write returns %d, %v", n, err)
	}
}

// Each command that fails is reported; the failure at the end names the first and counts the others.
func TestFailures(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("commands of sh")
	}
	t.Parallel()
	b, o := batch(t, "u8", "\x010\x011\x012\x013\x014")
	var failed []string
	s := New(Options{Command: "read n; exit $((n % 2 * n))", Jobs: 2, Out: io.Discard, Failed: func(text string) { failed = append(failed, text) }})
	s.Write(&b, o)
	err := s.Wait()
	if got, want := fmt.Sprint(err), "message 1: --each: exit status 1, and 1 more command failed"; got != want {
		t.Errorf("failure %q, want %q", got, want)
	}
	if want := []string{"message 1: --each: exit status 1", "message 3: --each: exit status 3"}; !slices.Equal(failed, want) {
		t.Errorf("reported %q, want %q", failed, want)
	}
}
