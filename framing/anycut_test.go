package framing

import (
	"cmp"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// long reports whether properties are tried with many random streams: FRAMECAT_LONG is set, as it is by
// .ci/run. Otherwise a few must do.
func long() bool { return os.Getenv("FRAMECAT_LONG") != "" && !testing.Short() && !raceEnabled }

// check reads the stream in every way at other cuts, and returns how often.
func (d *decoding) check(t *testing.T, rnd *rand.Rand) (n int) {
	t.Helper()
	reader := func(src io.Reader) *Reader {
		r := NewReader(src, d.f)
		r.Max, r.BufferSize, r.Size = d.limit, 1+rnd.IntN(300), sizeFunc(d.size)
		if d.resync {
			r.Resync = resyncAt
		}
		return r
	}
	ref := readNext(reader(whole(d.wire)), d.skip)
	differ := func(name string, o outcome) {
		n++
		if o != ref {
			t.Fatalf("%s, limit %d, skip %v, resync %v, size %d: %s differs\n got %d frames, %s\nwant %d frames, %s\nwire %q",
				d.spec, d.limit, d.skip, d.resync, d.size, name, o.frames, o.errs, ref.frames, ref.errs, clip2(d.wire))
		}
	}
	for i, w := range ways {
		if i >= 3 && (d.resync || d.large && d.skip && strings.Contains(ref.errs, string(BadTrailer))) {
			continue // a body that was streamed cannot be searched for the next frame
		}
		differ(w.name, w.read(reader(cuts(d.wire, rnd)), d.skip))
	}
	if d.size == 0 {
		wait := reader(&waiting{data: d.wire, size: func() int { return 1 + rnd.IntN(40) }})
		differ("a source that waits", readNext(wait, d.skip))
	}
	if !d.skip && !d.resync {
		differ("suspended", readSuspended(d.wire, reader(nil), rnd))
	}
	return n
}

// variants are specs whose keys change how frames are found, besides those of the examples.
var variants = []string{
	`delim:\r\n,magic=\r`, `delim:\r\n,esc=\0`, "delim:aab,esc=%", "delim:aab,magic=ab", "delim:ab,crc=crc32", "delim:;,esc=%,crc=sum8",
	"cobsr:crc=crc16-ccitt", "slip:crc=crc32", "hdlc:fcs=32,accm=ffffffff", "hdlc:fcs=none,accm=000a0000", "json-seq:json=off", "resp:inline",
	"u16be:max=40", "u16be:min=3,max=40", "u8:offset=1,magic=M,trailer=;;", "u8:offset=1,magic=MM,magic-at=2,header=4,crc=sum8", "u16le:offset=1,magic=M,crc=crc32,max=50",
	"ascii:size=2,offset=1,magic=<,trailer=>", "bcd:size=1", "fixed:4,magic=MM", "x11:role=client", "ldap:strict", "ssh:strict", "ssh:banner=off",
	"websocket:role=client", "websocket:role=client,strict", "http2:role=client", "postgres:role=frontend", "postgres:role=backend", "netbios-ssn:strict", "varint:max=2",
	"u16le:offset=1,magic=M,counts=itself,crc=crc16-modbus,crc-counted=no,trailer=;", "u8:crc=xor8,crc-from=0,crc-counted=no", "u16be:offset=1,header=4,crc=crc8,crc-from=1,max=60",
	"delim:;,magic=M,crc=crc16-arc,crc-from=0",
	"http:strict", "http:head",
}

// Streams of every framing give the same frames, offsets and errors however they are cut and
// in whatever way they are read: with and without a limit, with and without going on after
// errors, and with faults anywhere. FRAMECAT_DECODINGS is how many times a stream is read.
func TestAnyCut(t *testing.T) {
	want, _ := strconv.Atoi(os.Getenv("FRAMECAT_DECODINGS"))
	if want = cmp.Or(want, 20_000); testing.Short() || raceEnabled {
		want /= 4
	}
	rnd := rand.New(rand.NewPCG(5, 8))
	type row struct {
		f      Framing
		x      example
		tokens []string
	}
	var rows []row
	for _, k := range Entries() {
		for _, x := range k.examples {
			rows = append(rows, row{mustParse(t, x.Spec), x, tokens(x)})
		}
	}
	for _, spec := range variants {
		x := example{spec, "hello", ""}
		f := mustParse(t, spec)
		frame, err := f.Append(nil, Marks{}, []byte(x.Payload))
		if err != nil {
			x.Payload = "\x00hi?"
			frame, _ = f.Append(nil, Marks{}, []byte(x.Payload)) // no frame: then tokens has only bytes that fit all framings
		}
		x.Frame = string(frame)
		rows = append(rows, row{f, x, tokens(x)})
	}
	total := 0
	for round := 0; total < want; round++ {
		for _, r := range rows {
			if _, simple := r.f.(*length); simple && round%4 > 0 {
				continue // they all have the same code
			}
			d := randomDecoding(r.f, r.x, r.tokens, rnd)
			total += d.check(t, rnd)
		}
	}
	t.Logf("%d decodings", total)
}

// A Scan of no bytes between two frames leaves what the Cursor knows of the stream: a Reader may drop what it
// has noted of a frame that has not begun.
func TestScanNothing(t *testing.T) {
	tried := []example{{Spec: "smtp", Frame: "DATA\r\nhi\r\n.\r\n"}}
	for _, k := range Entries() {
		tried = append(tried, k.examples...)
	}
	for _, x := range tried {
		f := mustParse(t, x.Spec)
		var c Cursor
		for rest := []byte(x.Frame + x.Frame); len(rest) > 0; {
			e, err := f.Scan(rest, &c)
			if err != nil {
				break
			}
			rest = rest[min(int64(len(rest)), int64(e.Skip+e.Header)+e.Body+int64(e.Trailer)):]
			c = c.fresh()
			after := c
			if _, err := f.Scan(nil, &after); err != ErrMore && err != io.EOF || after.Stream != c.Stream || after.state != c.state {
				t.Errorf("%s: %v, the state %d, %v became %d, %v", x.Spec, err, c.Stream, c.state, after.Stream, after.state)
			}
		}
	}
}

// Valid streams read byte by byte give back all their payloads.
func TestEveryByte(t *testing.T) {
	rnd := rand.New(rand.NewPCG(13, 21))
	for _, k := range Entries() {
		if k.traits.Timed { // without a source that knows the time, all is one frame
			continue
		}
		for _, x := range k.examples {
			f := mustParse(t, x.Spec)
			for range 5 {
				wire := stream(f, x, rnd, 20)
				ref, out := readNext(NewReader(whole(wire), f), false), readNext(NewReader(single(wire), f), false)
				if ref.frames != 20 || out != ref {
					t.Fatalf("%s: %d frames whole, %d byte by byte\n%s%s", x.Spec, ref.frames, out.frames, ref.errs, out.errs)
				}
			}
		}
	}
}

// Append imitates marks that were read. Other marks are refused, or read back.
func TestMarks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(34, 55))
	for _, k := range Entries() {
		for _, x := range k.examples {
			f := mustParse(t, x.Spec)
			var like []Marks
			for range 300 {
				m := Marks{Header: make([]byte, rnd.IntN(12)), Trailer: make([]byte, rnd.IntN(4))}
				for i := range m.Header {
					m.Header[i] = byte(rnd.IntN(256))
				}
				for i := range m.Trailer {
					m.Trailer[i] = byte(rnd.IntN(256))
				}
				like = append(like, m)
			}
			fill, header, _, trailer := cutExample(t, x.Frame)
			own := len(like)
			if x.Frame != "|hello|||" {
				like = append(like, Marks{[]byte(header), []byte(trailer)})
			}
			_ = fill
			for i, m := range like {
				out, err := f.Append(nil, m, []byte(x.Payload))
				if err != nil {
					if i == own || !errors.Is(err, ErrMarks) && !isPayload(err) || out != nil {
						t.Fatalf("%s with marks %q: %q, %v", x.Spec, m, out, err)
					}
					continue
				}
				frames, _ := drain(NewReader(whole(out), f))
				if len(frames) != 1 || frames[0].Payload != x.Payload {
					t.Fatalf("%s with marks %q wrote %q, which reads as %+v", x.Spec, m, out, frames)
				}
			}
		}
	}
}

// Marks that Scan would read differently are refused, even if each part of them is valid.
func TestMarksRefused(t *testing.T) {
	for _, r := range []struct{ spec, header, trailer, payload string }{
		{"chunked", "0\r\n", "\r\nA: b\r\n\r\n", ""},
		{"u32be:mask=0x7fffffff,signed", "\x80\x00\x00\x01", "", "x"},
		{"delim:;,crc=xor8", "", "b", "b"},
		{"u8:trailer=;,crc=xor8", "\x01", "b", "b"},
		{"memcached", "\x80\x00\x00\x09" + string(make([]byte, 20)), "", "short"},
		{"http", "HTTP/1.1 304 x\r\n\r\n", "", "x"},
		{"http", "GET / HTTP/1.1\r\n\r\n", "\r\n", ""},
		{"http:strict", "GET / HTTP/1.1\n\n", "", ""},
		{"docker", "\x07\x00\x00\x00\x00\x00\x00\x00", "", ""},
	} {
		f := mustParse(t, r.spec)
		if out, err := f.Append(nil, Marks{[]byte(r.header), []byte(r.trailer)}, []byte(r.payload)); !errors.Is(err, ErrMarks) {
			t.Errorf("%s with marks %q %q wrote %q, %v", r.spec, r.header, r.trailer, out, err)
		}
	}
}
