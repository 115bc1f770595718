package rewrite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"framecat/commands/internal/relay"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// sides returns the two directions for the framings of the client and the target.
func sides(t *testing.T, from, to string) [2]Side {
	t.Helper()
	var s [2]Side
	for dir, spec := range []string{from, to} {
		f, err := framing.Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		s[dir] = Side{From: f, Entry: framing.Lookup(spec), Flag: "--to", Chunk: true, Faults: true}
	}
	if from != to {
		s[0].To, s[1].To = s[1].From, s[0].From
	}
	return s
}

// faultsOf reads faults, such as "drop index=1".
func faultsOf(t *testing.T, texts ...string) (list []Fault) {
	t.Helper()
	for i, text := range texts {
		flag, value, _ := strings.Cut(text, " ")
		for _, k := range Kinds {
			if k.Flag() != flag {
				continue
			}
			f, err := ParseFault(k, value, i, time.ParseDuration)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, f)
		}
	}
	return list
}

// rules returns rules whose reports are written to notes.
func rules(s [2]Side, notes io.Writer) *Rules {
	r := &report.Reporter{W: notes, Marks: report.NewStyle(false), Clear: func() {}}
	r.Getenv = func(string) string { return "" }
	return &Rules{Sides: s, Report: r}
}

// writes keeps each write apart.
type writes struct{ list []string }

func (w *writes) Write(p []byte) (int, error) {
	w.list = append(w.list, string(p))
	return len(p), nil
}

// run copies a direction of a connection, and returns what was written and the error.
func (r *Rules) run(conn, dir int, src io.Reader) (string, []string, error) {
	var w writes
	err := r.Copier(relay.Way{Conn: conn, Dir: dir}).Copy(&w, src)
	return strings.Join(w.list, ""), w.list, err
}

const big = 300_000

// Each row is one fault, or a few. The bytes are the same however the stream arrives.
func TestFaults(t *testing.T) {
	large := "\x00\x04\x93\xe0" + strings.Repeat("x", big)
	for _, row := range []struct {
		spec   string
		faults []string
		in     string
		want   string // of the bytes that are written
		end    string // the error, or the note, contains it
	}{
		{"lines", []string{"drop index=1"}, "a\nb\nc\n", "a\nc\n", ""},
		{"lines", []string{"drop payload=b"}, "a\nb\nc\nb\n", "a\nc\n", ""},
		{"lines", []string{"drop size>1", "drop index=0"}, "a\nbb\nc\n", "c\n", ""},
		{"lines", []string{"drop 100%"}, "a\nb\n", "", ""},
		{"lines", []string{"drop 0%"}, "a\nb\n", "a\nb\n", ""},
		{"lines", []string{"dup index=1"}, "a\nb\nc\n", "a\nb\nb\nc\n", ""},
		{"lines", []string{"dup index=1", "dup size=1"}, "a\nb\n", "a\na\nb\nb\nb\n", ""},
		{"lines", []string{"dup 100%", "drop index=0"}, "a\nb\n", "b\nb\n", ""},
		{"lines", []string{"reset index=2"}, "a\nb\nc\nd\n", "a\nb\n", "--reset: the client: message 2 at byte 4"},
		{"lines", []string{"flip index=1"}, "a\n\nc\n", "a\n\nc\n", ""}, // it has no payload
		{"lines", []string{"flip header:index=1"}, "a\nb\nc\n", "a\nb\nc\n", ""},
		{"lines", []string{"drop index=0"}, "a\nb\nrest", "b\nrest", ""},
		{"u8", []string{"drop payload=b"}, "\x01a\x01b\x01c", "\x01a\x01c", ""},
		{"u8", []string{"drop index=0"}, "\x01a\x05b", "\x05b", ""},
		{"mqtt", []string{"drop type=PINGREQ"}, "\xc0\x00\x30\x03\x00\x01t\xc0\x00", "\x30\x03\x00\x01t", ""},
		{"netstring", []string{"drop index=1"}, "1:a,1:b,1:c,", "1:a,1:c,", ""},
		{"netstring", []string{"drop index=0", "dup index=3"}, "1:a,1:b,oops,1:c,1:d,", "1:b,oops,1:c,1:d,", "the client: frame 2 at byte 8: "},
		{"stomp", []string{"drop index=0"}, "\nA\n\na\x00\n\nB\n\nb\x00\n", "\n\n\nB\n\nb\x00\n", ""},
		{"stomp", []string{"drop index=9"}, "\nA\n\na\x00\n\nB\n\nb\x00\n\n", "\nA\n\na\x00\n\nB\n\nb\x00\n\n", ""},
		{"crlf", []string{"drop payload=c"}, "HTTP/1.1 101 x\r\nc\r\n\r\na\r\nc\r\n", "HTTP/1.1 101 x\r\n\r\na\r\n", ""}, // of a client
		{"u32be", []string{"drop index=0"}, large + "\x00\x00\x00\x01b", "\x00\x00\x00\x01b", ""},
		{"u32be", []string{"drop index=1"}, large + "\x00\x00\x00\x01b", large, ""},
		{"u32be", []string{"dup index=0"}, large + "\x00\x00\x00\x01b", large + large + "\x00\x00\x00\x01b", ""},
		{"u32be", []string{"drop index=1"}, large[:200_000], large[:200_000], ""},
		{"u32be", []string{"drop index=1"}, "\x7f\xff\xff\xffabc", "\x7f\xff\xff\xffabc", ""}, // it need not be held
		{"u32be", []string{"dup index=1"}, "\x00\x00\x00\x01a\x7f\xff\xff\xffabc", "\x00\x00\x00\x01a\x7f\xff\xff\xffabc", "length 2147483647 is over --max-frame 16777216"},
		{"u32be:trailer=;", []string{"drop index=1"}, large + "!more", large + "!more", "without faults by message"},
	} {
		for name, src := range map[string]func() io.Reader{
			"whole": func() io.Reader { return strings.NewReader(row.in) },
			"bytes": func() io.Reader { return iotest.OneByteReader(strings.NewReader(row.in)) },
			"ended": func() io.Reader { return iotest.DataErrReader(strings.NewReader(row.in)) },
		} {
			var notes bytes.Buffer
			r := rules(sides(t, row.spec, row.spec), &notes)
			r.Faults = faultsOf(t, row.faults...)
			got, _, err := r.run(1, 0, src())
			if err != nil {
				notes.WriteString(err.Error())
			}
			if got != row.want || !strings.Contains(notes.String(), row.end) || row.end == "" && notes.Len() > 0 {
				t.Errorf("%s %v, %s: %.80q (%d bytes), want %.80q (%d bytes); notes %q, want %q",
					row.spec, row.faults, name, got, len(got), row.want, len(row.want), notes.String(), row.end)
			}
		}
	}
}

// When the client begins TLS, all that follows is passed on at once, in both directions.
func TestTLS(t *testing.T) {
	const hello = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
	for _, to := range []string{"crlf", "u8"} {
		for _, split := range []bool{false, true} {
			var notes bytes.Buffer
			r := rules(sides(t, "crlf", "crlf"), &notes)
			if r.Faults = faultsOf(t, "drop index=0"); to != "crlf" {
				there := sides(t, to, to)
				r.Sides[0].To, r.Sides[1].To = there[0].From, there[1].From
			}
			for dir, tls := range []string{hello, "\x16\x03\x03\x00\x7a"} {
				source, client := io.Pipe()
				w := make(chan string, 100)
				go r.Copier(relay.Way{Conn: 1, Dir: dir}).Copy(writerTo(w), source)
				if dir == 0 {
					io.WriteString(client, "STARTTLS\r\n") // it is dropped
				}
				pieces := []string{tls}
				if split {
					pieces = strings.Split(tls, "")
				}
				for _, p := range pieces {
					io.WriteString(client, p)
				}
				for got := ""; got != tls; {
					if got += <-w; !strings.HasPrefix(tls, got) {
						t.Fatalf("direction %d, to %s: %q, want %q", dir, to, got, tls)
					}
				}
				client.Close()
			}
			if notes.Len() > 0 {
				t.Errorf("notes %q", &notes)
			}
		}
	}
}

// After an answer 101 of HTTP, all is passed on, too.
func TestUpgrade(t *testing.T) {
	const head, rest = "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n", "\x81\x05hello\r\nhello\r\n\x81"
	for _, read := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.DataErrReader} {
		var notes bytes.Buffer
		r := rules(sides(t, "crlf", "crlf"), &notes)
		r.Faults = faultsOf(t, "drop payload=hello")
		got, _, err := r.run(1, 1, read(strings.NewReader("hello\r\n"+head+rest)))
		back, _, broken := r.run(1, 0, read(strings.NewReader("hello\r\n")))
		if got != head+rest || back != "hello\r\n" || err != nil || broken != nil || notes.Len() > 0 {
			t.Errorf("%q, %q: %v, %v, %s", got, back, err, broken, &notes)
		}
	}
}

// writerTo sends what is written.
type writerTo chan<- string

func (w writerTo) Write(p []byte) (int, error) {
	if len(p) > 0 {
		w <- string(p)
	}
	return len(p), nil
}

// A flip inverts one bit of the part that it is for, and nothing else.
func TestFlip(t *testing.T) {
	for _, row := range []struct {
		from, to, fault string
		in, want        string // want is without the flip
		first, last     int    // where the bit may be, in bytes
	}{
		{"u32be", "u32be", "flip index=0", "\x00\x00\x00\x03abc", "\x00\x00\x00\x03abc", 4, 6},
		{"u32be", "u32be", "flip header:index=0", "\x00\x00\x00\x03abc", "\x00\x00\x00\x03abc", 0, 3},
		{"u32be", "lines", "flip index=0", "\x00\x00\x00\x03abc", "abc\n", 0, 2},
		{"lines", "u16be", "flip header:100%", "abc\n", "\x00\x03abc", 0, 1},
		{"u16be:crc=sum8", "u16be:crc=sum8", "flip size=3", "\x00\x04abc\x26", "\x00\x04abc\x26", 2, 4}, // the checksum stays
	} {
		seen := map[int]bool{}
		for seed := range uint64(200) {
			r := rules(sides(t, row.from, row.to), io.Discard)
			r.Seed, r.Faults = seed, faultsOf(t, row.fault)
			got, _, err := r.run(1, 0, strings.NewReader(row.in))
			if err != nil || len(got) != len(row.want) {
				t.Fatalf("%s to %s: %q, %v", row.from, row.to, got, err)
			}
			for i := range got {
				if x := got[i] ^ row.want[i]; x != 0 {
					if x&(x-1) != 0 {
						t.Errorf("more than one bit of %q", got)
					}
					seen[i] = true
				}
			}
		}
		for i := range row.want {
			if seen[i] != (i >= row.first && i <= row.last) {
				t.Errorf("%s to %s, %s: byte %d changed: %t", row.from, row.to, row.fault, i, seen[i])
			}
		}
	}
}

// A delay holds a message and all after it; those before it are written first. Delays of messages
// that came together do not add up.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rules(sides(t, "lines", "lines"), io.Discard)
		r.Faults = faultsOf(t, "delay 3s:payload=b", "delay 1s")
		start := time.Now()
		_, list, err := r.run(1, 0, strings.NewReader("a\nb\nc\n"))
		if got := fmt.Sprintf("%q %v %v", list, err, time.Since(start)); got != `["a\n" "b\nc\n"] <nil> 4s` {
			t.Error(got)
		}
	})
}

// A delay ends with the connection.
func TestDelayEnds(t *testing.T) {
	r := rules(sides(t, "lines", "lines"), io.Discard)
	r.Faults = faultsOf(t, "delay 1000h")
	done := make(chan struct{})
	close(done)
	if err := r.Copier(relay.Way{Conn: 1, Done: done}).Copy(io.Discard, strings.NewReader("a\n")); err == nil {
		t.Error("no error")
	}
}

// A run with the same seed makes the same faults, whatever the reads are. Another seed, connection
// or direction makes others, and about as many as asked for.
func TestSeed(t *testing.T) {
	const n = 20_000
	var in bytes.Buffer
	for i := range n {
		fmt.Fprintf(&in, "message %d\n", i)
	}
	run := func(seed uint64, conn, dir int, src io.Reader) (string, *Rules) {
		r := rules(sides(t, "lines", "lines"), io.Discard)
		r.Seed, r.Faults = seed, faultsOf(t, "drop 1%", "flip 1%", "dup 1%")
		got, _, err := r.run(conn, dir, src)
		if err != nil {
			t.Fatal(err)
		}
		return got, r
	}
	first, r := run(1, 1, 0, bytes.NewReader(in.Bytes()))
	for k, want := range map[Kind]int64{Drop: n / 100, Flip: n / 100, Dup: n / 100, Reset: 0} {
		if got := r.made[k].Load(); got < want*3/4 || got > want*5/4 {
			t.Errorf("--%s: %d messages of %d", k.Flag(), got, n)
		}
	}
	if again, _ := run(1, 1, 0, iotest.HalfReader(bytes.NewReader(in.Bytes()))); again != first {
		t.Error("the same seed made other faults")
	}
	for _, other := range [][3]int{{2, 1, 0}, {1, 2, 0}, {1, 1, 1}} {
		if got, _ := run(uint64(other[0]), other[1], other[2], bytes.NewReader(in.Bytes())); got == first {
			t.Errorf("seed, connection and direction %v made the same faults", other)
		}
	}
}

// messagesToTranslate is how many messages the tests of translation send.
func messagesToTranslate() int {
	if n, err := strconv.Atoi(os.Getenv("FRAMECAT_TRANSLATED")); err == nil {
		return n
	}
	return 100_000
}

// No message is lost or merged by a translation, however the stream arrives.
func TestTranslate(t *testing.T) {
	n := messagesToTranslate()
	for _, row := range [][2]string{{"u32be", "ndjson"}, {"u32be", "lines"}, {"syslog", "syslog-lf"}, {"lines", "varint"}, {"slip", "cobs"}} {
		s := sides(t, row[0], row[1])
		for dir := range s {
			r := rules(s, io.Discard)
			pr, pw := io.Pipe()
			go func() {
				w := framing.NewWriter(pw, s[dir].From)
				for i := range n {
					if err := w.Write(payload(i)); err != nil {
						t.Error(err)
					}
				}
				w.Flush()
				pw.Close()
			}()
			out, in := io.Pipe()
			go func() {
				in.CloseWithError(r.Copier(relay.Way{Conn: 1, Dir: dir}).Copy(in, &randomReader{pr, rand.New(rand.NewPCG(1, 2))}))
			}()
			got := 0
			for f, err := range framing.NewReader(out, s[dir].To).Frames() {
				if err != nil || !bytes.Equal(f.Payload, payload(got)) {
					t.Fatalf("%v to %s: message %d is %q: %v", row, s[dir].To, got, f.Payload, err)
				}
				got++
			}
			if got != n {
				t.Errorf("%v to %s: %d messages of %d", row, s[dir].To, got, n)
			}
		}
	}
}

// payload is a JSON text and a syslog message of a size that varies.
func payload(i int) []byte { return fmt.Appendf(nil, `{"<13>":%d,"x":"%0*d"}`, i, i%97, i) }

// A randomReader reads in pieces of random sizes.
type randomReader struct {
	io.Reader
	rnd *rand.Rand
}

func (r *randomReader) Read(p []byte) (int, error) {
	return r.Reader.Read(p[:min(len(p), 1+r.rnd.IntN(5000))])
}

// A message that the other framing cannot carry, and a frame that cannot be read, end the
// connection. What came before is written.
func TestUntranslatable(t *testing.T) {
	for _, row := range []struct {
		from, to, in, want, text string
		status                   int
	}{
		{"u8", "lines", "\x02ok\x03a\nb\x01c", "ok\n", `the client: message 1 at byte 3: the payload contains the delimiter "\n" at byte 1`, report.StatusPayload},
		{"lines", "fixed:2", "ok\nlong\n", "ok", "the client: message 1 at byte 3: ", report.StatusPayload},
		{"netstring", "lines", "2:ok,oops", "ok\n", "the client: frame 1 at byte 5: ", report.StatusMalformed},
		{"u8", "lines", "\x02ok\x03ab", "ok\n", "the client: ", report.StatusTruncated},
		{"u32be", "lines", "\x7f\xff\xff\xffab", "", "is over --max-frame", report.StatusMalformed},
	} {
		got, _, err := rules(sides(t, row.from, row.to), io.Discard).run(1, 0, strings.NewReader(row.in))
		var f *report.Failure
		if got != row.want || !errors.As(err, &f) || f.Status != row.status || !strings.Contains(f.Text, row.text) {
			t.Errorf("%s to %s: %q, %v; want %q, status %d, %q", row.from, row.to, got, err, row.want, row.status, row.text)
		}
	}
}
