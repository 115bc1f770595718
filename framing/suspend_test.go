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

// Streams that share one Reader bring the same frames as if each had its own.
func TestSuspend(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	type turn struct {
		src       *waiting
		state     Suspended
		got, want outcome
		done      bool
	}
	for _, k := range Kinds() {
		for _, x := range k.Examples {
			f := mustParse(t, x.Spec)
			r := NewReader(nil, f)
			r.Size = 100
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
					r.Attach(s.src, s.state)
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
					r.Attach(src, s)
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
