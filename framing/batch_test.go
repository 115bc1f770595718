package framing

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// Payloads, some of which contain delimiters or escapes.
func somePayloads(rnd *rand.Rand) (src []byte, spans []Span) {
	alphabet := []string{"abc", "abc\n\x00", "abc\xc0", "abc\xdb", "abc\n\x00\xc0\xdb"}[rnd.IntN(5)]
	longest := 1 + rnd.IntN(80)
	for range rnd.IntN(60) {
		start := len(src)
		for range rnd.IntN(longest + 1) {
			src = append(src, alphabet[rnd.IntN(len(alphabet))])
		}
		spans = append(spans, Span{start, start, len(src), len(src)})
		src = append(src, '\n')
	}
	return src, spans
}

// AppendAll writes what Append would, and stops where Append refuses.
func TestAppendAll(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, k := range Entries() {
		for _, x := range k.examples {
			f := mustParse(t, x.Spec)
			a, ok := f.(appender)
			if !ok {
				continue
			}
			for range 50 {
				src, spans := somePayloads(rnd)
				if rnd.IntN(4) == 0 {
					rnd.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
				}
				want, n := appendEach(f, []byte("before"), src, spans)
				got, m := a.AppendAll([]byte("before"), src, spans)
				if m != n || !bytes.Equal(got, want) {
					t.Fatalf("%s: AppendAll(%q, %v) = %q, %d, want %q, %d", x.Spec, src, spans, got, m, want, n)
				}
			}
		}
	}
}

// NextBatch returns the frames that Next returns, whatever the length of the messages and
// however many have arrived.
func TestNextBatch(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, spec := range []string{"lines", "nul", "slip", "cobs", "u32be", "varint", "netstring", `delim:\n,magic=a`, "slip:crc=sum8"} {
		f := mustParse(t, spec)
		for range 50 {
			var wire []byte
			for range 1 + rnd.IntN(20) {
				src, spans := somePayloads(rnd)
				for len(spans) > 0 {
					var n int
					wire, n = appendEach(f, wire, src, spans)
					spans = spans[min(n+1, len(spans)):]
				}
			}
			wire = append(wire, "cut"...)
			want, wantErr := drain(NewReader(bytes.NewReader(wire), f))
			got, err := drainBatch(NewReader(bytes.NewReader(wire), f))
			if len(got) != len(want) || err.Error() != wantErr.Error() {
				t.Fatalf("%s: %d frames, %v, want %d, %v", spec, len(got), err, len(want), wantErr)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("%s: frame %d is %+v, want %+v", spec, i, got[i], want[i])
				}
			}
		}
	}
}

// WriteBatch writes what Append would, and stops where Append refuses. That includes
// payloads so long that they are not copied.
func TestWriteBatchLarge(t *testing.T) {
	small, large := []byte("small"), bytes.Repeat([]byte("large"), passSize/5+1)
	held := append(bytes.Clone(large), "\n\x00,\xc0"...)
	for _, k := range Entries() {
		for _, x := range k.examples {
			f := mustParse(t, x.Spec)
			for _, payloads := range [][][]byte{{small, large, small}, {large, large}, {large, held, small}} {
				var b Batch
				for _, p := range payloads {
					start := len(b.Data)
					b.Data = append(b.Data, p...)
					b.Bodies = append(b.Bodies, Span{start, start, len(b.Data), len(b.Data)})
				}
				var before []byte
				if tunnel, ok := f.(*tunnel); ok {
					before = []byte(tunnel.outer.opening())
				}
				want, m := appendEach(f, before, b.Data, b.Bodies)
				for _, inParts := range []bool{true, false} {
					var out countedWrites
					w := NewWriter(&out, f)
					w.InParts = inParts
					n, err := w.WriteBatch(b)
					w.Flush()
					if n != m || (err == nil) != (n == len(payloads)) || !bytes.Equal(out.Bytes(), want) {
						t.Errorf("%s: %d payloads, %v, %d bytes; want %d and %d bytes", x.Spec, n, err, out.Len(), m, len(want))
					}
					if out.n > 1 && !inParts {
						t.Errorf("%s: %d writes", x.Spec, out.n)
					}
				}
			}
		}
	}
}

type countedWrites struct {
	bytes.Buffer
	n int
}

func (w *countedWrites) Write(p []byte) (int, error) {
	w.n++
	return w.Buffer.Write(p)
}

// The batches of a stream and the fill that is reported give all of its bytes in their order, at
// any cut: fill before a batch comes before it, and fill after it comes before the next read.
func TestBatchFill(t *testing.T) {
	rnd := rand.New(rand.NewPCG(13, 21))
	between := map[string]string{"slip": "\xc0\xc0", "kiss": "\xc0", "hdlc": "~~", "cobs": "\x00", "stomp": "\n\r\n", "json-seq": " \n", "rtsp": "\r\n"}
	filled := 0
	for _, k := range Entries() {
		for _, x := range k.examples {
			name, _, _ := strings.Cut(x.Spec, ":")
			fill := between[name]
			frame := strings.NewReplacer("|", "", "~", "").Replace(x.Frame)
			if strings.Contains(x.Spec, "delim") {
				continue // its mark may be that of the example
			}
			stream := []byte(strings.Repeat(fill+frame, 5) + fill)
			f := mustParse(t, x.Spec)
			for range 5 {
				var got []byte
				r := NewReader(random(stream, rnd), f)
				r.Fill = func(b []byte) {
					if filled++; r.Offset() != int64(len(got)) {
						t.Fatalf("%s: fill at byte %d is reported after %d bytes", x.Spec, r.Offset(), len(got))
					}
					got = append(got, b...)
				}
				r.BeforeRead = func() error {
					if held := r.Buffered(); r.Offset() != int64(len(got)) {
						t.Fatalf("%s: at the read at byte %d, with %d bytes held, only %d were reported", x.Spec, r.Offset(), len(held), len(got))
					}
					return nil
				}
				for {
					b, err := r.NextBatch()
					if err != nil {
						if e := errInBody(x.Spec, err); err != io.EOF && err != e {
							t.Fatalf("%s: %v", x.Spec, err)
						}
						break
					}
					got = append(got, b.Wire[b.Frames[0].Start:endOf(b.Frames)]...)
				}
				if !bytes.Equal(got, stream) {
					t.Fatalf("%s: %q, want %q", x.Spec, got, stream)
				}
			}
		}
	}
	if filled < 125 {
		t.Errorf("fill was reported %d times", filled)
	}
}
