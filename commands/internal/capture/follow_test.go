package capture

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// seen is what the events of a recording say of its streams, in the form of summary.
func seen(t *testing.T, r io.Reader, kind Kind) (string, error) {
	t.Helper()
	type side struct {
		parts  []part
		closed bool
	}
	type stream struct {
		label string
		dirs  [2]side
		ended bool
	}
	var all []*stream
	err := Follow(r, kind, Limits{}, func(e Event) error {
		if e.Kind == Opened {
			if e.Stream != len(all) {
				t.Errorf("stream %d is opened as number %d", e.Stream, len(all))
			}
			label := ""
			if e.Client != "" {
				label = e.Client + " → " + e.Server
			}
			all = append(all, &stream{label: label, dirs: [2]side{{parts: make([]part, 1)}, {parts: make([]part, 1)}}})
			return nil
		}
		if e.Stream >= len(all) || all[e.Stream].ended {
			t.Fatalf("an event of stream %d, which is not open: %+v", e.Stream, e)
		}
		s := all[e.Stream]
		d := &s.dirs[e.Dir]
		if d.closed && e.Kind <= Closed {
			t.Fatalf("an event after the end of the direction: %+v", e)
		}
		last := &d.parts[len(d.parts)-1]
		switch e.Kind {
		case Bytes:
			last.data = append(last.data, e.Data...)
		case Lost:
			last.gap = e.Lost
			d.parts = append(d.parts, part{})
		case Closed:
			d.closed = true
		case Ended:
			s.ended = true
		}
		return nil
	})
	var lines []string
	for i, s := range all {
		if !s.ended {
			t.Errorf("stream %d has no end", i)
		}
		var dirs []string
		for _, d := range s.dirs {
			text := ""
			for i, p := range d.parts {
				text += fmt.Sprintf(" %d %x", len(p.data), sha256.Sum256(p.data))[:len(fmt.Sprintf(" %d ", len(p.data)))+8]
				if i < len(d.parts)-1 {
					text += fmt.Sprintf(" gap %d", p.gap)
				}
			}
			dirs = append(dirs, text)
		}
		if s.label == "" {
			dirs = dirs[:1] // a dump of one direction
		}
		lines = append(lines, s.label+strings.Join(dirs, " /"))
	}
	return strings.Join(lines, "\n"), err
}

// Events have the streams that Open finds.
func TestFollowRecorded(t *testing.T) {
	for _, r := range recorded {
		raw, err := os.ReadFile("../../../testdata/captures/" + r.file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := seen(t, struct{ io.Reader }{bytes.NewReader(raw)}, r.kind)
		if err != nil {
			t.Errorf("%s: %v", r.file, err)
		}
		if want := strings.Join(r.want, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", r.file, got, want)
		}
	}
}
