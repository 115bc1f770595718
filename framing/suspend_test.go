package framing

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A waiting source has nothing before each piece.
type waiting struct {
	data []byte
	size func() int
	wait bool
}

func (s *waiting) Read(p []byte) (int, error) {
	if s.wait = !s.wait; s.wait {
		return 0, ErrWait
	}
	if len(s.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.data[:min(len(s.data), s.size())])
	s.data = s.data[n:]
	return n, nil
}

// Streams that share one Reader bring the same frames as if each had its own.
func TestSuspend(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	type turn struct {
		src       *waiting
		state     State
		got, want outcome
		done      bool
	}
	for _, k := range Entries() {
		for _, x := range k.examples {
			f := mustParse(t, x.Spec)
			r := NewReader(nil, f)
			r.BufferSize = 100
			var turns []*turn
			for range 3 {
				wire := stream(f, x, rnd, 40)
				if rnd.IntN(2) == 0 {
					wire = corrupt(wire, rnd)
				}
				want := readNext(NewReader(bytes.NewReader(wire), f), false)
				src := &waiting{data: wire, size: func() int { return 1 + rnd.IntN(30) }}
				turns = append(turns, &turn{src: src, want: want})
			}
			for left := len(turns); left > 0; {
				for _, s := range turns {
					if s.done {
						continue
					}
					r.Resume(s.src, s.state)
					var err error
					for err == nil {
						var b Batch
						b, err = r.NextBatch()
						for i := range b.Frames {
							f := b.Frame(i)
							s.got.add(f, f.Payload)
						}
					}
					if err == ErrWait {
						state, ok := r.Suspend()
						if !ok {
							t.Fatalf("%s: a stream of short frames can't be suspended", x.Spec)
						}
						s.state = state
						continue
					}
					s.got.failed(r, err, false)
					if s.done, left = true, left-1; s.got != s.want {
						t.Errorf("%s: got %+v, want %+v", x.Spec, s.got, s.want)
					}
				}
			}
		}
	}
}

// A header may be scanned twice: before and after the stream is suspended. That does not
// change what the framing keeps from frame to frame, at any cut.
func TestSuspendInFrame(t *testing.T) {
	for _, row := range []struct{ spec, wire string }{
		{"zmtp", "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x03\x00NULL" + strings.Repeat("\x00", 48) + "\x00\x02hi"},
		{"x11:role=client", "l\x00\x0b\x00\x00\x00\x12\x00\x10\x00\x00\x00MIT-MAGIC-COOKIE-1\x00\x00" + strings.Repeat("k", 16) + "\x62\x00\x01\x00"},
		{"websocket:strict", "\x01\x03abc\x00\x03def\x80\x03ghi\x81\x02hi"},
		{"mysql:strict", "\x03\x00\x00\x00abc\x03\x00\x00\x01def\x03\x00\x00\x02ghi\x03\x00\x00\x03jkl"},
		{"http2:role=client", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00"},
		{"postgres", "\x00\x00\x00\x08\x04\xd2\x16\x2fQ\x00\x00\x00\x05\x00"},
		{"chunked", "2\r\nhi\r\n0\r\nA: b\r\n\r\n"},
		{"resp", "*?\r\n*2\r\n:1\r\n*?\r\n:2\r\n.\r\n.\r\n+OK\r\n"},
		{"ssh", "SSH-2.0-x\r\n\x00\x00\x00\x0c\x0a\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
	} {
		f := mustParse(t, row.spec)
		want := readNext(NewReader(strings.NewReader(row.wire), f), false)
		if want.errs != "EOF\n" {
			t.Errorf("%s: %s", row.spec, want.errs)
		}
		for cut := range row.wire {
			r, state, got := NewReader(nil, f), State{}, outcome{}
			sizes := []int{cut, len(row.wire) - cut}
			src := &waiting{data: []byte(row.wire), size: func() (n int) { n, sizes = sizes[0], sizes[1:]; return n }}
			for {
				r.Resume(src, state)
				fr, err := r.Next()
				for ; err == nil; fr, err = r.Next() {
					got.add(fr, fr.Payload)
				}
				if err != ErrWait {
					got.failed(r, err, false)
					break
				}
				state, _ = r.Suspend()
			}
			if got != want {
				t.Errorf("%s cut at byte %d: got %+v, want %+v", row.spec, cut, got, want)
			}
		}
	}
}

// A Reader with a small buffer goes on with a long tail.
func TestAttachLongTail(t *testing.T) {
	f := mustParse(t, "u16be")
	tail := append([]byte{0x0b, 0xb8}, bytes.Repeat([]byte("x"), 2_000)...)
	r := NewReader(nil, f)
	r.BufferSize = 10
	r.Resume(bytes.NewReader(bytes.Repeat([]byte("y"), 1_000)), State{tail: tail})
	if fr, err := r.Next(); err != nil || len(fr.Payload) != 3_000 {
		t.Errorf("got %d bytes, %v", len(fr.Payload), err)
	}
}

// A long frame stays in its Reader.
func TestSuspendLongFrame(t *testing.T) {
	f := mustParse(t, "u32be")
	for _, size := range []int{10, shortTail - 4, shortTail, 100_000} {
		payload := bytes.Repeat([]byte("abcdefg"), size/7+1)[:size]
		wire, _ := f.Append(nil, Marks{}, payload)
		wire, _ = f.Append(wire, Marks{}, []byte("end"))
		src := &waiting{data: wire, size: func() int { return 1000 }}
		r := NewReader(src, f)
		var got [][]byte
		refused := false
		for {
			fr, err := r.Next()
			if err == ErrWait {
				if s, ok := r.Suspend(); ok {
					r = NewReader(nil, f)
					r.Resume(src, s)
				} else {
					refused = true
				}
				continue
			}
			if err != nil {
				break
			}
			got = append(got, bytes.Clone(fr.Payload))
		}
		if len(got) != 2 || !bytes.Equal(got[0], payload) || string(got[1]) != "end" || refused != (size > shortTail) {
			t.Errorf("size %d: got %d messages, refused %v", size, len(got), refused)
		}
	}
}

// BeforeRead is called before the buffer grows. If it returns ErrWait, nothing grows, and the
// Reader goes on later. A suspended Reader keeps no buffer that has grown.
func TestBeforeReadGrows(t *testing.T) {
	f, err := Parse("u32be")
	if err != nil {
		t.Fatal(err)
	}
	const size = 1 << 10
	payload := bytes.Repeat([]byte("x"), 5*size)
	wire, _ := f.Append(nil, Marks{}, payload)
	r := NewReader(struct{ io.Reader }{bytes.NewReader(wire)}, f)
	r.BufferSize = size
	waits, sizes := true, []int{}
	r.BeforeRead = func() error {
		if waits = !waits; !waits {
			sizes = append(sizes, len(r.buf))
			return ErrWait
		}
		return nil
	}
	for {
		fr, err := r.Next()
		if err == ErrWait {
			continue
		}
		if err != nil || !bytes.Equal(fr.Payload, payload) {
			t.Fatalf("%d bytes, %v", len(fr.Payload), err)
		}
		break
	}
	if want := []int{0, size, 2 * size, 4 * size}; !slices.Equal(sizes, want) {
		t.Errorf("before the reads the buffer has %v bytes, want %v", sizes, want)
	}
	if _, ok := r.Suspend(); !ok || len(r.buf) != 0 {
		t.Errorf("a suspended Reader keeps %d bytes", len(r.buf))
	}
}
