package framing

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// h2 returns a frame of HTTP/2.
func h2(kind, flags, stream byte, payload string) string {
	return string([]byte{0, 0, byte(len(payload)), kind, flags, 0, 0, 0, stream}) + payload
}

// messages returns the payloads that each way to read gives, or the error.
func messages(t *testing.T, spec, stream string, max int64) (out string) {
	t.Helper()
	f := mustParse(t, spec)
	if f.String() != spec {
		t.Errorf("%s is %s", spec, f)
	}
	read := func(src io.Reader, next func(r *Reader) (Frame, error)) string {
		r := NewReader(src, f)
		r.Max = max
		var b strings.Builder
		for i := int64(0); ; i++ {
			m, err := next(r)
			if err != nil {
				if err != io.EOF {
					fmt.Fprintf(&b, " %v", err)
					if _, lost := r.Recover(); lost == nil {
						continue
					}
				}
				return strings.TrimSpace(b.String())
			}
			if m.Index < i || m.Index >= r.Index() {
				t.Errorf("%s: message %d of %d has the number %d", spec, i, r.Index(), m.Index)
			}
			fmt.Fprintf(&b, " %d+%d", m.Offset, m.Size)
			if m.Frames > 0 {
				fmt.Fprintf(&b, "(%d)", m.Frames)
			}
			fmt.Fprintf(&b, "=%s", m.Payload)
		}
	}
	ways := map[string]string{}
	frame := func(r *Reader) (Frame, error) { return r.Next() }
	ways["whole"] = read(strings.NewReader(stream), frame)
	ways["byte by byte"] = read(iotest.OneByteReader(strings.NewReader(stream)), frame)
	var batch Batch
	at := 0
	ways["in batches"] = read(iotest.HalfReader(strings.NewReader(stream)), func(r *Reader) (Frame, error) {
		if at++; at >= len(batch.Frames) {
			var err error
			if batch, err = r.NextBatch(); err != nil {
				batch = Batch{}
				return Frame{}, err
			}
			at = 0
		}
		return batch.Frame(at), nil
	})
	ways["as readers"] = read(strings.NewReader(stream), func(r *Reader) (Frame, error) {
		f, body, err := r.NextReader()
		if err == nil {
			f.Payload, err = io.ReadAll(body)
		}
		return f, err
	})
	shared := &Reader{}
	ways["suspended"] = read(&waiting{data: []byte(stream), size: func() int { return 2 }}, func(r *Reader) (Frame, error) {
		for {
			f, err := r.Next()
			if err != ErrWait {
				return f, err
			}
			if s, ok := r.Suspend(); ok {
				src := r.src
				if *shared = *r; shared != nil { // another stream in between
					r.Reset(strings.NewReader(stream[:1]))
					r.Next()
				}
				r.Resume(src, s)
			}
		}
	})
	for way, got := range ways {
		if out = ways["whole"]; got != out {
			t.Errorf("%s %s:\n%s\nwant\n%s", spec, way, got, out)
		}
	}
	return out
}

func TestJoin(t *testing.T) {
	const hello, again = "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", "\xc1\x05\xf2\x00\x11\x00\x00" // RFC 7692 section 7.2.3
	grpc := func(s string) string { return "\x00\x00\x00\x00" + string(rune(len(s))) + s }
	for _, row := range []struct{ spec, stream, want string }{
		{"websocket:join", "\x81\x02hi", "0+4=hi"},
		{"websocket:join", "\x01\x03Hel\x89\x04ping\x80\x02lo\x82\x01x", "5+6=ping 0+9(2)=Hello 15+3=x"},
		{"websocket:join", "\x01\x00\x80\x00", "0+4(2)="},
		{"websocket:join", "\x80\x01a\x81\x01b", "frame 0 at byte 0: found a continuation, expected a new message 3+3=b"},
		{"websocket:join", "\x01\x01a\x81\x01b\x81\x01c", "frame 0 at byte 3: found a new message, expected a continuation of the one at byte 0 6+3=c"},
		{"websocket:join", "\x81\x01a\x01\x02bc\x00\x01d", "0+3=a frame 1 at byte 3: the stream ends inside a message, after 2 frames with 3 bytes"},
		{"websocket:join", "\x01\x02bc\x8f\x00\x80\x01d\x81\x01x", "frame 0 at byte 4: opcode 15 is unknown, expected 0 continuation, 1 text, 2 binary, 8 close, 9 ping or 10 pong"},

		{"websocket:join", hello, "0+9(1)=Hello"},
		{"websocket:join", hello + hello, "0+9(1)=Hello 9+9(1)=Hello"}, // without context
		{"websocket:join", hello + again, "0+9(1)=Hello 9+7(1)=Hello"}, // with context
		{"websocket:join", "\x41\x03\xf2\x48\xcd\x8a\x00\x80\x04\xc9\xc9\x07\x00", "5+2= 0+11(2)=Hello"},
		{"websocket:join", again + hello, "frame 0 at byte 0: the message cannot be inflated: it is damaged, or refers to messages that were not read 7+9(1)=Hello"},
		{"websocket:join", "\xc1\x01\x00\x81\x01x", "0+3(1)= 3+3=x"},

		{"http2:join", h2(4, 0, 0, "") + h2(1, 4, 1, "h") + h2(0, 0, 1, "ab") + h2(0, 0, 3, "AB") + h2(0, 1, 1, "c") + h2(0, 1, 3, "C"), "0+9= 9+10=h 19+21(2)=abc 30+21(2)=ABC"},
		{"http2:join", h2(0, 8, 1, "\x03ab\x00\x00\x00") + h2(0, 9, 1, "\x01c\x00") + h2(0, 9, 3, "\x00d"), "0+27(2)=abc 27+11=d"},
		{"http2:join", h2(0, 0, 1, "ab") + h2(1, 5, 1, "trailers") + h2(1, 5, 3, "x"), "0+11(1)=ab 11+17=trailers 28+10=x"},
		{"http2:join", h2(0, 0, 1, "ab") + h2(3, 0, 1, "\x00\x00\x00\x08") + h2(0, 1, 3, "c"), "11+13=\x00\x00\x00\x08 24+10=c"},
		{"http2:join", h2(0, 9, 1, ""), "0+9="}, // without the length of its padding
		{"http2:join", http2Preface + h2(0, 1, 1, "c"), "0+24= 24+10=c"},

		{"sunrpc:join", "\x00\x00\x00\x02ab\x00\x00\x00\x00\x80\x00\x00\x01c\x80\x00\x00\x00", "0+15(3)=abc 15+4="},
		{"mysql:join", "\x01\x00\x00\x00a\x00\x00\x00\x01", "0+5=a 5+4="},

		{"http2/grpc", h2(0, 0, 1, grpc("abc")[:4]) + h2(0, 0, 3, grpc("A")+grpc("BC")[:6]) + h2(0, 0, 1, grpc("abc")[4:]+grpc("d")) + h2(0, 1, 3, "C") + h2(1, 5, 1, "t"),
			"13+15=A 0+17=abc 34+15=d 13+16=BC 63+10=t"},
		{"http2/grpc", h2(0, 0, 1, grpc("abc")[:4]) + h2(1, 5, 1, "t"), "frame 0 at byte 0: grpc in stream 1: the stream ends inside a frame, after 4 bytes 13+10=t"},
		{"http2/grpc", h2(0, 0, 1, "\x07bad.....") + h2(0, 1, 1, "more") + h2(0, 1, 3, grpc("d")), "frame 0 at byte 0: grpc in stream 1: compressed 0x7 is unknown, expected one of 0x0 no, 0x1 yes, 0x80 trailers, 0x81 compressed trailers 31+15=d"},
		{"http2/grpc", h2(0, 0, 1, grpc("abc")[:4]), "frame 0 at byte 0: grpc in stream 1: the stream ends inside a frame, after 4 bytes"},
		{"websocket/lines", "\x81\x03a\nb\x89\x01p\x82\x02\nc\x81\x01\n", "0+4=a 5+3=p 0+4=b 8+4=c"},
		{"websocket/lines", hello + "\x81\x01\n" + again + "\x81\x01\n", "0+8=Hello 12+8=Hello"},
		{"docker/lines", "\x01\x00\x00\x00\x00\x00\x00\x03a\nb\x02\x00\x00\x00\x00\x00\x00\x02E\n\x01\x00\x00\x00\x00\x00\x00\x02c\n", "0+10=a 11+10=E 0+11=bc"},
		{"http2:max=20000/grpc:max=9", h2(0, 1, 1, grpc("abcdefghij")), "frame 0 at byte 0: grpc:max=9 in stream 1: length 10 is over the maximum 9"},
		{"http2/websocket/lines", h2(0, 1, 1, "\x81\x03a\nb\x81\x01\n"), "0+13=a 0+13=b"},
	} {
		if got := messages(t, row.spec, row.stream, 0); got != row.want && !strings.HasPrefix(got, row.want) {
			t.Errorf("%s %q:\n%s\nwant\n%s", row.spec, row.stream, got, row.want)
		}
	}
}

// What is held follows the limit, also of messages that are inflated, and of all streams together.
func TestJoinLimits(t *testing.T) {
	var zeros bytes.Buffer
	w, _ := flate.NewWriter(&zeros, 9)
	w.Write(make([]byte, 100<<10))
	w.Flush()
	bomb := string([]byte{0xc1, byte(zeros.Len())}) + zeros.String()
	many := ""
	for i := range byte(9) {
		many += h2(0, 0, 2*i+1, strings.Repeat("x", 60))
	}
	for _, row := range []struct {
		spec, stream string
		max          int64
		want         string
	}{
		{"websocket:join", bomb + "\x81\x01x", 99 << 10, "frame 0 at byte 0: the message is longer than the limit 101376"},
		{"websocket:join", bomb + "\x81\x01x", 100 << 10, "0+"},
		{"websocket:join", "\x01\x05aaaaa\x00\x05bbbbb\x00\x01c\x80\x01c\x81\x01x", 9, "frame 0 at byte 0: the message is longer than the limit 9 20+3=x"},
		{"http2:join", many + h2(0, 1, 1, ""), 100, "frame 0 at byte 414: the message is longer than the limit 100"},
	} {
		if got := messages(t, row.spec, row.stream, row.max); !strings.HasPrefix(got, row.want) {
			t.Errorf("%s:\n%.200s\nwant\n%s", row.spec, got, row.want)
		}
	}
	f := mustParse(t, "http2:join")
	src := &unending{next: func(i int) string {
		return string([]byte{0, 0, 1, 0, 0, 0, byte(i >> 16), byte(i >> 8), byte(i)}) + "x"
	}}
	r := NewReader(src, f)
	_, err := r.Next()
	if e := new(Error); !errors.As(err, &e) || !strings.Contains(e.Detail, "10000 messages are not complete") || len(r.join.open) > mostOpen {
		t.Errorf("%v, %d messages are open", err, len(r.join.open))
	}
}

// An unending source has one piece after another.
type unending struct {
	next func(i int) string
	i    int
}

func (s *unending) Read(p []byte) (int, error) {
	s.i++
	return copy(p, s.next(s.i)), nil
}

// A packet of MySQL that is full goes on in the next one, also if that is empty.
func TestJoinFullPackets(t *testing.T) {
	f := mustParse(t, "mysql:join")
	for _, n := range []int{mysqlMost - 1, mysqlMost, mysqlMost + 1} {
		payload := bytes.Repeat([]byte{7}, n)
		wire, err := f.Append(nil, Marks{}, payload)
		if err != nil {
			t.Fatal(err)
		}
		r := NewReader(bytes.NewReader(append(wire, "\x01\x00\x00\x00z"...)), f)
		r.Max = 20 << 20
		m, err := r.Next()
		if err != nil || !bytes.Equal(m.Payload, payload) || int(m.Size) != len(wire) {
			t.Errorf("%d bytes: %d, %v", n, len(m.Payload), err)
		}
		if m, err = r.Next(); string(m.Payload) != "z" {
			t.Errorf("after %d bytes: %q, %v", n, m.Payload, err)
		}
	}
}

// What a joined framing writes, it reads back, with the fields of both levels.
func TestJoinWrites(t *testing.T) {
	for _, row := range []struct{ spec, wire, fields string }{
		{"http2/grpc", h2(0, 1, 7, "\x01\x00\x00\x00\x02hi"), "type=DATA flags=1 stream=7 grpc.compressed=yes"},
		{"http2/grpc", h2(4, 0, 0, ""), "type=SETTINGS flags=0 stream=0"},
		{"websocket/mqtt", "\x82\x04\x30\x02hi", "opcode=binary fin=1 rsv1=0 masked=0 mqtt.type=PUBLISH mqtt.flags=0"},
		{"websocket:join", "\x81\x02hi", "opcode=text fin=1 rsv1=0 masked=0"},
	} {
		f := mustParse(t, row.spec)
		m, err := NewReader(strings.NewReader(row.wire), f).Next()
		if err != nil {
			t.Fatal(err)
		}
		var fields []string
		for _, x := range EntryOf(f).Describe(nil, f, m) {
			fields = append(fields, x.Name+"="+x.Text)
		}
		if got := strings.Join(fields, " "); got != row.fields {
			t.Errorf("%s: %s, want %s", row.spec, got, row.fields)
		}
		out, err := f.Append(nil, Marks{m.Header, m.Trailer}, m.Payload)
		if err != nil || string(out) != row.wire {
			t.Errorf("%s: %q, %v, want %q", row.spec, out, err, row.wire)
		}
	}
	for _, spec := range []string{"http2/grpc", "websocket/lines", "docker/lines", "sunrpc:join", "websocket:join"} {
		f := mustParse(t, spec)
		wire, err := f.Append(nil, Marks{}, []byte("hi"))
		if got, _ := NewReader(bytes.NewReader(wire), f).Next(); err != nil || string(got.Payload) != "hi" {
			t.Errorf("%s: %q, %q, %v", spec, wire, got.Payload, err)
		}
	}
	for spec, want := range map[string]string{
		"u32be:join": `u32be has no key "join"`, "http2/": "a framing has a name", "http2/nope": `there is no framing "nope"`, "tpkt/lines": "tpkt cannot have another framing inside", "http2/grpc/lsp": "grpc cannot have another framing inside", "docker:join": "no key",
	} {
		if _, err := Parse(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", spec, err, want)
		}
	}
}

// Damage never splices what is left of a message.
func TestJoinAfterDamage(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		var wire []byte
		for i := range 20 {
			text := strings.Repeat(string(rune('a'+i)), 1+rnd.IntN(9))
			for n := len(text); n > 0; n-- {
				op, fin := byte(0), byte(0)
				if n == len(text) {
					op = 1
				}
				if n == 1 {
					fin = 0x80
				}
				wire = append(wire, fin|op, 1, text[0])
			}
		}
		r := NewReader(bytes.NewReader(wire), mustParse(t, "websocket:join"))
		at := rnd.IntN(len(wire))
		r.src = io.MultiReader(bytes.NewReader(wire[:at]), &lostOnce{n: int64(rnd.IntN(10))}, bytes.NewReader(wire[min(len(wire), at+10):]))
		for {
			m, err := r.Next()
			if err == nil {
				if s := string(m.Payload); strings.Trim(s, s[:1]) != "" {
					t.Fatalf("spliced: %q", s)
				}
				continue
			}
			if _, lost := r.Recover(); lost != nil || err == io.EOF {
				break
			}
		}
	}
}

// A lostOnce reports that bytes are missing.
type lostOnce struct{ n int64 }

func (l *lostOnce) Lost() int64   { return l.n }
func (l *lostOnce) Error() string { return "lost" }

func (l *lostOnce) Read([]byte) (int, error) {
	if l.n < 0 {
		return 0, io.EOF
	}
	e := &lostOnce{l.n}
	l.n = -1
	return 0, e
}
