package input

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// gzipped returns text as a gzip file of one member.
func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

// zstandard returns text as a zstd file of one frame.
func zstandard(text string) string {
	w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	return string(w.EncodeAll([]byte(text), nil))
}

// The contents of gzip and zstd inputs are read, in files and pipes, also if they are captures.
func TestCompressed(t *testing.T) {
	pcap, err := os.ReadFile(captures + "dns_tcp4.pcap")
	if err != nil {
		t.Fatal(err)
	}
	all, one := Choice{Stream: -1}, Choice{Stream: 0, Direction: "c2s"}
	plain := contents(Files([]string{captures + "dns_tcp4.pcap"}, nil, 0, -1)[0], one)
	long := strings.Repeat("0123456789", 1<<15) // more than is looked at
	raw := Choice{Kind: "raw", Stream: -1}
	never := Choice{Decompress: "never", Stream: -1}
	for name, pack := range map[string]func(string) string{"gzip": gzipped, "zstd": zstandard} {
		cut := pack(long[:9000] + "x" + long[:500])
		for _, row := range []struct {
			name, file string
			choice     Choice
			want       []string
		}{
			{"text", pack("hello"), all, []string{"=hello"}},
			{"nothing", pack(""), all, []string{"="}},
			{"much", pack(long), all, []string{"=" + long}},
			{"several, one after another", pack("he") + pack("") + pack("llo"), all, []string{"=hello"}},
			{"a pcap", pack(string(pcap)), one, plain},
			{"a dump", pack("00000000  61 62  |ab|\n"), all, []string{"=ab"}},
			{"a dump of two directions", pack(twoWays), all, []string{"stream 0 c2s=ab", "stream 0 s2c=cde"}},
			{"twice", pack(pack("hello")), all, []string{"=" + pack("hello")}},
			{"as it is", pack("hello"), never, []string{"=" + pack("hello")}},
			{"as it is, raw", pack("hello"), raw, []string{"=" + pack("hello")}},
			{"other bytes after it", pack("hello") + "other bytes", all, []string{"!data ends after 5 bytes of its contents, and is followed by "}},
			{"cut", cut[:len(cut)-9], all, []string{"!is cut short after"}},
			{"no capture, a choice", pack("hello"), one, []string{"!the input is not a capture"}},
		} {
			for way, in := range inputsOf(t, row.file) {
				if got := contents(in, row.choice); !sameContents(got, row.want) {
					t.Errorf("%s: %s, %s: %.200q, want %.200q", name, row.name, way, got, row.want)
				}
			}
		}
	}
}

// Streams that begin nearly as a compressed file does are no compressed files.
func TestBeginsCompressed(t *testing.T) {
	for _, row := range []struct {
		head      string
		want      string
		undecided bool
	}{
		{"", "", true},
		{"\x1f", "", true},
		{"\x1f\x8b", "", true},
		{"\x1f\x8b\x08\x00\x01\x02\x03\x04\x00", "", true},
		{"\x1f\x8b\x08\x00\x01\x02\x03\x04\x00\x03", "gzip", false},
		{"\x1f\x8b\x08\x1f\x01\x02\x03\x04\x02\xff", "gzip", false},
		{"\x1f\x8b\x07", "", false},                                 // not deflate
		{"\x1f\x8b\x08\x20", "", false},                             // a reserved flag
		{"\x1f\x8b\x08\x00\x01\x02\x03\x04\x01", "", false},         // no such level
		{"\x1f\x8b\x08\x00\x01\x02\x03\x04\x00\x20", "", false},     // no such system
		{"\x1f\x8b\x08hello this is a frame of u16be", "", false},   // flags, again
		{"\x00\x00\x1f\x8b\x08\x00\x01\x02\x03\x04\x00", "", false}, // the payload is gzip, not the input
		{"\x28", "", true},
		{"\x28\xb5\x2f\xfd", "", true},
		{"\x28\xb5\x2f\xfd\x04", "zstd", false},
		{"\x28\xb5\x2f\xfd\x08", "", false}, // a reserved bit
		{"\x28\xb5\x2f\xfe", "", false},
		{"hello", "", false},
	} {
		c, undecided := compressionOf([]byte(row.head))
		name := ""
		if c != nil {
			name = c.name
		}
		if name != row.want || undecided != row.undecided {
			t.Errorf("%q: %q, undecided %t; want %q, %t", row.head, name, undecided, row.want, row.undecided)
		}
	}
}

// What could be decompressed is read before the error, which names the place. Seek counts the
// bytes of the contents.
func TestCompressedDamage(t *testing.T) {
	frames := strings.Repeat("5:hello,", 50)
	good := gzipped(frames)
	flipped := []byte(good)
	flipped[len(flipped)-5] ^= 1 // in the checksum
	wide := "\x28\xb5\x2f\xfd\x00\x90"
	for _, row := range []struct {
		name, file string
		seek       int64
		read       string // all that is read
		err        string
		hint       string
	}{
		{"whole", good, 0, frames, "", ""},
		{"whole, from a byte on", good, 392, "5:hello,", "", ""},
		{"past the end", good, 1000, "", "", ""},
		{"cut", good[:len(good)-8], 0, frames, "the gzip data is cut short after 400 bytes of its contents", ""},
		{"cut, from a byte on", good[:len(good)-8], 392, "5:hello,", "the gzip data is cut short after 400 bytes of its contents", ""},
		{"the checksum", string(flipped), 0, frames, "the gzip data is damaged after 400 bytes of its contents: the checksum does not match", "--decompress never"},
		{"no gzip after all", good[:10] + "\xff\xff\xff\xff", 0, "", "the gzip data is damaged after 0 bytes of its contents", "--decompress never"},
		{"a second file, damaged", zstandard(frames) + "\x28\xb5\x2f\xfd\x00", 0, frames, "the zstd data is cut short after 400 bytes of its contents", ""},
		{"a large window", wide, 0, "", "the zstd data needs a window of more than 128 MiB", "zstd -d --long=31"},
	} {
		for way, in := range map[string]Input{
			"a file": Files([]string{fileOf(t, row.file)}, nil, row.seek, -1)[0],
			"a pipe": Files(nil, pipeOf(t, row.file), row.seek, -1)[0],
		} {
			streams, done, err := in.Streams(Choice{Stream: -1})
			if err != nil || streams.Len() != 1 || !strings.Contains(streams.Note(), "decompressing ") {
				t.Fatal(row.name, way, streams.Note(), err)
			}
			read := ""
			src, err := streams.At(0).Open()
			if err == nil {
				var b []byte
				b, err = io.ReadAll(src)
				read = string(b)
			}
			var damage *CompressedError
			text, hint := "", ""
			if errors.As(err, &damage) {
				text, hint = damage.Error(), damage.Hint()
			}
			if read != row.read || text != row.err || (err != nil) != (row.err != "") || !strings.Contains(hint, row.hint) || row.hint == "" && hint != "" {
				t.Errorf("%s, %s: %q, %v, hint %q; want %q, %q, %q", row.name, way, read, err, hint, row.read, row.err, row.hint)
			}
			done()
		}
	}
}

// Of a capture whose compressed data is cut, the packets that can be decompressed are read. The
// error is that of the compressed data.
func TestCompressedCaptureCut(t *testing.T) {
	pcap, err := os.ReadFile(captures + "dns_tcp4.pcap")
	if err != nil {
		t.Fatal(err)
	}
	packed := gzipped(string(pcap))
	for way, in := range inputsOf(t, packed[:len(packed)/2]) {
		streams, done, err := in.Streams(Choice{Stream: 0, Direction: "c2s"})
		if err != nil || streams.Len() != 1 {
			t.Fatal(way, streams.Len(), err)
		}
		src, err := streams.At(0).Open()
		if err != nil {
			t.Fatal(way, err)
		}
		b, err := io.ReadAll(src)
		damage := streams.At(0).Recorded.Damaged()
		if len(b) == 0 || err != nil || damage == nil || !strings.Contains(damage.Error(), "the gzip data is cut short after ") {
			t.Errorf("%s: %d bytes, %v; damage %v", way, len(b), err, damage)
		}
		done()
	}
}

// A flusher is a compressor that can write all it has.
type flusher interface {
	io.WriteCloser
	Flush() error
}

// What a live pipe has compressed so far is read, without waiting for more.
func TestCompressedLive(t *testing.T) {
	for name, open := range map[string]func(io.Writer) flusher{
		"gzip": func(w io.Writer) flusher { return gzip.NewWriter(w) },
		"zstd": func(w io.Writer) flusher {
			z, _ := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
			return z
		},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		z := open(w)
		next := make(chan string)
		go func() {
			for s := range next {
				io.WriteString(z, s)
				z.Flush()
			}
			z.Close()
			w.Close()
		}()
		next <- "\x00first"
		streams, done, err := Files(nil, r, 0, -1)[0].Streams(Choice{Stream: -1})
		if err != nil {
			t.Fatal(name, err)
		}
		src, err := streams.At(0).Open()
		if err != nil {
			t.Fatal(name, err)
		}
		b := make([]byte, 6)
		if _, err := io.ReadFull(src, b); string(b) != "\x00first" || err != nil {
			t.Errorf("%s: %q, %v", name, b, err)
		}
		next <- "second"
		if _, err := io.ReadFull(src, b); string(b) != "second" || err != nil {
			t.Errorf("%s: %q, %v", name, b, err)
		}
		close(next)
		if rest, err := io.ReadAll(src); len(rest) > 0 || err != nil {
			t.Errorf("%s: %q, %v", name, rest, err)
		}
		done()
		r.Close()
	}
}
