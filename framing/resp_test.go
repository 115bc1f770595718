package framing

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// In the rows a blank means CR LF.
func TestResp(t *testing.T) {
	rows := []textRow{
		// One frame is one value, with all the values in it.
		{"resp", "*2 *1 *2 :1 :2 $2 hi +x ", "*2 *1 *2 :1 :2 $2 hi | +x | clean"},
		{"resp", "%1 +a *0 ~1 :1 >1 +m ", "%1 +a *0 | ~1 :1 | >1 +m | clean"},
		{"resp", "%0 ~0 >0 +x ", "%0 | ~0 | >0 | +x | clean"},
		{"resp", "*2 $-1 *-1 $-1 ", "*2 $-1 *-1 | $-1 | clean"},
		{"resp", "!3 ERR =5 txt:a _ #t ,inf (1 ", "!3 ERR | =5 txt:a | _ | #t | ,inf | (1 | clean"},
		{"resp", "$7 +x:1 $ :1 ", "$7 +x:1 $ | :1 | clean"},
		{"resp", "$6 a b  ", "$6 a b  | clean"},
		// An attribute belongs to the value after it, anywhere.
		{"resp", "|1 +ttl :5 +OK :1 ", "|1 +ttl :5 +OK | :1 | clean"},
		{"resp", "*2 :1 |1 +ttl :5 :2 +x ", "*2 :1 |1 +ttl :5 :2 | +x | clean"},
		{"resp", "|0 |1 +a |1 +b :1 :2 *1 :3 +x ", "|0 |1 +a |1 +b :1 :2 *1 :3 | +x | clean"},
		{"resp", "|1 +ttl :5 ", "partial"},
		// Streamed strings and aggregates.
		{"resp", "$? ;4 Hell ;2 o! ;0 +x ", "$? ;4 Hell ;2 o! ;0 | +x | clean"},
		{"resp", "*2 $? ;0 :1 ", "*2 $? ;0 :1 | clean"},
		{"resp", "*? :1 *2 :2 :3 . +x ", "*? :1 *2 :2 :3 . | +x | clean"},
		{"resp", "*? . ~? . %? +a :1 . ", "*? . | ~? . | %? +a :1 . | clean"},
		{"resp", "*3 :1 *? %? +a *? . . . :3 +x ", "*3 :1 *? %? +a *? . . . :3 | +x | clean"},
		{"resp", "*? |1 +a :1 :2 . +x ", "*? |1 +a :1 :2 . | +x | clean"},
		{"resp", "*? :1 ", "partial"},
		{"resp", "$? ;4 Hell ", "partial"},
		// The text of a line is not checked.
		{"resp", "+a\rb\nc +x ", "+a\rb\nc | +x | clean"},
		{"resp", "+\r +x ", "+\r | +x | clean"},

		{"resp", "+OK PING ", "+OK | bad-type 5"},
		{"resp", "*2 :1 PING ", "bad-type 8"},
		{"resp", "\x00", "bad-type 0"},
		{"resp", ";0 ", "bad-type 0"},
		{"resp", ". ", "bad-type 0"},
		{"resp", "*1 . ", "bad-type 4"},
		{"resp", "*? *1 . ", "bad-type 8"},
		{"resp", "*? |0 . ", "bad-type 8"}, // an attribute of nothing
		{"resp", "$? +a ", "bad-type 4"},
		{"resp", "$? ;1 a . ", "bad-type 11"},
		{"resp", "$x ", "bad-length 1"},
		{"resp", "$ ", "bad-length 1"},
		{"resp", "$5x hello ", "bad-length 2"},
		{"resp", "$+5 hello ", "bad-length 1"},
		{"resp", "$5\nhello ", "bad-length 2"},
		{"resp", "$5\rxhello ", "bad-length 3"},
		{"resp", "$-2 ", "bad-length 1"},
		{"resp", "$-12 ", "bad-length 1"},
		{"resp", "$-1x ", "bad-length 3"},
		{"resp", "%-1 ", "bad-length 1"},
		{"resp", "!-1 ", "bad-length 1"},
		{"resp", ">? ", "bad-length 1"}, // only arrays, sets and maps stream
		{"resp", "|? ", "bad-length 1"},
		{"resp", "!? ", "bad-length 1"},
		{"resp", "$?5 ", "bad-length 2"},
		{"resp", "$? ;-1 ", "bad-length 5"},
		{"resp", "*? .x", "bad-trailer 5"},
		{"resp", "*? .\rx", "bad-trailer 6"},
		{"resp", "$5 hello\rX", "bad-trailer 10"},
		{"resp", "$2 hello ", "bad-trailer 6"},
		{"resp", "$? ;2 hello ", "bad-trailer 10"},
		{"resp", "$9999999999999999999 ", "length-too-large 1"},
		{"resp", "*1 $00000000000000000005 hello ", "length-too-large 5"},
		{"resp", "*999999999999999999 *999999999999999999 ", "length-too-large 22"},
		{"resp", "%999999999999999999 ", "length-too-large 1"},
		{"resp", "$999999999999999999 x", "partial"},
		{"resp", "*999999999999999999 :1 ", "partial"},
	}
	for i := range rows {
		rows[i].wire = strings.ReplaceAll(rows[i].wire, " ", "\r\n")
	}
	checkText(t, rows)
}

// A server accepts plain lines as commands; they end in LF with or without CR.
func TestRespInline(t *testing.T) {
	checkText(t, []textRow{
		{"resp:inline", "PING\r\n*1\r\n$4\r\nPING\r\nset a b\n\n", "PING | *1 $4 PING | set a b\n| \n| clean"},
		{"resp:inline", "PING", "partial"},
		{"resp:inline", "*1\r\nPING\r\n", "bad-type 4"},
		{"resp:inline", strings.Repeat("x", maxHeader-1) + "\n", strings.Repeat("x", 60) + "| clean"},
		{"resp:inline", strings.Repeat("x", maxHeader) + "\n", "header-too-large 0"},
		{"resp", "PING\r\n", "bad-type 0"},
	})
}

// Streamed aggregates nest until their counts no longer fit in the Cursor, at least nine
// deep. The error points at the first one too deep.
func TestRespDepth(t *testing.T) {
	open, shut := "*?\r\n", ".\r\n"
	checkText(t, []textRow{
		{"resp", strings.Repeat(open, 9) + strings.Repeat(shut, 9), strings.Repeat("*? ", 9) + strings.Repeat(". ", 8) + "| clean"},
		{"resp", strings.Repeat(open, 10), "bad-length 37"},
		{"resp", "*2000000\r\n*?\r\n*100\r\n*?\r\n*?\r\n:1\r\n", "partial"},
		{"resp", "*999999999999999999\r\n*?\r\n", "bad-length 22"},
		{"resp", strings.Repeat("*1\r\n", 100_000) + ":1\r\n", strings.Repeat("*1 ", 15) + "| clean"},
	})
}

// randomResp appends a value of any shape.
func randomResp(dst []byte, rnd *rand.Rand, depth int) []byte {
	n := rnd.IntN(4)
	if depth == 0 {
		n = 0
	}
	kind := rnd.IntN(12)
	switch kind {
	case 0, 1:
		return fmt.Appendf(dst, "%c%s\r\n", "+-:,(_"[rnd.IntN(6)], strings.Repeat("1", rnd.IntN(40)))
	case 2, 3:
		text := strings.Repeat("\r\n", rnd.IntN(20))
		return fmt.Appendf(dst, "%c%d\r\n%s\r\n", "$=!"[rnd.IntN(3)], len(text), text)
	case 4:
		return append(dst, []string{"$-1\r\n", "*-1\r\n", "$?\r\n;0\r\n"}[rnd.IntN(3)]...)
	case 5:
		return append(dst, "$?\r\n;3\r\n;0\r\r\n;0\r\n"...)
	case 6: // an attribute
		dst = fmt.Appendf(dst, "|%d\r\n", n)
		for range 2 * n {
			dst = randomResp(dst, rnd, depth-1)
		}
		return randomResp(dst, rnd, depth)
	}
	pairs := 1 + kind%2
	if kind < 9 {
		dst = fmt.Appendf(dst, "%c?\r\n", "*%"[pairs-1])
	} else {
		dst = fmt.Appendf(dst, "%c%d\r\n", "*%"[pairs-1], n)
	}
	for range n * pairs {
		dst = randomResp(dst, rnd, depth-1)
	}
	if kind < 9 {
		dst = append(dst, ".\r\n"...)
	}
	return dst
}

// Values of every shape, valid and damaged, give the same frames however they are cut, with
// and without a limit.
func TestRespAnyCut(t *testing.T) {
	rnd := rand.New(rand.NewPCG(377, 610))
	f := mustParse(t, "resp")
	rounds := 1000
	if long() {
		rounds = 4000
	}
	for round := range rounds {
		var wire []byte
		n := 1 + rnd.IntN(4)
		for range n {
			wire = randomResp(wire, rnd, 6)
		}
		damaged := round%2 == 0
		if damaged {
			wire = corrupt(wire, rnd)
		}
		limit := int64(rnd.IntN(3)/2)*int64(2+rnd.IntN(200)) - 1
		reader := func(src io.Reader) *Reader {
			r := NewReader(src, f)
			r.Max = limit
			return r
		}
		ref := readNext(reader(whole(wire)), false)
		if !damaged && limit < 0 && (ref.frames != n || ref.errs != "EOF\n") {
			t.Fatalf("%q: %d frames, %s, want %d", wire, ref.frames, ref.errs, n)
		}
		if o := readNext(reader(single(wire)), false); o != ref {
			t.Fatalf("%q, limit %d: byte by byte %+v, whole %+v", wire, limit, o, ref)
		}
		if o := readBatches(reader(random(wire, rnd)), false); o != ref {
			t.Fatalf("%q, limit %d: batches %+v, whole %+v", wire, limit, o, ref)
		}
	}
}

// A line becomes the command that redis-cli would send.
func TestRespCompose(t *testing.T) {
	f := mustParse(t, "resp")
	for _, row := range []struct {
		line  string
		words []string // nil if the line stays as it is
	}{
		{"PING", []string{"PING"}},
		{"  SET  k\tv ", []string{"SET", "k", "v"}},
		{`SET k "a b\n\x00" 'it\'s'`, []string{"SET", "k", "a b\n\x00", "it's"}},
		{`ECHO "" 'a\nb' "\q\\"`, []string{"ECHO", "", `a\nb`, `q\`}},
		{`a"b c"`, []string{"ab c"}},
		{"+OK", []string{"+OK"}},
		{"+OK\r\n", nil},
		{"*1\r\n$4\r\nPING\r\n", nil},
		{"", nil},
		{`SET "k`, nil}, // Append refuses it, as it is not a value
		{`"a"b`, nil},
	} {
		want := row.line
		if row.words != nil {
			want = fmt.Sprintf("*%d\r\n", len(row.words))
			for _, w := range row.words {
				want += fmt.Sprintf("$%d\r\n%s\r\n", len(w), w)
			}
		}
		got := f.(interface{ Compose(dst, line []byte) []byte }).Compose([]byte("before"), []byte(row.line))
		if string(got) != "before"+want {
			t.Errorf("%q gives %q, want %q", row.line, got, want)
		}
		if _, err := f.Append(nil, Marks{}, []byte(want)); row.words != nil && err != nil {
			t.Errorf("%q: %v", want, err)
		}
	}
}

func TestRespDescribe(t *testing.T) {
	for body, want := range map[string]string{
		"+OK\r\n": "simple string", "*1\r\n:1\r\n": "array", "$-1\r\n": "null bulk string", "*-1\r\n": "null array",
		">0\r\n": "push", "|0\r\n+OK\r\n": "attribute", ":-1\r\n": "integer", "PING\r\n": "inline command",
	} {
		f := mustParse(t, "resp")
		if got := Lookup("resp").Describe(nil, f, Frame{Body: []byte(body)}); len(got) != 1 || got[0] != (FieldText{"type", want}) {
			t.Errorf("%q is %v, want a %s", body, got, want)
		}
	}
}

// An array of two million elements takes about twice as long as one of a million.
func BenchmarkResp(b *testing.B) {
	for _, n := range []int{1_000_000, 2_000_000} {
		wire := append(fmt.Appendf(nil, "*%d\r\n", n), bytes.Repeat([]byte(":1\r\n"), n)...)
		benchRead(b, fmt.Sprintf("array-%dM-64K", n/1_000_000), "resp", wire, 64<<10)
		benchRead(b, fmt.Sprintf("array-%dK-byte-by-byte", n/10_000), "resp", append(fmt.Appendf(nil, "*%d\r\n", n/10), wire[len(wire)-4*(n/10):]...), 1)
		line := append(append([]byte("+"), bytes.Repeat([]byte("\r"), n/10)...), "\r\n"...)
		benchRead(b, fmt.Sprintf("line-%dK-byte-by-byte", n/10_000), "resp", line, 1)
	}
}
