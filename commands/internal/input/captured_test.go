package input

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/report"
)

const (
	captures = "../../../testdata/captures/"
	// lossy is a dump with a gap: "abcd" lost "efgh".
	lossy = "00000000  61 62 63 64  |abcd|\n00000010  65 66 67 68  |efgh|\n"
	// twoWays is a dump of both directions of a stream, as Wireshark writes it.
	twoWays = "00000000  61 62                                             ab\n    00000000  63 64 65                                          cde\n"
	// emptyPcap is a capture without packets.
	emptyPcap = "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x01\x00\x00\x00"
)

// Streams returns the streams of a capture, or the input itself if it is not a capture. A
// choice selects some of them; it is an error if it selects none.
func TestStreams(t *testing.T) {
	all := Choice{Stream: -1}
	for _, row := range []struct {
		name   string
		file   string // the name of a file, or its text
		choice Choice
		want   []string // names and contents, or "!" and the error
	}{
		{"no capture", "hello", all, []string{"=hello"}},
		{"an empty file", "", all, []string{"="}},
		{"no capture, a choice", "hello", Choice{Stream: 0}, []string{"!the input is not a capture"}},
		{"no capture, another choice", "hello", Choice{Stream: -1, Direction: "c2s"}, []string{"!the input is not a capture"}},
		{"a dump", "00000000  61 62  |ab|\n", all, []string{"=ab"}},
		{"a dump as it is", "00000000  61 62  |ab|\n", Choice{Kind: "raw", Stream: -1}, []string{"=00000000  61 62  |ab|\n"}},
		{"a dump as it is, a choice", "00000000  61 62  |ab|\n", Choice{Kind: "raw", Stream: 0}, []string{"!the input is not a capture"}},
		{"two directions", twoWays, all, []string{"stream 0 c2s=ab", "stream 0 s2c=cde"}},
		{"one of two", twoWays, Choice{Stream: -1, Direction: "s2c"}, []string{"stream 0 s2c=cde"}},
		{"by number", twoWays, Choice{Stream: 0, Direction: "c2s"}, []string{"stream 0 c2s=ab"}},
		{"no such stream", twoWays, Choice{Stream: 1}, []string{"!there is no stream 1: this capture has 1 stream, number 0"}},
		{"no packets", emptyPcap, all, []string{"!no TCP packets"}},
		{"not a pcap, with --capture pcap", "hello", Choice{Kind: "pcap", Stream: -1}, []string{"!"}},
		{"not a dump, with --capture hexdump", "\x00\x01\x02", Choice{Kind: "hexdump", Stream: -1}, []string{"!"}},
		{"a missing file", "missing.pcap", all, []string{"!no such file"}},
	} {
		for way, in := range inputsOf(t, row.file) {
			if got := contents(in, row.choice); !sameContents(got, row.want) {
				t.Errorf("%s, %s: %q, want %q", row.name, way, got, row.want)
			}
		}
	}
}

// If there is nothing to read, the error says what the capture has.
func TestNotFound(t *testing.T) {
	for _, row := range []struct {
		file      string
		stream    int64
		direction string
		want      string
	}{
		{"pcap_interleaved.pcap", 9, "", "there is no stream 9: this capture has 7 streams, 0 to 6"},
		{"pcap_interleaved.pcap", 7, "c2s", "there is no stream 7: this capture has 7 streams, 0 to 6"},
		{"pcap_interleaved.pcap", 3, "s2c", "stream 3 has no bytes from the server (s2c)"},
		{"pcap_interleaved.pcap", 6, "s2c", "<nil>"},
		{"pcap_interleaved.pcap", -1, "", "<nil>"},
		{"logger_octet.pcap", 1, "s2c", "there is no stream 1: this capture has 1 stream, number 0"},
		{"logger_octet.pcap", -1, "s2c", "this capture has 1 stream, with no bytes from the server (s2c)"},
	} {
		_, done, err := Files([]string{captures + row.file}, nil, 0, -1)[0].Streams(Choice{Stream: row.stream, Direction: row.direction})
		done()
		if got := fmt.Sprint(err); got != row.want {
			t.Errorf("%s --stream %d --direction %s: %s, want %s", row.file, row.stream, row.direction, got, row.want)
		}
	}
}

// inputsOf returns the same input as a file, as standard input and as a pipe.
func inputsOf(t *testing.T, text string) map[string]Input {
	if strings.HasSuffix(text, ".pcap") {
		return map[string]Input{"a file": Files([]string{text}, nil, 0, -1)[0]}
	}
	return map[string]Input{
		"a file": Files([]string{fileOf(t, text)}, nil, 0, -1)[0],
		"stdin":  Files(nil, opened(t, text), 0, -1)[0],
		"a pipe": Files(nil, pipeOf(t, text), 0, -1)[0],
	}
}

// contents returns the names and contents of the streams of an input, or "!" and the error.
func contents(in Input, ch Choice) (list []string) {
	streams, done, err := in.Streams(ch)
	defer done()
	if err != nil {
		return []string{"!" + err.Error()}
	}
	for i := range streams.Len() {
		s := streams.At(i)
		name := ""
		if s.Recorded.named() {
			name = s.Recorded.name()
		}
		src, err := s.Open()
		if err != nil {
			return append(list, "!"+err.Error())
		}
		b, err := io.ReadAll(src)
		src.Close()
		if err != nil {
			return append(list, "!"+err.Error())
		}
		list = append(list, name+"="+string(b))
	}
	return list
}

func sameContents(got, want []string) bool {
	return slices.EqualFunc(got, want, func(g, w string) bool {
		return g == w || strings.HasPrefix(w, "!") && strings.HasPrefix(g, "!") && strings.Contains(g, w[1:])
	})
}

// Headings, records and errors name the stream of a capture.
func TestRecordedNames(t *testing.T) {
	for _, row := range []struct {
		file   string
		choice Choice
		label  string
		place  string
		json   string
	}{
		{captures + "dns_tcp4.pcap", Choice{Stream: 0, Direction: "s2c"}, "stream 0 s2c  127.0.0.1:17300 → 127.0.0.1:43881  11524 bytes in 69 segments",
			captures + "dns_tcp4.pcap: stream 0 s2c", `,"stream":0,"direction":"s2c"`},
		{captures + "pcap_gap.pcap", Choice{Stream: -1}, "stream 0 c2s  127.0.0.1:50730 → 127.0.0.1:17104  214327 bytes in 168 segments, 1 gap",
			captures + "pcap_gap.pcap: stream 0 c2s", `,"stream":0,"direction":"c2s"`},
		{captures + "hex_dns_xxd.txt", Choice{Stream: -1}, "", captures + "hex_dns_xxd.txt", ""},
	} {
		streams, done, err := Files([]string{row.file}, nil, 0, -1)[0].Streams(row.choice)
		if err != nil || streams.Len() != 1 {
			t.Fatal(row.file, streams, err)
		}
		s := streams.At(0)
		if label := s.Recorded.Label(); !strings.HasPrefix(label, row.label) || (row.label == "") != (label == "") {
			t.Errorf("%s: label %q, want %q", row.file, label, row.label)
		}
		if s.Place() != row.place || string(s.Recorded.Members()) != row.json {
			t.Errorf("%s: place %q, members %q; want %q, %q", row.file, s.Place(), s.Recorded.Members(), row.place, row.json)
		}
		done()
	}
	streams, done, err := Files(nil, opened(t, twoWays), 0, -1)[0].Streams(Choice{Stream: -1, Direction: "c2s"})
	if err != nil || streams.At(0).Place() != "stream 0 c2s" {
		t.Errorf("of standard input: %q, %v", streams.At(0).Place(), err)
	}
	done()
	if place := Files([]string{"in.bin"}, nil, 0, -1)[0].Place(); place != "in.bin" {
		t.Errorf("of no capture: %q", place)
	}
}

// A message of a capture has the time of its first byte, and how many segments it came in.
func TestRecordedTags(t *testing.T) {
	streams, done, err := Files([]string{captures + "dns_tcp4.pcap"}, nil, 0, -1)[0].Streams(Choice{Stream: 0, Direction: "c2s"})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	src, err := streams.At(0).Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(src); err != nil {
		t.Fatal(err)
	}
	if got := string(src.AppendTags([]byte("x"))); got != `x,"stream":0,"direction":"c2s"` || src.Name() != "stream 0 c2s" {
		t.Errorf("%s of %s", got, src.Name())
	}
	if got := string(src.AppendFrameTags([]byte("x"), 0, 2)); !strings.HasPrefix(got, `x,"time":"20`) || !strings.Contains(got, `Z","t":17`) || !strings.HasSuffix(got, `,"segments":1`) {
		t.Error(got)
	}
	// A dump has no times, and so its messages have none.
	streams, end, err := Files(nil, opened(t, twoWays), 0, -1)[0].Streams(Choice{Stream: 0, Direction: "c2s"})
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	if src, err = streams.At(0).Open(); err != nil {
		t.Fatal(err)
	}
	io.ReadAll(src)
	if got := string(src.AppendFrameTags([]byte("x"), 0, 2)); got != "x" {
		t.Error(got)
	}
}

// If the output can hold only one direction, the error lists all to choose from.
func TestOneStream(t *testing.T) {
	for _, row := range []struct {
		file, direction string
		text            []string // parts of the error, in this order
		hint            string
	}{
		{captures + "dns_tcp4.pcap", "c2s", nil, ""},
		{captures + "dns_tcp4.pcap", "", []string{"stream 0 has two", "\n    stream 0 c2s  ", "\n    stream 0 s2c  "}, "choose one with --direction c2s or s2c, or write all with -o json or -o dir:PATH"},
		{captures + "pcap_interleaved.pcap", "", []string{"the capture has 11 directions of 7 streams:", "\n    stream 0 ", "\n    stream 6 s2c"}, "choose one with --stream N --direction c2s or s2c, or write all with -o json or -o dir:PATH"},
		{captures + "pcap_interleaved.pcap", "s2c", []string{"the capture has 4 directions of 7 streams:", "\n    stream 1 ", "\n    stream 6 s2c"}, "--stream N"},
	} {
		streams, done, err := Files([]string{row.file}, nil, 0, -1)[0].Streams(Choice{Stream: -1, Direction: row.direction})
		if err != nil {
			t.Fatal(err)
		}
		err = OneStream(streams)
		var f *report.Failure
		if errors.As(err, &f) != (row.text != nil) {
			t.Fatalf("%s %s: %v", row.file, row.direction, err)
		}
		if f != nil {
			rest := f.Text
			for _, want := range row.text {
				_, after, ok := strings.Cut(rest, want)
				if rest = after; !ok {
					t.Errorf("%s: no %q in %q", row.file, want, f.Text)
				}
			}
			if f.Status != report.StatusUsage || !strings.Contains(f.Hints[0], row.hint) {
				t.Errorf("%s: status %d, hints %q", row.file, f.Status, f.Hints)
			}
		}
		done()
	}
	// Of very many streams, only some are listed.
	var many strings.Builder
	for i := range 50 {
		fmt.Fprintf(&many, "===\nFollow: tcp,hex\nFilter: tcp.stream eq %d\n00000000  61 62                                             ab\n===\n", i)
	}
	streams, done, err := Files([]string{fileOf(t, many.String())}, nil, 0, -1)[0].Streams(Choice{Stream: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	err = OneStream(streams)
	if text := fmt.Sprint(err); strings.Count(text, "\n    stream ") != 20 || !strings.HasSuffix(text, "\n    … 30 more") {
		t.Error(text)
	}
}

// -s and -l count bytes of the stream. A gap among the skipped bytes is an error.
func TestRecordedPart(t *testing.T) {
	for _, row := range []struct {
		seek, length int64
		want         string
		gap          int64
	}{
		{0, -1, "abcd", 12},
		{0, 3, "abc", 0},
		{2, -1, "cd", 12},
		{2, 1, "c", 0},
	} {
		streams, done, err := Files([]string{fileOf(t, lossy)}, nil, row.seek, row.length)[0].Streams(Choice{Stream: -1})
		if err != nil {
			t.Fatal(err)
		}
		src, err := streams.At(0).Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(src)
		var gap *capture.Gap
		if errors.As(err, &gap); string(b) != row.want || src.Offset != row.seek || (gap == nil) != (row.gap == 0) || gap != nil && gap.Bytes != row.gap {
			t.Errorf("-s %d -l %d: %q from %d, %v; want %q", row.seek, row.length, b, src.Offset, err, row.want)
		}
		done()
	}
}

// The start that Peek returns ends at a gap. Reading on returns the gap again.
func TestPeekGap(t *testing.T) {
	streams, done, err := Files([]string{fileOf(t, lossy)}, nil, 0, -1)[0].Streams(Choice{Stream: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	src, err := streams.At(0).Open()
	if err != nil {
		t.Fatal(err)
	}
	start, ended, err := Peek(src, nil)
	if string(start) != "abcd" || ended || err != nil {
		t.Errorf("a start of %q, ended %t, %v", start, ended, err)
	}
	b, err := io.ReadAll(src)
	var gap *capture.Gap
	if string(b) != "abcd" || !errors.As(err, &gap) {
		t.Errorf("%q, %v", b, err)
	}
	if b, err = io.ReadAll(src); string(b) != "efgh" || err != nil {
		t.Errorf("after the gap: %q, %v", b, err)
	}
}

// If a capture was cut off, Damaged returns the error after its streams were read. Other inputs
// are never damaged.
func TestDamaged(t *testing.T) {
	raw, err := os.ReadFile(captures + "logger_octet.pcap")
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		text string
		want string
	}{"whole": {string(raw), ""}, "cut": {string(raw[:len(raw)-1]), "the file ends inside this packet"}} {
		streams, done, err := Files([]string{fileOf(t, row.text)}, nil, 0, -1)[0].Streams(Choice{Stream: -1})
		if err != nil || streams.Len() != 1 {
			t.Fatal(name, streams, err)
		}
		src, err := streams.At(0).Open()
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, src)
		if got := fmt.Sprint(streams.At(0).Recorded.Damaged()); !strings.Contains(got, row.want) || (row.want == "") != (got == "<nil>") {
			t.Errorf("%s: %s, want %q", name, got, row.want)
		}
		done()
	}
	if err := Text("a").Recorded.Damaged(); err != nil {
		t.Error(err)
	}
}
