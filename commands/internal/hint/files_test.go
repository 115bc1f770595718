package hint

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"framecat/framing"
)

// Text in UTF-16 is a kind of file, with its mark and without, in either byte order, and
// cut anywhere. Without a mark at least half of it is ASCII.
func TestUTF16(t *testing.T) {
	for _, row := range []struct {
		text          string
		marked, plain bool
	}{
		{"framecat is a netcat\r\nfor framed streams:\ta test\n", true, true},
		{"naïve café — “quoted” €5 → │\n", true, true},
		{"Tokyo is 東京, and this is 𝄞\n", true, false},
		{"здравствуй, мир\n", true, false},
		{"short\n", true, false},
		{"a bell rings: \a, and so on and on\n", false, false},
		{"zeros \x00\x00 in the midst of it all\n", false, false},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			marked := order.AppendUint16(nil, 0xfeff)
			for _, u := range utf16.Encode([]rune(row.text)) {
				marked = order.AppendUint16(marked, u)
			}
			for _, cut := range []int{0, 1, 2, 3} {
				b := marked[:len(marked)-cut]
				if got := FileKind(b) != ""; got != row.marked {
					t.Errorf("%q, %v with a mark, %d bytes cut: %t", row.text, order, cut, got)
				}
				if got := FileKind(b[2:]) != ""; got != row.plain {
					t.Errorf("%q, %v, %d bytes cut: %t", row.text, order, cut, got)
				}
			}
		}
	}
}

// What is a stream of frames is no kind of file.
func TestStreamsAreNoFiles(t *testing.T) {
	streams, _ := filepath.Glob("../../../testdata/captures/*.bin")
	for _, name := range streams {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if is := FileKind(b[:min(len(b), 64<<10)]); is != "" {
			t.Errorf("%s looks like %s", name, is)
		}
	}
	for _, k := range framing.Entries() {
		for _, x := range k.Details().Examples() {
			if k.Details().Traits().Timed { // its frames are only their payloads
				continue
			}
			f := parsed(x.Spec)
			for _, payload := range []string{x.Payload + "hello", "hello", "hello, wide world", strings.Repeat("x", 32), "h\x00i\x00 \x00y\x00o\x00u\x00"} {
				var b []byte
				for range 20 {
					b, _ = f.Append(b, framing.Marks{}, []byte(payload))
				}
				if is := FileKind(b); is != "" {
					t.Errorf("-f %s with %q looks like %s", x.Spec, payload, is)
				}
			}
		}
	}
}
