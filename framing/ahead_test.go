package framing

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"
)

// resyncAt is a Resync that depends on all it is given: it finds the first place where two
// frames follow one another, and sometimes takes an earlier frame for the damaged one.
func resyncAt(f Framing, b []byte, frames []int, ended bool) (bad, next int, ok bool) {
	whole := func(b []byte, at int, ended bool) int {
		e, err := f.Scan(b[at:], &Cursor{EOF: ended})
		if size := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer); err == nil && size > 0 && size <= int64(len(b)-at) {
			return at + int(size)
		}
		return 0
	}
	if bad = len(frames) - 1; bad > 1 && len(b)%3 == 0 {
		bad--
	}
	if bad >= 0 {
		next = frames[bad] + 1
	}
	for ; next < len(b); next++ {
		if end := whole(b, next, ended); end > 0 && (end == len(b) || whole(b, end, ended) > 0) {
			return max(0, bad), next, true
		}
	}
	return 0, 0, false
}

// sizeFunc returns a Reader's Size: nil for 0, and one that knows no number for less.
func sizeFunc(size int64) func() int64 {
	if size == 0 {
		return nil
	}
	return func() int64 { return max(0, size) }
}

// With Resync and Size too, the cuts of a stream have no influence on frames and errors, and
// a stream without damage is read as without them.
func TestAnyCutAhead(t *testing.T) {
	want := 20_000
	if long() {
		want = 80_000
	}
	rnd := rand.New(rand.NewPCG(8, 13))
	total := 0
	for round := 0; total < want; round++ {
		for _, k := range Entries() {
			for _, x := range k.examples {
				f := mustParse(t, x.Spec)
				wire := stream(f, x, rnd, 1+rnd.IntN(100))
				good := rnd.IntN(3) == 0
				if !good {
					wire = corrupt(wire, rnd)
				}
				limit := int64(-1)
				if !good && rnd.IntN(3) == 0 {
					limit = int64(1 + rnd.IntN(280))
				}
				size := []int64{0, -1, int64(len(wire))}[rnd.IntN(3)]
				reader := func(b []byte, cut bool) *Reader {
					src := whole(b)
					if cut {
						src = random(b, rnd)
					}
					r := NewReader(src, f)
					r.Max, r.Size, r.Resync = limit, sizeFunc(size), resyncAt
					return r
				}
				ref := readNext(reader(wire, false), true)
				total += ref.frames
				for name, o := range map[string]outcome{
					"frames at random cuts":  readNext(reader(wire, true), true),
					"batches, whole":         readBatches(reader(wire, false), true),
					"batches at random cuts": readBatches(reader(wire, true), true),
					"copies at random cuts":  readCopies(reader(wire, true), true),
				} {
					ref := ref
					if name == "copies at random cuts" { // what streamed can't be searched
						ref = readCopies(reader(wire, false), true)
					}
					if o != ref {
						t.Fatalf("%s, round %d, limit %d, size %d: %s differ\n got %d frames, %s\nwant %d frames, %s\nwire %q",
							x.Spec, round, limit, size, name, o.frames, o.errs, ref.frames, ref.errs, clip2(wire))
					}
				}
				if good {
					plain := NewReader(whole(wire), f)
					plain.Max = -1
					if o := readNext(plain, true); o != ref {
						t.Fatalf("%s: without damage, %d frames, %s; want %d, %s", x.Spec, ref.frames, ref.errs, o.frames, o.errs)
					}
				}
			}
		}
	}
	t.Logf("%d frames", total)
}

// A source that has more bytes than its size says is read to its end.
func TestAheadSizeTooSmall(t *testing.T) {
	f := mustParse(t, "u32be")
	wire := bytes.Repeat([]byte("\x00\x00\x00\x05hello"), 20)
	r := NewReader(bytes.NewReader(wire), f)
	r.Size = sizeFunc(40)
	r.Resync = func(Framing, []byte, []int, bool) (bad, next int, ok bool) { return 0, 0, false }
	n := 0
	for {
		b, err := r.NextBatch()
		if n += len(b.Frames); err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if n != 20 {
		t.Errorf("%d frames, want 20", n)
	}
}
