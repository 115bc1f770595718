package redact

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/capture"
	"framecat/framing"
)

// Frames are passed on when they are complete, each read as an event with its time. All else becomes
// stars, at the latest when the connection ends.
func TestEvents(t *testing.T) {
	for _, row := range []struct {
		name string
		what string
		do   func(r *redaction)
		want string
	}{
		{"a frame in three reads", "1", func(r *redaction) {
			r.read(0, "\x03a")
			r.read(0, "b")
			r.read(0, "c")
		}, `0 opened, 0 "\x03a", 0 "*", 0 "c"`},
		{"the first part of a read is not held", "1", func(r *redaction) {
			r.read(0, "\x02ab\x02c")
			r.read(1, "\x02xy")
			r.read(0, "d")
		}, `0 opened, 0 "\x02a*", 1 "\x02x*", 0 "\x02c", 0 "*"`},
		{"records of TLS after an upgrade, and the start of one", "1", func(r *redaction) {
			r.read(0, "\x02ab")
			r.read(0, "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03\x17\x03\x03\x00\x02xy")
			r.read(1, "\x16\x03\x03\x00\x02ab\x16")
			r.happen(capture.Ended, 0)
		}, `0 opened, 0 "\x02a*", 0 "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03\x17\x03\x03\x00\x02xy", 1 "\x16\x03\x03\x00\x02ab", 1 "*", 0 ended`},
		{"an unfinished frame, closed", "9", func(r *redaction) {
			r.read(0, "\x01a\x03ab")
			r.happen(capture.Closed, 0)
			r.read(1, "\x01b")
			r.happen(capture.Closed, 1)
			r.happen(capture.Ended, 0)
		}, `0 opened, 0 "\x01a", 0 "***", 0 closed, 1 "\x01b", 1 closed, 0 ended`},
		{"an unfinished frame, reset by the other side", "9", func(r *redaction) {
			r.read(0, "\x03ab")
			r.read(1, "\x02x")
			r.happen(capture.Reset, 1)
			r.happen(capture.Ended, 1)
		}, `0 opened, 0 "***", 1 "**", 1 reset, 1 ended`},
		{"an unfinished frame, ended", "9", func(r *redaction) {
			r.read(1, "\x03ab")
			r.happen(capture.Ended, 0)
		}, `0 opened, 1 "***", 0 ended`},
		{"nothing after the end", "9", func(r *redaction) {
			r.happen(capture.Ended, 0)
			r.read(0, "\x01a")
		}, `0 opened, 0 ended`},
		{"a gap in a frame", "9", func(r *redaction) {
			r.read(0, "\x01a\x04ab")
			r.now++
			r.Take(capture.Event{Kind: capture.Lost, Lost: 2, At: time.Unix(r.now, 0)})
			r.read(0, "\x01b\x01c")
			r.happen(capture.Ended, 0)
		}, `0 opened, 0 "\x01a", 0 "***", 0 lost 2, 0 "****", 0 ended`},
		{"a gap of unknown length between frames", "9", func(r *redaction) {
			r.read(0, "\x01a")
			r.now++
			r.Take(capture.Event{Kind: capture.Lost, Lost: -1, At: time.Unix(r.now, 0)})
			r.read(0, "x")
			r.happen(capture.Closed, 0)
		}, `0 opened, 0 "\x01a", 0 lost -1, 0 "*", 0 closed`},
		{"a frame that is too long", "9", func(r *redaction) {
			r.read(0, "\x01a\x07abcdef")
			r.read(0, "g\x01b")
		}, `0 opened, 0 "\x01a", 0 "*******", 0 "*\x01b"`},
	} {
		r := redactionOf(t, row.what, 6, "u8")
		row.do(r)
		if got := strings.Join(r.events, ", "); got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}

// A frame that comes byte by byte is held in few events.
func TestManyReads(t *testing.T) {
	payload := strings.Repeat("ab", 40000)
	r := redactionOf(t, "1-9", 1<<20, "u32be")
	stream := "\x00\x01\x38\x80" + payload
	for i := range len(stream) {
		r.read(0, stream[i:i+1])
	}
	if got, want := string(r.data[0]), "\x00\x01\x38\x80a*********"+payload[10:]; got != want {
		t.Errorf("%d bytes: %.30q, want %d: %.30q", len(got), got, len(want), want)
	}
	if got := len(r.events); got != mostEvents+1 {
		t.Errorf("%d events, want %d", got, mostEvents+1)
	}
}

// A header field may be one of a single direction. In the other nothing is hidden.
func TestFieldOfOneSide(t *testing.T) {
	r := redactionOf(t, "unit", 1<<20, "modbus", "u8")
	r.read(0, "\x01\x02\x00\x00\x00\x02\xffa")
	r.read(1, "\x08abcdefgh")
	if got, want := fmt.Sprintf("%q", r.data), fmt.Sprintf("%q", [2]string{"\x01\x02\x00\x00\x00\x02*a", "\x08abcdefgh"}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Of all header fields, those are refused without which frames are not found; the others are
// hidden, and frames stay where they are.
func TestEachField(t *testing.T) {
	for _, k := range framing.Entries() {
		for _, field := range k.Fields {
			side := Side{Kind: framing.Lookup(k.Name)}
			side.Framing, _ = framing.Parse(k.Name)
			if side.Framing == nil {
				continue
			}
			r, _ := ReadRules([]string{field.Name}, nil)
			masks, err := r.masks([2]Side{side, side})
			if err != nil {
				continue
			}
			if field.Only != "" {
				t.Errorf("%s of %s has only some values, and is not refused", field.Name, k.Name)
			}
			for _, x := range k.Details().Examples() {
				f, err := framing.Parse(x.Spec)
				if err != nil {
					t.Fatal(err)
				}
				stream, err := f.Append(nil, framing.Marks{}, []byte(x.Payload))
				if err != nil {
					continue
				}
				fr, err := framing.NewReader(bytes.NewReader(stream), f).Next()
				if err != nil {
					continue
				}
				out := bytes.Clone((&frameRedactor{rules: r, masks: masks[0]}).redact(f, &fr))
				if got, want := framesOf(f, out), framesOf(f, stream); !slices.Equal(got, want) {
					t.Errorf("%s of %s: frames of %q: %v, want those of %q: %v", field.Name, k.Name, out, got, stream, want)
				}
				if v, ok := field.Value(out[:len(fr.Header)]); ok && field.Mask == 0 && strings.Trim(string(out[field.At:][:field.Size]), "*") != "" {
					t.Errorf("%s of %s is %#x in %q", field.Name, k.Name, v, out)
				}
			}
		}
	}
}

// While a framing is being found, bytes are held; if none is found, they are hidden.
func TestAuto(t *testing.T) {
	for _, row := range []struct{ name, stream, want string }{
		{"found", strings.Repeat("Content-Length: 9\r\n\r\n{\"t\":\"a\"}", 3), strings.Repeat("Content-Length: 9\r\n\r\n{\"t\":\"*\"}", 3)},
		{"not found", "a secret", "********"},
	} {
		r := redactionOf(t, ".t", 1<<20, "auto")
		for i := range len(row.stream) {
			r.read(1, row.stream[i:i+1])
		}
		r.happen(capture.Ended, 0)
		if got := string(r.data[1]); got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
	r := redactionOf(t, "/x/", 1<<20, "auto")
	r.read(0, "a secret")
	if len(r.events) > 1 {
		t.Errorf("%q before the framing is known", r.events)
	}
	r.settle(time.Unix(1<<40, 0))
	if got, want := strings.Join(r.events, ", "), `0 opened, 0 "********"`; got != want {
		t.Errorf("%s after a time, want %s", got, want)
	}
}

// Of each framing: the payloads of its examples are hidden, frames have the same places, and a reader
// accepts them.
func TestEachFraming(t *testing.T) {
	for _, k := range framing.Entries() {
		for _, x := range k.Details().Examples() {
			f, err := framing.Parse(x.Spec)
			if err != nil {
				t.Fatal(err)
			}
			secret := []byte(x.Payload)
			stream, err := f.Append(nil, framing.Marks{}, secret)
			if err != nil {
				continue // an example of fill or of a header
			}
			stream = append(stream, stream...)
			r := redactionOf(t, "0-", 1<<20, x.Spec)
			r.read(0, string(stream))
			r.happen(capture.Ended, 0)
			got, want := framesOf(f, r.data[0]), framesOf(f, stream)
			switch {
			case len(r.data[0]) != len(stream):
				t.Errorf("%s: %d bytes became %d", x.Spec, len(stream), len(r.data[0]))
			case len(bytes.Trim(secret, "\x00")) > 3 && bytes.Contains(r.data[0], secret) && k.Name != "xmpp": // tags without values stay
				t.Errorf("%s: %q is left in %q", x.Spec, secret, r.data[0])
			case !slices.Equal(got, want) && !looksInside(k):
				t.Errorf("%s: frames of %q: %v, want those of %q: %v", x.Spec, r.data[0], got, stream, want)
			}
		}
	}
}

// looksInside reports whether frames of a row end where their payload says, so that they cannot be
// found if it is hidden.
func looksInside(k framing.Entry) bool {
	return slices.Contains([]string{"mcp", "nats", "resp", "dbus"}, cmp.Or(k.Spec, k.Name))
}

// framesOf returns where the frames of a stream are, and its fault.
func framesOf(f framing.Framing, stream []byte) (list []string) {
	for fr, err := range framing.NewReader(bytes.NewReader(stream), f).Frames() {
		if err != nil {
			return append(list, err.Error())
		}
		list = append(list, fmt.Sprintf("%d bytes at %d", fr.Size, fr.Offset))
	}
	return list
}
