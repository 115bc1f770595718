package framing

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

var (
	rtmpHandshake = "\x03\x00\x00\x00\x00" + strings.Repeat("\x00", 4) + strings.Repeat("random..", 191)
	rtmpEchoed    = strings.Repeat("echo....", 192)
)

// rtmpChunkOf returns a chunk of format 0 with the time 0, in message stream 1.
func rtmpChunkOf(id, kind byte, length int, data string) string {
	return string([]byte{id, 0, 0, 0, byte(length >> 16), byte(length >> 8), byte(length), kind, 1, 0, 0, 0}) + data
}

// The sizes of headers and payloads in streams, and the fault that ends them.
func TestRTMP(t *testing.T) {
	set := func(size byte) string { return rtmpChunkOf(2, 1, 4, "\x00\x00\x00"+string([]byte{size})) }
	long := strings.Repeat("x", 128)
	for _, row := range []struct{ stream, want string }{
		{rtmpHandshake + rtmpEchoed + rtmpChunkOf(3, 20, 2, "hi"), "1537|0 1536|0 12|2"},
		{rtmpChunkOf(3, 20, 2, "hi"), "12|2"},                                             // without a handshake
		{"\x03\x00\x00\x00\x00\x0a\x00\x16\x57" + strings.Repeat("x", 1528), "1537|0"},    // with the version of a Flash player
		{"\x03\x00\x00\x00\x04\x01\x02\x03\x04" + strings.Repeat("\x00", 1528), "1537|0"}, // and zeros
		{rtmpChunkOf(4, 8, 300, long) + "\xc4" + long + "\xc4" + long[:44], "12|128 1|128 1|44"},
		{rtmpChunkOf(4, 8, 130, long) + rtmpChunkOf(6, 9, 129, long) + "\xc4xx\xc6x", "12|128 12|128 1|2 1|1"},
		{set(5) + rtmpChunkOf(4, 8, 7, "abcde") + set(6) + "\xc4fg" + rtmpChunkOf(4, 8, 7, "abcdef") + "\xc4g", "12|4 12|5 12|4 1|2 12|6 1|1"},
		{rtmpChunkOf(4, 8, 2, "ab") + "\xc4cd\x84\x00\x00\x05ef\x44\x00\x00\x05\x00\x00\x01\x09g\xc4h", "12|2 1|2 4|2 8|1 1|1"},
		{"\x04\xff\xff\xff\x00\x00\x82\x08\x01\x00\x00\x00\x01\x00\x00\x00" + long + "\xc4\x01\x00\x00\x00xx\xc4\x01\x00\x00\x00" + long, "16|128 5|2 5|128"},
		{"\x00\x40\x00\x00\x00\x00\x00\x01\x08\x01\x00\x00\x00a\xc1\x40\x00b\x01\x40\x40\x00\x00\x00\x00\x00\x01\x08\x01\x00\x00\x00c", "13|1 3|1 14|1"}, // both are the chunk stream 128
		{rtmpChunkOf(4, 8, 0, "") + "\xc4", "12|0 1|0"},
		{set(5) + rtmpChunkOf(4, 8, 7, "abcde") + rtmpChunkOf(2, 2, 4, "\x00\x00\x00\x04") + "\xc4abcde\xc4fg", "12|4 12|5 12|4 1|5 1|2"},
		{set(5) + rtmpChunkOf(4, 8, 7, "abcde") + rtmpChunkOf(4, 8, 1, "z"), "12|4 12|5 12|1"},
		{rtmpChunkOf(2, 1, 4, "\x00\x00\xff\xff") + rtmpChunkOf(4, 8, 60000, strings.Repeat("x", 60000)), "12|4 12|60000"},

		{"\xc4hello", "bad-continuation@0"},
		{rtmpChunkOf(3, 20, 1, "x") + "\x84\x00\x00\x00", "12|1 bad-continuation@13"},
		{"\x44\x00\x00\x00\x00\x00\x02\x08hi", "8|2"},
		{"\x44\x01\x00\x00\x00\x00\x02\x08hi", "bad-continuation@0"}, // too long for a delta
		{"\x04\x00\x00\x00\x00\x00\x02\x08\x00\x00\x01\x00hi", "bad-header@8"},
		{rtmpChunkOf(4, 7, 1, "x"), "bad-type@7"},
		{rtmpChunkOf(4, 1, 3, "x"), "length-invalid@4"},
		{rtmpChunkOf(4, 6, 4, "x"), "length-invalid@4"},
		{rtmpChunkOf(4, 1, 4, "\x00\x00\x00\x00"), "length-invalid@12"},
		{rtmpChunkOf(4, 1, 4, "\x80\x00\x00\x00"), "length-invalid@12"},
		{set(3) + rtmpChunkOf(2, 5, 4, "abc") + "\xc2d" + rtmpChunkOf(2, 1, 4, "\x00\x00\x00"), "12|4 12|3 1|1 length-invalid@33"},
		{rtmpHandshake[:1000], "truncated@1000"},
		{rtmpHandshake + rtmpEchoed[:7], "1537|0 truncated@1544"},
		{set(5)[:14], "truncated@14"},
		{rtmpChunkOf(4, 8, 300, long[:7]), "truncated@19"},
		{rtmpChunkOf(4, 8, 300, long), "12|128"}, // each chunk is a frame
	} {
		for name, src := range map[string]io.Reader{"whole": whole([]byte(row.stream)), "byte by byte": single([]byte(row.stream))} {
			var got []string
			frames := NewReader(src, mustParse(t, "rtmp"))
			for f, err := range frames.Frames() {
				if e, ok := err.(*Error); ok {
					got = append(got, atText(e.Fault, e.Offset))
					break
				}
				got = append(got, fmt.Sprintf("%d|%d", len(f.Header), len(f.Payload)))
			}
			if s := strings.Join(got, " "); s != row.want {
				t.Errorf("%.60q %s: %s, want %s", row.stream, name, s, row.want)
			}
		}
	}
}

// The state of a stream is small: it grows with the chunk streams, and these have a limit.
func TestRTMPLimit(t *testing.T) {
	var stream []byte
	for i := range 100 {
		stream = append(stream, "\x00"+string([]byte{byte(i)})+rtmpChunkOf(0, 8, 1, "x")[1:]...)
	}
	frames, err := drain(NewReader(whole(stream), mustParse(t, "rtmp")))
	if e, ok := err.(*Error); !ok || e.Fault != BadHeader || len(frames) != rtmpRows {
		t.Errorf("%d frames, %v", len(frames), err)
	}
}

// Messages have a header of format 0, with all that their chunks leave out.
func TestRTMPJoin(t *testing.T) {
	long := strings.Repeat("x", 128)
	stream := rtmpHandshake + rtmpEchoed +
		"\x04\x00\x00\x07\x00\x00\x83\x08\x01\x00\x00\x00" + long + // audio at 7
		"\x06\xff\xff\xff\x00\x00\x84\x09\x01\x00\x00\x00\x01\x02\x03\x04" + long + // video, with an extended time
		"\x02\x00\x00\x00\x00\x00\x04\x01\x00\x00\x00\x00\x00\x00\x10\x00" +
		"\xc4abc" + // the end of the audio
		"\xc6\x01\x02\x03\x04defg" + // and of the video
		"\x44\x00\x00\x02\x00\x00\x03\x08hij" + // audio 2 later
		"\x84\x00\x00\x03klm" + // 3 later
		"\xc4nop" + // 3 later
		"\x05\x00\x00\x00\x00\x20\x00\x12\x01\x00\x00\x00" + strings.Repeat("y", 4096) + "\x02\x00\x00\x00\x00\x00\x04\x02\x00\x00\x00\x00\x00\x00\x00\x05" + // given up
		"\x05\x00\x00\x00\x00\x00\x01\x12\x01\x00\x00\x00z"
	want := `handshake=hello 0
handshake=echo 0
chunk stream=2 format=0 timestamp=0 length=4 type=set chunk size stream=0 4
chunk stream=4 format=0 timestamp=7 length=131 type=audio stream=1 131
chunk stream=6 format=0 timestamp=16909060 length=132 type=video stream=1 132
chunk stream=4 format=0 timestamp=9 length=3 type=audio stream=1 3
chunk stream=4 format=0 timestamp=12 length=3 type=audio stream=1 3
chunk stream=4 format=0 timestamp=15 length=3 type=audio stream=1 3
chunk stream=2 format=0 timestamp=0 length=4 type=abort stream=0 4
chunk stream=5 format=0 timestamp=0 length=1 type=data stream=1 1
`
	f := mustParse(t, "rtmp:join")
	var written bytes.Buffer
	w := NewWriter(&written, f)
	read := func(src io.Reader, each func(Frame)) string {
		var got strings.Builder
		for m, err := range NewReader(src, f).Frames() {
			if err != nil {
				return err.Error()
			}
			var fields []string
			for _, x := range EntryOf(f).Describe(nil, f, m) {
				fields = append(fields, x.Name+"="+x.Text)
			}
			fmt.Fprintf(&got, "%s %d\n", strings.Join(fields, " "), len(m.Payload))
			if each != nil {
				each(m)
			}
		}
		return got.String()
	}
	got := read(strings.NewReader(stream), func(m Frame) {
		if err := w.WriteLike(Marks{Header: m.Header}, m.Payload); err != nil {
			t.Error(err)
		}
	})
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	w.Flush()
	if again := read(&written, nil); again != want {
		t.Errorf("written again, it is\n%swant\n%s", again, want)
	}
}

// What is written depends on what was written before.
func TestRTMPWrite(t *testing.T) {
	long := strings.Repeat("x", 128)
	first, next := rtmpChunkOf(4, 8, 130, ""), "\xc4"
	set := rtmpChunkOf(2, 1, 4, "")
	type message struct{ header, payload, want string }
	for _, messages := range [][]message{
		{{first, long, "frame"}, {next, "xx", "frame"}, {next, long, "frame"}, {"", "hi", "default"}},
		{{first, "edited", "shorter"}},
		{{first, long, "frame"}, {next, "edited", ErrMarks.Error()}, {next, "xx", "frame"}},
		{{next, "x", ErrMarks.Error()}},
		{{"", long + "x", "too long for a chunk of rtmp"}, {set, "\x00\x00\x01\x00", "frame"}, {"", long + "x", "default"}},
		{{set, "long!", ErrMarks.Error()}},
		{{rtmpHandshake, "", "frame"}, {rtmpEchoed, "", "frame"}, {first, long, "frame"}},
		{{rtmpEchoed, "", ErrMarks.Error()}},
	} {
		var out bytes.Buffer
		w := NewWriter(&out, mustParse(t, "rtmp"))
		for _, m := range messages {
			out.Reset()
			err := w.WriteLike(Marks{Header: []byte(m.header)}, []byte(m.payload))
			w.Flush()
			got := out.String()
			switch {
			case err != nil:
				got = err.Error()
			case got == m.header+m.payload:
				got = "frame"
			case m.header == "" && got == rtmpCommand[:6]+string([]byte{byte(len(m.payload))})+rtmpCommand[7:]+m.payload:
				got = "default"
			case m.header != "" && got == m.header[:6]+string([]byte{byte(len(m.payload))})+m.header[7:]+m.payload:
				got = "shorter"
			}
			if m.want != got && !strings.Contains(got, m.want) {
				t.Errorf("%.20q with %.20q: %.60q, want %s", m.payload, m.header, got, m.want)
			}
		}
	}
	if out, err := mustParse(t, "rtmp:join").Append(nil, Marks{}, bytes.Repeat([]byte("x"), 300)); err != nil || len(out) != 12+1+1+300 {
		t.Errorf("a long message has %d bytes, %v", len(out), err)
	}
}
