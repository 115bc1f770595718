package framing

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A large frame goes through NextReader in constant memory. If it fails, the error has how
// much of it was read.
func TestNextReaderStreams(t *testing.T) {
	const size = 100 << 20
	header := []byte{0x06, 0x40, 0, 0} // 100 MiB
	r := NewReader(io.MultiReader(bytes.NewReader(header), io.LimitReader(&endless{}, size), strings.NewReader("\x00\x00\x00\x02ok")), mustParse(t, "u32be"))
	r.Stream = true
	if b, err := r.NextBatch(); err != nil || len(b.Frames) > 0 {
		t.Fatalf("NextBatch holds the frame: %v", err)
	}
	var n counter
	f, err := copyNext(r, &n)
	if err != nil || n != size || f.Size != size+4 || string(f.Header) != string(header) {
		t.Fatalf("%d bytes, %+v, %v", n, f, err)
	}
	if f, err := r.Next(); err != nil || f.Offset != size+4 || f.Index != 1 || string(f.Payload) != "ok" {
		t.Errorf("the frame after it: %+v, %v", f, err)
	}
	if cap(r.buf) > bufferSize {
		t.Errorf("the buffer grew to %d", cap(r.buf))
	}
	for cut, want := range map[string]string{
		"\x00\x01\x86\xa0" + strings.Repeat("x", 99_999):                  "truncated 0 100003 99999",
		"\x00\x01\x86\xa0" + strings.Repeat("x", 100_000):                 "truncated 0 100004 100000",
		"\x00\x01\x86\xa0" + strings.Repeat("x", 100_000) + "\r":          "truncated 0 100005 100000",
		"\x00\x01\x86\xa0" + strings.Repeat("x", 100_000) + "\rx":         "bad-trailer 0 100005 100000",
		"\x00\x00\x00\x00\r\n\x00\x01\x86\xa0" + strings.Repeat("x", 300): "truncated 6 310 300",
	} {
		r := NewReader(&cutReader{[]byte(cut), func() int { return 4096 }}, mustParse(t, "u32be:trailer=\\r\\n"))
		var err error
		for err == nil {
			_, err = copyNext(r, io.Discard)
		}
		e, ok := err.(*Error)
		if got := fmt.Sprintf("%s %d %d %d", e.Fault, e.Start, e.Offset, e.Sent); !ok || got != want {
			t.Errorf("%d bytes: %s (%v), want %s", len(cut), got, err, want)
		}
	}
}

// Bytes that the destination reads from a file itself are the same as those that pass
// through the buffer, and so are the results and errors.
func TestNextReaderFromFile(t *testing.T) {
	var wire []byte
	f := mustParse(t, "u32be:trailer=.")
	for _, n := range []int{100, 100_000, 70_000, 0, 400_000, 3, 16<<10 - 5, 300_000, 65_537} {
		wire, _ = f.Append(wire, Marks{}, bytes.Repeat([]byte{byte(n)}, n))
	}
	for _, size := range []int{len(wire), len(wire) - 1, len(wire) - 2, len(wire) - 65_542, 120_000} {
		path := filepath.Join(t.TempDir(), "wire")
		if err := os.WriteFile(path, wire[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, want := readCopies(NewReader(file, f), false), readCopies(NewReader(whole(wire[:size]), f), false)
		file.Close()
		if got != want {
			t.Errorf("%d bytes: %+v, want %+v", size, got, want)
		}
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// Large frames between small ones are the same however they arrive and are read.
func TestLargeFramesAnyCut(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, 34))
	for _, spec := range []string{"u32be", "u32be:trailer=;", "varint", "netstring", "u32be:offset=1,magic=M,trailer=\\r\\n", "stomp"} {
		f := mustParse(t, spec)
		var wire []byte
		for _, size := range []int{0, 5, 70_000, 3, 65_536, 65_537, 300_000, 100} {
			wire, _ = f.Append(wire, Marks{}, bytes.Repeat([]byte{byte(size), 'x'}, (size+1)/2)[:size])
		}
		for _, stream := range [][]byte{wire, wire[:len(wire)-1], wire[:100_000], wire[:70_003]} {
			ref := readNext(NewReader(whole(stream), f), true)
			cut := func() io.Reader { return &cutReader{stream, func() int { return 1 + rnd.IntN(20_000) }} }
			for name, got := range map[string]outcome{
				"copies": readCopies(NewReader(cut(), f), true), "pieces": readPieces(NewReader(cut(), f), true),
			} {
				if got != ref {
					t.Errorf("%s, %d bytes, %s: %+v, want %+v", spec, len(stream), name, got, ref)
				}
			}
		}
	}
}

// The unread part of a body is passed over, and its trailer is still checked.
func TestNextReaderSkips(t *testing.T) {
	f := mustParse(t, "u32be:trailer=;")
	large, _ := f.Append(nil, Marks{}, make([]byte, 200_000))
	for _, want := range []int{0, 1, 100_000, 200_000} {
		wire := append(bytes.Clone(large), "\x00\x00\x00\x02ok;"...)
		r := NewReader(&cutReader{wire, func() int { return 30_000 }}, f)
		frame, body, err := r.NextReader()
		if err != nil || frame.Payload != nil || frame.Size != 200_005 {
			t.Fatalf("%+v, %v", frame, err)
		}
		if n, err := body.Read(nil); n != 0 || err != nil {
			t.Fatalf("a read of nothing: %d, %v", n, err)
		}
		if n, err := io.ReadFull(body, make([]byte, want)); n != want || err != nil {
			t.Fatalf("read %d of %d, %v", n, want, err)
		}
		next, err := r.Next()
		if err != nil || next.Index != 1 || next.Offset != 200_005 || string(next.Payload) != "ok" || string(frame.Trailer) != ";" {
			t.Errorf("after %d bytes: %+v, %v; trailer %q", want, next, err, frame.Trailer)
		}
		if n, err := body.Read(make([]byte, 10)); n != 0 || err != io.EOF {
			t.Errorf("the body of a frame before: %d bytes, %v", n, err)
		}
		wire[200_004] = '?'
		r = NewReader(&cutReader{wire, func() int { return 30_000 }}, f)
		r.NextReader()
		if _, err := r.Next(); !isFault(err, BadTrailer, 200_004) {
			t.Errorf("a wrong trailer that was passed over: %v", err)
		}
	}
}

func isFault(err error, fault Fault, at int64) bool {
	e, ok := err.(*Error)
	return ok && e.Fault == fault && e.Offset == at
}

// A source that has nothing yet is read again later, also inside a body and its trailer.
func TestNextReaderWaits(t *testing.T) {
	f := mustParse(t, "u32be:trailer=ab")
	wire, _ := f.Append(nil, Marks{}, bytes.Repeat([]byte("x"), 100_000))
	for _, size := range []int{1, 999, 50_000} {
		r := NewReader(&waiting{data: wire, size: func() int { return size }}, f)
		frame, body, err := r.NextReader()
		for err == ErrWait {
			frame, body, err = r.NextReader()
		}
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for p := make([]byte, 5000); err != io.EOF; {
			var k int
			if k, err = body.Read(p); err != nil && err != io.EOF && err != ErrWait {
				t.Fatal(err)
			}
			n += k
		}
		if n != 100_000 || string(frame.Trailer) != "ab" {
			t.Errorf("reads of %d: %d bytes, trailer %q", size, n, frame.Trailer)
		}
		if _, err := r.Next(); err != ErrWait && err != io.EOF {
			t.Error(err)
		}
	}
}
