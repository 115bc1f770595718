package framing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// skipAll reads a stream and goes on after each error: payloads, and errors as
// "kind@offset+skipped".
func skipAll(r *Reader) (out []string) {
	for {
		f, err := r.Next()
		if err == nil {
			out = append(out, string(f.Payload))
			continue
		}
		e, ok := err.(*Error)
		if !ok {
			return out
		}
		n, again := r.Recover()
		out = append(out, fmt.Sprintf("%s@%d+%d", e.Fault, e.Offset, n))
		if again != nil {
			return append(out, "stopped")
		}
	}
}

func TestRecover(t *testing.T) {
	rows := []struct {
		name, spec string
		max        int64
		wire, want string
	}{
		{"a doubled DLE in an over-long frame is no start", "dle", 4,
			"\x10\x02aaaaaaaaaa\x10\x10\x02x\x10\x03\x10\x02ok\x10\x03", "frame-too-large@0+18 ok"},
		{"an escaped delimiter in an over-long frame is no end", "delim:;,esc=%", 4,
			"aaaaaaaa%;bbb%;ccc;ok;", "frame-too-large@0+19 ok"},
		{"an over-long frame between magic and delimiter", "delim:;,magic=M", 3, "MaaaaMa;Mok;", "frame-too-large@0+8 ok"},
		{"an over-long STX frame", "stx-etx", 3, "\x02aaaaaaaaa\x03\x02ok\x03", "frame-too-large@0+11 ok"},
		{"a lost DLE ETX costs one frame", "dle", 0, "\x10\x02lost\x10\x02ok\x10\x03\x10\x02ok2\x10\x03", "bad-escape@7+6 ok ok2"},
		{"a lost ETX costs one frame", "stx-etx", 0, "\x02lost\x02ok\x03\x02ok2\x03", "bad-escape@5+5 ok ok2"},
		{"a wrong escape concerns its frame only", "slip", 0, "a\xdbx\xc0ok\xc0", "bad-escape@2+4 ok"},
		{"magic after noise", "u8:offset=1,magic=M", 0, "M\x02abxxM\x02cd", "ab bad-magic@4+2 cd"},
		{"magic after the start", "u8:magic=M,magic-at=1,header=2", 0, "\x02Max\x02Mb", "a bad-magic@4+1 b"},
		{"a wrong trailer: the length can't be trusted, the magic can", "u8:offset=1,magic=M,trailer=;", 0,
			"M\x09first;M\x06second;M\x05third;", "bad-trailer@11+8 second third"},
		{"a wrong checksum of a frame with magic", "u8:offset=1,magic=M,crc=sum8", 0,
			"M\x04a\x61M\x03ok\xdaM\x02b\x62", "checksum@5+4 ok b"},
		{"a wrong checksum concerns its frame only", "u8:crc=sum8", 0, "\x02a\x60\x02b\x62", "checksum@2+3 b"},
		{"an over-long length is passed over", "u8", 4, "\x05hello\x02ok", "length-too-large@0+6 ok"},
		{"one over the spec's own maximum too", "u8:max=3", 0, "\x05hello\x02ok", "length-too-large@0+6 ok"},
		{"its body is not searched", "u8:offset=1,magic=M", 3, "M\x05hMM\x01MM\x02ok", "length-too-large@1+7 ok"},
		{"a length over the spec's own maximum is not trusted", "u8:offset=1,magic=M,max=9", 0, "M\x85heM\x02ok", "length-too-large@1+4 ok"},
		{"no mark, no way on", "netstring", 0, "2:hi;2:ok,", "bad-trailer@4+0 stopped"},
		{"no mark, no way on", "u8:min=1", 0, "\x00\x02ok", "length-too-small@0+0 stopped"},
		{"a line that is no message", "mcp", 0, "Starting\n{\"jsonrpc\":1}\n\n\r\n[{\"jsonrpc\":1}]\nx", "bad-magic@0+9 {\"jsonrpc\":1} bad-json@23+1 bad-json@24+2 [{\"jsonrpc\":1}] bad-magic@42+1"},
		{"JSON that is no message", "mcp", 0, "{\"a\":1}\n[1\n [{\"jsonrpc\":1}]\r\n", "bad-json@0+8 bad-json@8+3  [{\"jsonrpc\":1}]\r"},
		{"RS", "json-seq", 0, "\x1e{\n\x1e1\n", "bad-json@1+3 1"},
		{"a number that may be cut", "json-seq", 0, "\x1e12\x1e34\n\x1e[1]\x1e\"x\"\x1e5 \x1e6\n", "bad-json@1+3 34 [1] \"x\" 5  6"},
	}
	for _, r := range rows {
		for _, src := range []io.Reader{whole([]byte(r.wire)), single([]byte(r.wire))} {
			rd := NewReader(src, mustParse(t, r.spec))
			rd.Max = r.max
			if got := strings.Join(skipAll(rd), " "); got != strings.TrimSpace(r.want) && got != r.want {
				t.Errorf("%s: %s of %q: %s, want %s", r.name, r.spec, r.wire, got, r.want)
			}
		}
	}
}

// Marks inside over-long frames don't make recovering quadratic: each byte is read a few
// times, and there is one error.
func TestRecoverOnce(t *testing.T) {
	for spec, s := range map[string][3]string{
		"dle": {"\x10\x02", "\x10\x10\x02", "\x10\x03"}, "delim:;,esc=%": {"", "%;", ";"}, "slip": {"", "\xdb\xdc", "\xc0"},
		"json-seq": {"\x1e[", "\n", "1]\n\x1e{}\n"},
	} {
		wire := s[0] + strings.Repeat(s[1], 1<<20) + s[2]
		r := NewReader(strings.NewReader(wire), mustParse(t, spec))
		r.Max = 1 << 16
		if got := skipAll(r); len(got) > 2 || !strings.HasPrefix(got[0], "frame-too-large@0+") {
			t.Errorf("%s: %.200q", spec, got)
		}
		if len(r.buf) > 1<<20 {
			t.Errorf("%s: the buffer grew to %d", spec, len(r.buf))
		}
	}
}

// A fault stays the same when more bytes arrive: the one that shows first counts.
func TestFirstFaultCounts(t *testing.T) {
	long := strings.Repeat("b", 64996)
	rows := []struct {
		spec string
		max  int64
		wire string
		want string
	}{
		{"ascii:size=2,header=3,magic=X,magic-at=2", 0, "a1Y", "bad-length@0"},
		{"ascii:size=2,offset=1,magic=X", 0, "Ya1", "bad-magic@0"},
		{"hdlc", 10, strings.Repeat("x", 29) + "\x7e", "frame-too-large@0"},
		{"content-length", 0, "A:" + long + "\r\n" + strings.Repeat("n", 600) + " bad\r\n\r\n", "header-too-large@0"},
		{"nats", 10, "INFO " + strings.Repeat("x", 70_000) + "\r\n", "frame-too-large@0"},
		{"resp:inline", 10, "PING " + strings.Repeat("x", 70_000) + "\r\n", "frame-too-large@0"},
		{"content-length", 0, "\rX", "bad-header@0"},
		{"content-length", 0, "a\rb\r\n", "bad-header@0"},
		{"chunked", 0, "5" + strings.Repeat(" ", 65540) + "\r\nhello\r\n0\r\n\r\n", "header-too-large@0"},
		{"chunked", 0, "5;" + strings.Repeat("x", 65540) + "\r\nhello\r\n0\r\n\r\n", "header-too-large@0"},
		{"chunked", 0, "0\r\n" + strings.Repeat("A: b\r\n", 20000) + "\r\n", "header-too-large@0"},
	}
	for _, r := range rows {
		for i, src := range []io.Reader{whole([]byte(r.wire)), &cutReader{[]byte(r.wire), func() int { return 1 }}, &cutReader{[]byte(r.wire), func() int { return 1000 }}} {
			rd := NewReader(src, mustParse(t, r.spec))
			rd.Max = r.max
			frames, err := drain(rd)
			e, ok := err.(*Error)
			if !ok || fmt.Sprintf("%s@%d", e.Fault, e.Offset) != r.want || len(frames) > 0 {
				t.Errorf("%s of %.20q, cut %d: %d frames, %v; want %s", r.spec, r.wire, i, len(frames), err, r.want)
			}
		}
	}
}

// Max, if set, also limits a body that streams, however its frame arrives.
func TestMaxStreamed(t *testing.T) {
	f := mustParse(t, "u32be")
	wire, _ := f.Append(nil, Marks{}, []byte("ok"))
	wire, _ = f.Append(wire, Marks{}, make([]byte, 70000))
	for _, src := range []io.Reader{whole(wire), &cutReader{wire, func() int { return 5000 }}} {
		r := NewReader(src, f)
		r.Stream, r.Max = true, 66000
		frames, err := drainBatch(r)
		if e, ok := err.(*Error); len(frames) != 1 || !ok || e.Fault != LengthTooLarge {
			t.Errorf("%d frames, %v", len(frames), err)
		}
	}
}

// How much of a streamed body is written does not depend on how the source reports its end.
// After a wrong trailer the magic is found again.
func TestStreamedFaults(t *testing.T) {
	body := "\x00\x01\x86\xa0" + strings.Repeat("x", 50000)
	for _, src := range []io.Reader{io.MultiReader(strings.NewReader(body)), &endsWithData{[]byte(body)}} {
		r := NewReader(src, mustParse(t, "u32be"))
		_, err := copyNext(r, io.Discard)
		if e, ok := err.(*Error); !ok || e.Fault != Truncated || e.Sent != 50000 || e.Have != 50004 || r.Offset() != 50004 {
			t.Errorf("%v, offset %d", err, r.Offset())
		}
	}
	wire := "M\x00\x01\x11\x70" + strings.Repeat("x", 70000) + "?M\x00\x00\x00\x02ok;"
	r := NewReader(&cutReader{[]byte(wire), func() int { return 999 }}, mustParse(t, "u32be:offset=1,magic=M,trailer=;"))
	var out bytes.Buffer
	_, err := copyNext(r, &out)
	e, ok := err.(*Error)
	if !ok || e.Fault != BadTrailer || e.Offset != 70005 || e.Sent != 70000 || out.Len() != 70000 {
		t.Fatalf("%v", err)
	}
	if n, err := r.Recover(); n != 1 || err != nil {
		t.Errorf("skipped %d, %v", n, err)
	}
	if f, err := r.Next(); err != nil || string(f.Payload) != "ok" || f.Offset != 70006 || f.Index != 1 {
		t.Errorf("%+v, %v", f, err)
	}
}

// endsWithData returns io.EOF together with the last bytes.
type endsWithData struct{ data []byte }

func (r *endsWithData) Read(p []byte) (int, error) {
	n := copy(p, r.data)
	r.data = r.data[n:]
	if len(r.data) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// Head contains only the start of the stream, even if a body bypassed the buffer.
func TestHead(t *testing.T) {
	wire := "\x00\x01\x11\x70" + strings.Repeat("x", 70000) + "\x00\x00\x00\x04tail"
	r := NewReader(&cutReader{[]byte(wire), func() int { return 10 }}, mustParse(t, "u32be"))
	r.HeadSize = 30
	for range 2 {
		if _, err := copyNext(r, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	if string(r.Head()) != wire[:30] {
		t.Errorf("head %q", r.Head())
	}
}

// The error of a destination that fails or accepts too little is returned; the next frame
// can still be read.
func TestWriteToError(t *testing.T) {
	for _, size := range []int{1000, 200_000} {
		f := mustParse(t, "u32be")
		wire, _ := f.Append(nil, Marks{}, make([]byte, size))
		for name, w := range map[string]io.Writer{"failing": &failingWriter{fails: 1}, "short": shortWriter{}} {
			r := NewReader(whole(append(wire, wire...)), f)
			if _, err := copyNext(r, w); err == nil {
				t.Errorf("%s writer, %d bytes: no error", name, size)
			}
			if f, err := r.Next(); err != nil || f.Index != 1 || len(f.Payload) != size {
				t.Errorf("%s writer, %d bytes: then %d bytes, %v", name, size, len(f.Payload), err)
			}
		}
	}
	w := NewWriter(io.Discard, mustParse(t, "netstring"))
	if err := w.Stream(Marks{}, strings.NewReader("x"), -1); !errors.Is(err, ErrPayload) {
		t.Errorf("-1 bytes: %v", err)
	}
}

type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return len(p) / 2, nil }

// A failed write sticks: what follows would come after half a frame.
func TestWriterErrorSticks(t *testing.T) {
	dst := &failingWriter{fails: 1}
	w := NewWriter(dst, mustParse(t, "u8"))
	w.Write([]byte("hello"))
	if err := w.Flush(); err == nil {
		t.Fatal("no error")
	}
	if err := w.Write([]byte("again")); err == nil {
		t.Error("a write after the error went through")
	}
	if err := w.Flush(); err == nil || dst.String() != "\x05he" {
		t.Errorf("flushed %q, %v", dst, err)
	}
}

type failingWriter struct {
	bytes.Buffer
	fails int
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.fails > 0 {
		w.fails--
		w.Buffer.Write(p[:3])
		return 3, nil // short, without an error
	}
	return w.Buffer.Write(p)
}

// A source that lost bytes reports how many. Recover goes on at the next frame that can be
// found, and offsets count the missing bytes.
func TestRecoverGap(t *testing.T) {
	for _, row := range []struct {
		spec, before, after string
		lost                int64
		want                string
	}{
		{"lines", "one\ntw", "o\nthree\n", 100, "one 0|three 108"},
		{"lines", "one\n", "three\nfour\n", -1, "one 0|four 10"}, // its first line may be cut
		{"u8:offset=1,magic=M", "M\x02hiM\x05ab", "cdM\x01x", 7, "hi 0|x 17"},
		{"u8", "\x02hi\x05ab", "\x02yo", 3, "hi 0|stopped"},
		{"u32be:offset=1,magic=M,trailer=;", "M\x00\x01\x86\xa0" + strings.Repeat("x", 70_000), "xM\x00\x00\x00\x02ok;", 29_995, "70000 bytes|ok 100001"},
	} {
		gap := &lostError{row.lost}
		r := NewReader(io.MultiReader(strings.NewReader(row.before), &onceError{err: gap}, strings.NewReader(row.after)), mustParse(t, row.spec))
		var got []string
		for {
			f, body, err := r.NextReader()
			var payload []byte
			if err == nil {
				payload, err = io.ReadAll(body)
			}
			if err == io.EOF {
				break
			}
			if err == gap {
				if len(payload) > 0 {
					got = append(got, fmt.Sprintf("%d bytes", len(payload)))
				}
				if _, err = r.Recover(); err == nil {
					continue
				}
			}
			if err != nil {
				got = append(got, "stopped")
				break
			}
			got = append(got, fmt.Sprintf("%s %d", payload, f.Offset))
		}
		if strings.Join(got, "|") != row.want {
			t.Errorf("%s of %.20q: %q, want %s", row.spec, row.before, got, row.want)
		}
	}
}

type lostError struct{ n int64 }

func (e *lostError) Error() string { return "bytes were lost" }
func (e *lostError) Lost() int64   { return e.n }

// onceError is a source that returns an error once, then nothing.
type onceError struct{ err error }

func (o *onceError) Read([]byte) (n int, err error) {
	if err, o.err = o.err, io.EOF; err == nil {
		err = io.EOF
	}
	return 0, err
}
