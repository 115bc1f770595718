package pump

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/framing"
)

// With --where a connection prints only some messages, and all are answered. -n counts those
// that are printed; index counts all.
func TestReceiveWhere(t *testing.T) {
	const sends = "\x01a\x02bc\x01x\x03a\nb\x02de"
	for _, row := range []struct {
		where, out string
		count      int64
		printed    string
		answered   string
		ended      bool
	}{
		{"payload=x", "lines", NoLimit, "x\n", sends, false},
		{"payload=nothing", "lines", NoLimit, "", sends, false},
		{"size=2", "lines", NoLimit, "bc\nde\n", sends, false},
		{"index=0,4", "lines", NoLimit, "a\nde\n", sends, false},
		{"size<3", "lines", 2, "a\nbc\n", sends[:5], true},
		{"size=2", "lines", 2, "bc\nde\n", sends, true},
		{"size=2", "u8", NoLimit, "\x02bc\x02de", sends, false},
	} {
		f, kind := parse(t, "u8")
		x := &reception{Codec: Codec{Theirs: f, Ours: f, OursFlag: "-f", In: formats.Raw()}, count: row.count, echo: true}
		var err error
		if x.where, err = NewFrameTest([]string{row.where}, kind, f, NoDirection); err != nil {
			t.Fatal(err)
		}
		var printed bytes.Buffer
		x.out = printing(t, row.out, f, &printed)
		o, errs, status := x.receive(sends)
		want := fmt.Sprintf("answer %q", row.answered)
		if log := strings.Join(x.log.all, "; "); printed.String() != row.printed || log != want || status != 0 || ended(o) != row.ended {
			t.Errorf("--where %s -o %s -n %d: %q, %s, ended %t, status %d, %s; want %q, %s, ended %t",
				row.where, row.out, row.count, printed.String(), log, ended(o), status, errs, row.printed, want, row.ended)
		}
	}
}

// A message keeps its number if others are not printed.
func TestOutputWhere(t *testing.T) {
	f, kind := parse(t, "u8")
	for _, row := range []struct {
		where string
		quiet bool
		want  string
	}{
		{"payload~/[bdf]/", false, "1:b 3:d 5:f "},
		{"index>=4", false, "4:e 5:f "},
		{"index>=4", true, ""},
	} {
		k := &keeper{}
		o := NewOutput(k, 2+int64(len(row.want)), row.quiet)
		counted := 0
		o.OnTaken = func(n int) { counted += n }
		where, err := NewFrameTest([]string{row.where}, kind, f, NoDirection)
		if err != nil {
			t.Fatal(err)
		}
		for _, messages := range [][]string{{"a", "b", "c"}, {"d", "e"}, {"f"}} {
			if n, err := o.write(batchOf(t, messages...), formats.Origin{}, where); n != len(messages) && err == nil {
				t.Errorf("%s: took %d of %d, %v", row.where, n, len(messages), err)
			}
		}
		if got := strings.ReplaceAll(k.String(), "| ", ""); got != row.want || row.quiet && counted != 2 {
			t.Errorf("%s, quiet %t: %q, %d counted; want %q", row.where, row.quiet, got, counted, row.want)
		}
	}
}

// A large message of the only connection is tested without holding it, unless a test is about
// the payload.
func TestOnlyConnWhere(t *testing.T) {
	body := strings.Repeat("x", 1<<20)
	large, small := "\x00\x10\x00\x00"+body, "\x00\x00\x00\x02hi"
	for _, row := range []struct {
		where, sends, out string
		held              bool
	}{
		{"size>2", small + large + small, body, false},
		{"size=2", small + large + small, "hihi", false},
		{"index=1", small + large + small, body, false},
		{"index=2", small + large + small, "hi", false},
		{"index=0,1", large + large + small, body + body, false},
		{"payload~/^h/", small + large + small, "hihi", true},
	} {
		f, kind := parse(t, "u32be")
		var out bytes.Buffer
		x := &reception{Codec: Codec{Theirs: f, Ours: f}, count: NoLimit, alone: true, out: printing(t, "raw", f, &out)}
		var err error
		if x.where, err = NewFrameTest([]string{row.where}, kind, f, NoDirection); err != nil {
			t.Fatal(err)
		}
		if _, errs, status := x.receive(row.sends); out.String() != row.out || status != 0 {
			t.Errorf("%s: %d bytes, status %d, %s; want %d", row.where, out.Len(), status, errs, len(row.out))
		}
		_, streams := OnlyConn(&ConnSink{Out: NewOutput(x.out, NoLimit, false), Wanted: x.where}).(formats.Streamer)
		if streams == row.held {
			t.Errorf("%s: streams %t, want %t", row.where, streams, !row.held)
		}
	}
}

// Messages that stream are selected by size, number and fields, also by fields in their bodies.
func TestConvertStreamedWhere(t *testing.T) {
	body := strings.Repeat("y", 1<<20)
	// An LDAP message of 1 MiB: its operation is at the start of its body.
	found := "\x02\x01\x07\x64" + body
	ldap := "\x30\x83\x10\x00\x04" + found + "\x30\x05\x02\x01\x02\x63\x00"
	u32 := "\x00\x10\x00\x00" + body + "\x00\x00\x00\x02hi"
	for _, row := range []struct{ spec, stream, where, want string }{
		{"u32be", u32, "size>1MiB", ""},
		{"u32be", u32, "size>=1MiB", body},
		{"u32be", u32, "size<3", "hi"},
		{"u32be", u32, "index=0", body},
		{"u32be", u32, "index!=0", "hi"},
		{"ldap", ldap, "operation=searchResEntry", found},
		{"ldap", ldap, "message=7", found},
		{"ldap", ldap, "operation=searchRequest", "\x02\x01\x02\x63\x00"},
		{"ldap", ldap, "operation!=searchResEntry,searchRequest", ""},
	} {
		f, kind := parse(t, row.spec)
		got := convertAll(t, row.spec, "raw", func(c *Conversion) {
			var err error
			if c.Where, err = NewFrameTest([]string{row.where}, kind, f, NoDirection); err != nil {
				t.Fatal(err)
			}
			c.max = -1
		}, input.Text(row.stream))
		if got.out != row.want || got.status() != 0 {
			t.Errorf("%s --where %s: %d bytes, status %d, %s; want %d", row.spec, row.where, len(got.out), got.status(), got.errs, len(row.want))
		}
	}
}

// The start of a body that was read for its fields is not lost, also if the body is cut.
func TestOpening(t *testing.T) {
	_, kind := parse(t, "ldap")
	for _, n := range []int{0, 1, openingSize - 1, openingSize, 3 * openingSize} {
		text := strings.Repeat("z", n)
		f, body := Opening(kind, framing.Frame{}, strings.NewReader(text))
		if len(f.Body) != min(n, openingSize) {
			t.Errorf("of %d bytes %d are shown", n, len(f.Body))
		}
		if b, err := io.ReadAll(body); err != nil || string(b) != text {
			t.Errorf("of %d bytes %d are read, %v", n, len(b), err)
		}
	}
}
