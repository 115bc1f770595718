package framing

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"testing"
)

// An outcome is all that a Reader returns for a stream, small enough to keep for a million
// frames.
type outcome struct {
	frames int
	sum    uint64 // of every frame's index, offset, marks and payload
	errs   string
}

var seed = maphash.MakeSeed()

func (o *outcome) add(f Frame, payload []byte) {
	var h maphash.Hash
	h.SetSeed(seed)
	fmt.Fprintf(&h, "%d %d %d %d %d %d ", o.sum, f.Index, f.Offset, f.Size, len(f.Header), len(payload))
	h.Write(f.Header)
	h.Write(payload)
	o.frames++
	o.sum = h.Sum64()
}

// failed notes an error and reports whether to go on after it.
func (o *outcome) failed(r *Reader, err error, skip bool) bool {
	if e, ok := err.(*Error); ok {
		o.errs += fmt.Sprintf("%s %d %d %d %d %d %s\n", e.Fault, e.Frame, e.Start, e.Offset, e.Have, e.Need, e.Detail)
	} else {
		o.errs += err.Error() + "\n"
	}
	if !skip || err == io.EOF {
		return false
	}
	n, again := r.Recover()
	o.errs += fmt.Sprintf("skipped %d, %v\n", n, again != nil)
	return again == nil
}

func readNext(r *Reader, skip bool) (o outcome) {
	for {
		f, err := r.Next()
		if err == nil {
			o.add(f, f.Payload)
		} else if !o.failed(r, err, skip) {
			return o
		}
	}
}

func readBatches(r *Reader, skip bool) (o outcome) {
	for {
		b, err := r.NextBatch()
		for i := range b.Frames {
			f := b.Frame(i)
			o.add(f, f.Payload)
		}
		if err != nil && !o.failed(r, err, skip) {
			return o
		}
	}
}

func readCopies(r *Reader, skip bool) (o outcome) {
	var w bytes.Buffer
	for {
		w.Reset()
		f, err := copyNext(r, &w)
		if err == nil {
			o.add(f, w.Bytes())
		} else if !o.failed(r, err, skip) {
			return o
		}
	}
}

// copyNext copies the payload of the next frame with io.Copy.
func copyNext(r *Reader, w io.Writer) (Frame, error) {
	f, body, err := r.NextReader()
	if err == nil {
		_, err = io.Copy(w, body)
	}
	return f, err
}

// readPieces reads payloads in pieces of 1, 2, 4 … bytes, and some batches.
func readPieces(r *Reader, skip bool) (o outcome) {
	r.Stream = true
	for {
		b, err := r.NextBatch()
		for i := range b.Frames {
			f := b.Frame(i)
			o.add(f, f.Payload)
		}
		if err == nil && len(b.Frames) == 0 {
			var f Frame
			var body io.Reader
			if f, body, err = r.NextReader(); err == nil {
				var payload []byte
				if payload, err = readInPieces(body); err == nil {
					o.add(f, payload)
				}
			}
		}
		if err != nil && !o.failed(r, err, skip) {
			return o
		}
	}
}

func readInPieces(src io.Reader) (all []byte, err error) {
	for size := 1; ; size = 2*size%100_003 + 1 {
		p := make([]byte, size)
		n, err := src.Read(p)
		all = append(all, p[:n]...)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}

// stream returns frames with random payloads, and how many there are.
func stream(f Framing, x example, rnd *rand.Rand, frames int) (wire []byte) {
	for range frames {
		payload := []byte(x.Payload)
		switch rnd.IntN(8) {
		case 0: // the payload of the example
		case 1:
			payload = fmt.Appendf(nil, "[%d,\n%d]", rnd.IntN(100), rnd.IntN(1000))
		case 2:
			payload = bytes.Repeat([]byte{byte(rnd.IntN(256))}, rnd.IntN(300))
		default:
			payload = make([]byte, rnd.IntN(24))
			for i := range payload {
				payload[i] = byte(rnd.IntN(256))
			}
		}
		out, err := f.Append(wire, Marks{}, payload)
		if err != nil {
			out, _ = f.Append(wire, Marks{}, []byte(x.Payload))
		}
		wire = out
	}
	return wire
}

// corrupt damages a stream as networks, disks and programs do.
func corrupt(wire []byte, rnd *rand.Rand) []byte {
	at := rnd.IntN(len(wire) + 1)
	switch rnd.IntN(5) {
	case 0:
		return wire[:at]
	case 1:
		return append(wire[:at:at], wire[min(len(wire), at+1+rnd.IntN(8)):]...)
	case 2:
		return append(append(wire[:at:at], byte(rnd.IntN(256)), byte(rnd.IntN(256))), wire[at:]...)
	case 3:
		out := append([]byte(nil), wire...)
		for range 1 + rnd.IntN(3) {
			out[rnd.IntN(len(out))] ^= 1 << rnd.IntN(8)
		}
		return out
	}
	return wire
}

// Random valid and damaged streams of every framing give the same frames, offsets
// and errors however they are cut, read one by one, in batches or streamed, with
// and without going on after errors.
func TestAnyCut(t *testing.T) {
	want := 1_000_000
	if testing.Short() || raceEnabled {
		want = 100_000
	}
	rnd := rand.New(rand.NewPCG(5, 8))
	var rows []example
	for _, k := range Entries() {
		rows = append(rows, k.examples...)
	}
	total := 0
	for round := 0; total < want; round++ {
		for _, x := range rows {
			f := mustParse(t, x.Spec)
			wire := stream(f, x, rnd, 1+rnd.IntN(400))
			if rnd.IntN(2) == 0 {
				wire = corrupt(wire, rnd)
			}
			limit := int64(-1)
			if rnd.IntN(3) == 0 {
				limit = int64(1 + rnd.IntN(280))
			}
			skip := rnd.IntN(2) == 0
			reader := func(src io.Reader) *Reader {
				r := NewReader(src, f)
				r.Max = limit
				return r
			}
			ref := readNext(reader(whole(wire)), skip)
			total += ref.frames
			for name, o := range map[string]outcome{
				"frames at random cuts":  readNext(reader(random(wire, rnd)), skip),
				"batches, whole":         readBatches(reader(whole(wire)), skip),
				"batches at random cuts": readBatches(reader(random(wire, rnd)), skip),
				"copies at random cuts":  readCopies(reader(random(wire, rnd)), skip),
				"pieces at random cuts":  readPieces(reader(random(wire, rnd)), skip),
			} {
				if o != ref {
					t.Fatalf("%s, round %d, limit %d, skip %v: %s differ\n got %d frames, %s\nwant %d frames, %s\nwire %q",
						x.Spec, round, limit, skip, name, o.frames, o.errs, ref.frames, ref.errs, clip2(wire))
				}
			}
		}
	}
	t.Logf("%d frames", total)
}

func clip2(b []byte) []byte { return b[:min(len(b), 2000)] }

// Valid streams read byte by byte give back all their payloads.
func TestEveryByte(t *testing.T) {
	rnd := rand.New(rand.NewPCG(13, 21))
	for _, k := range Entries() {
		for _, x := range k.examples {
			f := mustParse(t, x.Spec)
			for range 20 {
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
					if i == own || !errors.Is(err, ErrMarks) || out != nil {
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
		{"docker", "\x07\x00\x00\x00\x00\x00\x00\x00", "", ""},
	} {
		f := mustParse(t, r.spec)
		if out, err := f.Append(nil, Marks{[]byte(r.header), []byte(r.trailer)}, []byte(r.payload)); !errors.Is(err, ErrMarks) {
			t.Errorf("%s with marks %q %q wrote %q, %v", r.spec, r.header, r.trailer, out, err)
		}
	}
}
