package hexview

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden views")

// sample shows each part, a record of several rows, a record that ends at the end of a
// row, an empty record, a note without bytes, and a fault.
func sample(v *View) {
	v.Begin(0, "#0 payload 3")
	v.Bytes(Header, '[', []byte{3})
	v.Bytes(Payload, '|', []byte("abc"))
	v.Begin(4, "fill 2 bytes")
	v.Bytes(Fill, '~', []byte{0xc0, 0xc0})
	v.Begin(6, "#1 payload 52")
	v.Bytes(Header, '[', []byte("52:"))
	v.Bytes(Payload, '|', []byte("hello world, this is a netstring that runs on"))
	v.Bytes(Payload, 0, []byte(" and on"))
	v.Bytes(Trailer, '/', []byte{','})
	v.Begin(62, "#2 payload 0")
	v.Bytes(Header, '[', []byte{0})
	v.Begin(63, "#3 payload 15")
	v.Bytes(Header, '[', []byte{15})
	v.Bytes(Payload, '|', []byte("just to the edge"[:15]))
	v.Begin(79, "a note without a byte beside it")
	v.Begin(79, "0x78 after ESC")
	v.Bytes(Leftover, '<', []byte{0xdb})
	v.Bytes(Wrong, '!', []byte{0x78})
	v.Bytes(Unread, 0, []byte("\x1b[2J\xe2\x80\xae"))
	v.Line("a line of its own")
	v.Text("a text that is wrapped if it does not fit the width of the terminal on one line")
	v.Titled("FAIL", Removed, "FAIL  and a FAIL of its text, which has no colour")
	v.Begin(0x100000000, "leftover 3 of 5 bytes, 2 more to come")
	v.Bytes(Leftover, '<', []byte{4})
	v.Bytes(Leftover, '|', []byte("pi"))
	v.Close()
}

func TestViews(t *testing.T) {
	for name, o := range map[string]Options{
		"frames-16": {}, "frames-8": {Cols: 8}, "frames-32": {Cols: 32}, "rows-2": {Rows: 2}, "rows-1-cols-8": {Rows: 1, Cols: 8},
		"dump-16": {Dump: true}, "dump-8": {Dump: true, Cols: 8}, "wrapped-80": {Cols: 8, Width: 80}, "wrapped-70": {Cols: 8, Width: 70, Rows: 1},
		"wrapped-40": {Cols: 4, Width: 40}, "wrapped-20": {Cols: 2, Width: 20},
		"color-16": {Color: true}, "color-dump-8": {Color: true, Dump: true, Cols: 8},
	} {
		var b bytes.Buffer
		sample(New(&b, o))
		file := "testdata/" + name + ".golden"
		if *update {
			os.MkdirAll("testdata", 0o777)
			if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s differs:\n%s\nwant\n%s", name, b.String(), want)
		}
	}
}

// The pieces in which a record is passed do not change its view, and each of its bytes is
// shown as a printable character.
func TestPieces(t *testing.T) {
	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	for _, o := range []Options{{}, {Cols: 7}, {Rows: 3}, {Dump: true, Cols: 8}, {Color: true}} {
		var whole, pieces bytes.Buffer
		v := New(&whole, o)
		v.Begin(5, "note")
		v.Bytes(Payload, '|', all[:])
		v.Close()
		v = New(&pieces, o)
		v.Begin(5, "note")
		mark := byte('|')
		for i := range all {
			v.Bytes(Payload, mark, all[i:i+1])
			mark = 0
		}
		v.Close()
		if whole.String() != pieces.String() {
			t.Errorf("%+v: whole\n%s\npieces\n%s", o, &whole, &pieces)
		}
		text := strings.NewReplacer(newPalette().offset.on, "", newPalette().offset.off, "", "…", "").Replace(whole.String())
		for i, c := range []byte(text) {
			if c != '\n' && (c < ' ' || c > '~') {
				t.Fatalf("%+v: byte %d of the view is %#x", o, i, c)
			}
		}
	}
}

// Only the last row of a dump is short, however often the dump is flushed.
func TestFlush(t *testing.T) {
	var b bytes.Buffer
	v := New(&b, Options{Dump: true, Cols: 4})
	v.Begin(0, "")
	for _, c := range []byte("012345") {
		v.Bytes(Payload, 0, []byte{c})
		v.Flush()
	}
	v.Close()
	if got, want := b.String(), "00000000  30 31 32 33  0123\n00000004  34 35        45\n"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// Rows allocate no memory.
func TestConstantMemory(t *testing.T) {
	v := New(discard{}, Options{Color: true})
	b := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	v.Begin(0, "a large one")
	v.Bytes(Payload, '|', b)
	if n := testing.AllocsPerRun(20, func() { v.Bytes(Payload, 0, b) }); n > 0 {
		t.Errorf("%v allocations for 64 KiB", n)
	}
}

// After an error of the writer nothing more is written, and all methods return that error.
func TestError(t *testing.T) {
	w := &failing{}
	v := New(w, Options{})
	for range 3 {
		v.Begin(0, "")
		v.Bytes(Payload, 0, []byte("x"))
		if err := v.Flush(); err != errFull {
			t.Errorf("Flush returns %v, want %v", err, errFull)
		}
	}
	if err := v.Close(); err != errFull || v.Err() != errFull {
		t.Errorf("Close returns %v and Err %v, want %v", err, v.Err(), errFull)
	}
	if w.writes != 1 {
		t.Errorf("%d writes, want 1", w.writes)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string // lines, separated by |
	}{
		{"one two three", 0, "one two three"},
		{"one two three", 13, "one two three"},
		{"one two three", 8, "one two|three"},
		{"one two three", 7, "one two|three"},
		{"one two three", 6, "one|two|three"},
		{"a longerword b", 3, "a|longerword|b"},
		{"ä ö ü", 3, "ä ö|ü"},
		{"", 5, ""},
	} {
		if got := strings.Join(wrap(c.text, c.width), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

var errFull = errors.New("full")

// failing is a writer that fails, and counts the attempts.
type failing struct{ writes int }

func (f *failing) Write(p []byte) (int, error) {
	f.writes++
	return 0, errFull
}

func BenchmarkColored(b *testing.B) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	b.SetBytes(int64(len(data)))
	for range b.N {
		v := New(discard{}, Options{Color: true})
		v.Begin(0, "")
		v.Bytes(Payload, '|', data)
		v.Flush()
	}
}

// Equal rows of a part are a * and the last of them. Rows with a mark or a note are shown.
func TestEqualRows(t *testing.T) {
	for _, row := range []struct {
		name string
		opts Options
		size int // zeros after the header
		want string
	}{
		{"two rows", Options{Cols: 2}, 5, "00000000 [01|00\n00000002  00 00\n00000004  00 00\n"},
		{"three rows", Options{Cols: 2}, 7, "00000000 [01|00\n00000002  00 00\n*\n00000006  00 00\n"},
		{"a short last row", Options{Cols: 2}, 100, "00000000 [01|00\n00000002  00 00\n*\n00000062  00 00\n00000064  00\n"},
		{"all rows", Options{Cols: 2, All: true}, 7, "00000000 [01|00\n00000002  00 00\n00000004  00 00\n00000006  00 00\n"},
		{"a dump", Options{Cols: 2, Dump: true}, 7, "00000000 [01|00\n00000002  00 00\n*\n00000006  00 00\n"},
		{"equal rows do not count for the limit", Options{Cols: 2, Rows: 3}, 100, "00000000 [01|00\n00000002  00 00\n*\n00000062  00 00\n00000064  00\n"},
		{"the limit comes first", Options{Cols: 2, Rows: 2}, 100, "00000000 [01|00\n00000002  00 00\n         … 97 more bytes\n"},
	} {
		for _, flush := range []int{1, 3, 1000} {
			var b strings.Builder
			v := New(&b, row.opts)
			v.Begin(0, "")
			v.Bytes(Header, '[', []byte{1})
			mark := byte('|')
			for left := row.size; left > 0; left -= flush {
				v.Bytes(Payload, mark, make([]byte, min(flush, left)))
				mark = 0
			}
			v.Close()
			var got string
			for line := range strings.Lines(b.String()) {
				cut := min(len(line), 15)
				if strings.Contains(line, "more") {
					cut = len(line)
				}
				got += strings.TrimRight(line[:cut], " \n") + "\n"
			}
			if got != row.want {
				t.Errorf("%s, %d bytes a call:\n%s\nwant\n%s", row.name, flush, got, row.want)
			}
		}
	}
}

// Bytes that are not shown are counted in one line, also if they come in several reads.
func TestMoreOnce(t *testing.T) {
	var b strings.Builder
	asked := 0
	v := New(&b, Options{Rows: 1, Hint: func() string { asked++; return "see all" }})
	for range 2 {
		v.Begin(0, "")
		for n := range byte(9) {
			v.Bytes(Payload, 0, bytes.Repeat([]byte{n}, 16))
			v.Flush()
		}
	}
	v.Close()
	if got := strings.Count(b.String(), "more bytes"); got != 2 || strings.Count(b.String(), "… 128 more bytes\n         see all\n") != 1 || asked != 1 {
		t.Errorf("got\n%s", b.String())
	}
}
