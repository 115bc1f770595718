package framing

import (
	"bytes"
	"io"
	"math/rand/v2"
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

// Streams that wait, and give their buffers back meanwhile, bring the same frames as
// one that has them all; what they share does not mix.
func TestLentBuffers(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	var lent Buffers
	for _, k := range Kinds() {
		for _, x := range k.Examples {
			f := mustParse(t, x.Spec)
			type turn struct {
				r         *Reader
				got, want outcome
				done      bool
			}
			var turns []*turn
			for range 3 {
				wire := stream(f, x, rnd, 40)
				if rnd.IntN(2) == 0 {
					wire = corrupt(wire, rnd)
				}
				want := readNext(NewReader(bytes.NewReader(wire), f), false)
				r := NewReader(&waiting{data: wire, size: func() int { return 1 + rnd.IntN(30) }}, f)
				r.Buffers = &lent
				turns = append(turns, &turn{r: r, want: want})
			}
			for left := len(turns); left > 0; {
				for _, s := range turns {
					if s.done {
						continue
					}
					b, err := s.r.NextBatch()
					for i := range b.Frames {
						f := b.Frame(i)
						s.got.add(f, f.Payload)
					}
					if err == ErrWait {
						s.r.Release()
						if held := len(s.r.Buffered()); held <= shortTail && cap(s.r.buf) > 2*held+64 {
							t.Fatalf("%s: %d bytes are kept for %d", x.Spec, cap(s.r.buf), held)
						}
					} else if err != nil {
						s.got.failed(s.r, err, false)
						s.done, left = true, left-1
						s.r.Release()
						if s.got != s.want {
							t.Errorf("%s: got %+v, want %+v", x.Spec, s.got, s.want)
						}
					}
				}
			}
		}
	}
}

// A frame longer than what is lent, and one that stays in its buffer.
func TestLentBuffersGrow(t *testing.T) {
	f := mustParse(t, "u32be")
	for _, size := range []int{10, shortTail, shortTail + 1, lentSize, 3 * bufferSize} {
		payload := bytes.Repeat([]byte("abcdefg"), size/7+1)[:size]
		wire, _ := f.Append(nil, Marks{}, payload)
		wire, _ = f.Append(wire, Marks{}, []byte("end"))
		r := NewReader(&waiting{data: wire, size: func() int { return 1000 }}, f)
		r.Buffers = new(Buffers)
		var got [][]byte
		for {
			fr, err := r.Next()
			if err == ErrWait {
				r.Release()
				continue
			}
			if err != nil {
				break
			}
			got = append(got, append([]byte(nil), fr.Payload...))
		}
		if len(got) != 2 || !bytes.Equal(got[0], payload) || string(got[1]) != "end" {
			t.Errorf("size %d: got %d messages, not the two that were sent", size, len(got))
		}
	}
}

// A Writer whose buffer is lent writes the same.
func TestLentWriter(t *testing.T) {
	var lent Buffers
	var out [2]bytes.Buffer
	f := mustParse(t, "netstring")
	a, b := NewWriter(&out[0], f), NewWriter(&out[1], f)
	a.Buffers, b.Buffers = &lent, &lent
	for range 3 {
		a.Write(Marks{}, []byte("a"))
		b.Write(Marks{}, []byte("bb"))
		a.Flush()
		a.Write(Marks{}, []byte("c"))
		b.Flush()
	}
	a.Flush()
	if got, want := out[0].String()+out[1].String(), "1:a,1:c,1:a,1:c,1:a,1:c,2:bb,2:bb,2:bb,"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
