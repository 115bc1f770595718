package framing

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// Frames that a protocol forbids and programs write: each is read, the first of a stream is reported,
// and strict refuses it. Without the last column it is usual, or malformed in any case.
func TestUnusual(t *testing.T) {
	large := func(kind, flags byte, stream int) string {
		return fmt.Sprintf("\x00\x4e\x20%c%c\x00\x00\x00%c", kind, flags, stream) + strings.Repeat("x", 20000)
	}
	const settings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00" // comes first
	for _, row := range []struct{ spec, frame, unusual, strict string }{
		{"tpkt", "\x03\x00\x00\x07abc", "", ""},
		{"tpkt", "\x03\x00\x00\x04", "length 4 is under 7, the least that the protocol allows; H.323 sends such frames", "length 4 is under the minimum 7"},
		{"tpkt", "\x03\x00\x00\x06ab", "length 6 is under 7, the least that the protocol allows; H.323 sends such frames", "length 6 is under the minimum 7"},
		{"modbus", "\x00\x01\x00\x00\x00\xfe\x01" + strings.Repeat("x", 253), "", ""},
		{"modbus", "\x00\x01\x00\x00\x00\xff\x01" + strings.Repeat("x", 254), "length 255 is over 254, the most that the protocol allows; Schneider's UMAS sends such frames", "length 255 is over the maximum 254 of modbus:strict"},
		{"http2", "\x00\x40\x00\x00\x00\x00\x00\x00\x01" + strings.Repeat("x", 16384), "", ""},
		{"http2", large(0, 1, 1), "length 20000 is over 16384, the most before the other side allows more, with SETTINGS_MAX_FRAME_SIZE", "length 20000 is over the maximum 16384 of http2:strict"},
		{"http2", large(1, 4, 3), "length 20000 is over 16384, the most before the other side allows more, with SETTINGS_MAX_FRAME_SIZE", "length 20000 is over the maximum 16384 of http2:strict"},
		{"http2:max=20000", large(0, 1, 1), "", ""},
	} {
		f, before := mustParse(t, row.spec), ""
		if strings.HasPrefix(row.spec, "http2") {
			before = settings
		}
		for name, next := range map[string]func(r *Reader) error{
			"frames":  func(r *Reader) error { _, err := r.Next(); return err },
			"batches": func(r *Reader) error { _, err := r.NextBatch(); return err },
			"readers": func(r *Reader) error {
				_, body, err := r.NextReader()
				if err == nil {
					_, err = io.Copy(io.Discard, body)
				}
				return err
			},
			"idle": func(r *Reader) error {
				_, err := r.Next()
				if s, ok := r.Suspend(); ok {
					r.Resume(r.src, s)
				}
				return err
			},
		} {
			r, noted := NewReader(iotest.HalfReader(strings.NewReader(before+row.frame+row.frame)), f), []string(nil)
			r.Unusual = func(f Frame, what string) { noted = append(noted, fmt.Sprint(f.Index, f.Offset, f.Size, " ", what)) }
			var err error
			for err == nil {
				err = next(r)
			}
			want := ""
			if row.unusual != "" {
				want = fmt.Sprint(len(before)/9, len(before), len(row.frame), " ", row.unusual)
			}
			if got := strings.Join(noted, "\n"); err != io.EOF || got != want || int(r.Index()) != 2+len(before)/9 {
				t.Errorf("%s, %s: %d frames, %v, noted %q, want %q", row.spec, name, r.Index(), err, got, want)
			}
		}
		e, _ := f.Scan([]byte(row.frame), &Cursor{Stream: 1})
		if out, err := f.Append(nil, Marks{[]byte(row.frame[:e.Header]), nil}, []byte(row.frame[e.Header:])); err != nil || string(out) != row.frame {
			t.Errorf("%s writes %.20q, %v", row.spec, out, err)
		}
		if row.unusual != "" {
			_, err := mustParse(t, row.spec+":strict").Scan([]byte(row.frame), &Cursor{Stream: 1})
			if err == nil || !strings.HasSuffix(err.Error(), row.strict) {
				t.Errorf("%s:strict: %v, want %s", row.spec, err, row.strict)
			}
		}
	}
	for _, frame := range []string{large(4, 0, 1), large(0, 0x40, 1), large(0, 0, 0), large(0x54, 0, 1)} {
		if _, err := mustParse(t, "http2").Scan([]byte(frame), &Cursor{Stream: 1}); err == nil {
			t.Errorf("http2 reads the frame %.9q", frame)
		}
	}
	checkScan(t, []scanRow{{"http2", large(0, 0, 1), "length-too-large@0"}}) // the first frame
	if _, err := mustParse(t, "http2").Append(nil, Marks{}, make([]byte, 20000)); !isPayload(err) {
		t.Errorf("http2 writes 20000 bytes without a header to imitate: %v", err)
	}
}

// A frame that is not unusual costs no allocation.
func TestUnusualAllocates(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	unusual := lenienceOf(mustParse(t, "modbus:crc=crc16-modbus"))
	header := []byte("\x00\x01\x00\x00\x00\x06\x01")
	if n := testing.AllocsPerRun(100, func() { _ = unusual(header) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
