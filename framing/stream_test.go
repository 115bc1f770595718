package framing

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A large frame goes through CopyNext in constant memory, and what was written is
// told if it fails.
func TestCopyNextStreams(t *testing.T) {
	const size = 100 << 20
	header := []byte{0x06, 0x40, 0, 0} // 100 MiB
	r := NewReader(io.MultiReader(bytes.NewReader(header), io.LimitReader(&endless{}, size), strings.NewReader("\x00\x00\x00\x02ok")), mustParse(t, "u32be"))
	r.StreamLarge = true
	r.Max = 1000
	if _, err := r.Next(); err != ErrLarge {
		t.Fatalf("Next holds the frame: %v", err)
	}
	var n counter
	f, err := r.CopyNext(&n)
	if err != nil || n != size || f.Wire != size+4 || string(f.Header) != string(header) {
		t.Fatalf("%d bytes, %+v, %v", n, f, err)
	}
	if f, err := r.Next(); err != nil || f.Offset != size+4 || f.Index != 1 || string(f.Payload) != "ok" {
		t.Errorf("the frame behind it: %+v, %v", f, err)
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
		r.StreamLarge = true
		var err error
		for err == nil {
			_, err = r.CopyNext(io.Discard)
		}
		e, ok := err.(*Error)
		if got := fmt.Sprintf("%s %d %d %d", e.Kind, e.Start, e.Offset, e.Sent); !ok || got != want {
			t.Errorf("%d bytes: %s (%v), want %s", len(cut), got, err, want)
		}
	}
}

// Bytes that the destination takes from a file are the same as those that pass
// through memory, and so is what is told of them.
func TestCopyNextFromFile(t *testing.T) {
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
