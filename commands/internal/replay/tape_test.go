package replay

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
)

// captured writes a capture of connections, which a ; separates. Each word is what came in a read, after > from the client and
// after < from the server: _ is a space, and ~ the end of a line. After the sign, ! is a gap of 3 bytes, and . the end of the side.
func captured(t *testing.T, comment, text string) input.Input {
	t.Helper()
	name := filepath.Join(t.TempDir(), "tape.pcapng")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := capture.NewRecorder(file, comment)
	at := time.Unix(1000, 0)
	for i, stream := range strings.Split(text, ";") {
		r.Record(capture.Event{Stream: i, Kind: capture.Opened, At: at, Client: fmt.Sprintf("127.0.0.1:%d", 1000+i), Server: "127.0.0.1:80"})
		for _, word := range strings.Fields(stream) {
			at = at.Add(time.Second)
			e := capture.Event{Stream: i, Kind: capture.Bytes, At: at, Dir: strings.IndexByte("><", word[0]), Data: []byte(strings.NewReplacer("_", " ", "~", "\n").Replace(word[1:]))}
			switch word[1:] {
			case "!":
				e.Kind, e.Lost, e.Data = capture.Lost, 3, nil
			case ".":
				e.Kind, e.Data = capture.Closed, nil
			}
			r.Record(e)
		}
		r.Record(capture.Event{Stream: i, Kind: capture.Ended, At: at})
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return input.Files([]string{name}, nil, 0, -1)[0]
}

// The messages of a capture are in the order in which they were complete, with their times. What is damaged or encrypted is refused.
func TestReadCapture(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, comment, events string
		stream                int64
		want                  string // the messages, with the second in which they were complete; . is the end of the server
		refused, forced       string // without --force, and with it
	}{
		{"pieces", "", ">a >b~c <A~ >~ <C~", -1, ">ab@2 <A@3 >c@4 <C@5", "", ""},
		{"greeting", "", "<hi~ >a~", -1, "<hi@1 >a@2", "", ""},
		{"the server ends first", "", ">a~ <A~ <. >b~ >.", -1, ">a@1 <A@2 .@3 >b@4", "", ""},
		{"the client ends first", "", ">a~ >. <A~ <.", -1, ">a@1 <A@3", "", ""},
		{"two streams", "", ">a~ <A~ ; >b~", -1, ">a@1 <A@2; >b@1", "", ""},
		{"one of them", "", ">a~ <A~ ; >b~", 1, ">b@1", "", ""},
		{"empty streams", "", "; >b~ ;", -1, ">b@1", "", ""},
		{"not there", "", ">a~", 3, "", "there is no stream 3: the recording has 1 stream", "there is no stream 3: the recording has 1 stream"},
		{"nothing", "", ">.", -1, "", "the recording has no messages", "the recording has no messages"},
		{"another framing", "", ">abc", -1, "", "the recording has no messages of lines: stream 0 c2s: it ends inside a frame, after 3 bytes of frame 0", "the recording has no messages of lines"},

		{"a gap", "", ">a~ <A~ <! <b~B~", -1, ">a@1 <A@2 <B@4", "stream 0 s2c: byte 2: the capture lost 3 bytes here", ""},
		{"unfinished", "", ">a~ <A~B", -1, ">a@1 <A@2", "stream 0 s2c: it ends inside a frame, after 1 byte of frame 1", ""},
		{"two faults", "", ">a~b <A~B", -1, ">a@1 <A@2", "it ends inside a frame, after 1 byte of frame 1, and 1 other place", ""},
		{"redacted", capture.Redacted, ">a~", -1, ">a@1", "parts of it are redacted", ""},
		{"TLS", "", ">\x16\x03\x01\x00\x05\x01\x00\x00\x01x <A~", -1, "", "stream 0 cannot be played: it is TLS; record what is inside it", "stream 0 cannot be played: it is TLS"},
		{"STARTTLS", "", ">STARTTLS~ <OK~ >\x16\x03\x01\x00\x05\x01\x00\x00\x01x", -1, ">STARTTLS@1 <OK@2", "stream 0 cannot be played: it changes to TLS", "stream 0 cannot be played: it changes to TLS"},
	} {
		o := Options{Stream: row.stream, Max: -1, Detail: t.Logf}
		for dir := range o.Sides {
			o.Sides[dir].set("lines")
		}
		var got []string
		failed := [2]string{}
		tape, _, err := Read(captured(t, row.comment, row.events), o)
		for force := range failed {
			fail := err
			if err == nil {
				fail = tape.Check(force == 1)
			}
			var f *report.Failure
			if errors.As(fail, &f) {
				failed[force] = f.Text
			}
		}
		if err == nil {
			for _, s := range tape.Streams {
				var words []string
				for i, m := range s.Messages {
					if s.Closed != nil && s.Closed.Before == i {
						words = append(words, fmt.Sprintf(".@%.0f", s.Closed.At.Seconds()))
					}
					words = append(words, fmt.Sprintf("%c%s@%.0f", "><"[m.Dir], m.Payload, m.At.Seconds()))
				}
				got = append(got, strings.Join(words, " "))
			}
		}
		if text := strings.Join(got, "; "); text != row.want {
			t.Errorf("%s: the messages are %s, want %s", row.name, text, row.want)
		}
		for force, want := range []string{row.refused, row.forced} {
			if !strings.Contains(failed[force], want) || want == "" && failed[force] != "" {
				t.Errorf("%s, force %d: %q, want %q", row.name, force, failed[force], want)
			}
		}
	}
}

// Frames in records are read after those before: a chunk of RTMP has no length of its own.
func TestReadRecords(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "tape.json")
	const records = `{"type":"frame","stream":0,"direction":"c2s","offset":0,"size":4,"wire":16,"header":"020000000000040100000000","trailer":"","base64":"AAAABQ=="}
{"type":"frame","stream":0,"direction":"c2s","offset":16,"size":5,"wire":17,"header":"040000000000070801000000","trailer":"","text":"abcde"}
{"type":"frame","stream":0,"direction":"c2s","offset":33,"size":2,"wire":3,"header":"c4","trailer":"","text":"fg"}
`
	if err := os.WriteFile(name, []byte(records), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Stream: -1, Max: -1, Detail: t.Logf}
	for dir := range o.Sides {
		o.Sides[dir].set("rtmp")
	}
	tape, _, err := Read(input.Files([]string{name}, nil, 0, -1)[0], o)
	if err != nil {
		t.Fatal(err)
	}
	if all := tape.Streams[0].Messages; len(all) != 3 || string(all[2].Payload) != "fg" || all[2].Offset != 33 {
		t.Errorf("the messages are %v, want the parts of abcdefg at the end", all)
	}
}

// A dump of one direction is what a server sent, if only that is to be read.
func TestReadDump(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "dump.txt")
	if err := os.WriteFile(name, []byte("00000000  68 69 0a 68 6f 0a                                 |hi.ho.|\n00000006\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Stream: -1, Direction: "s2c", Max: -1, Detail: t.Logf}
	for dir := range o.Sides {
		o.Sides[dir].set("lines")
	}
	tape, _, err := Read(input.Files([]string{name}, nil, 0, -1)[0], o)
	if err != nil {
		t.Fatal(err)
	}
	if all := tape.Streams[0].Messages; len(all) != 2 || string(all[0].Payload) != "hi" || all[0].Dir != Server {
		t.Errorf("the messages are %v, want hi and ho of the server", all)
	}
}
