package framing

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// pauses returns a source of pieces; "|" is a pause, and "" is ErrWait.
func pauses(pieces ...string) io.Reader { return &pausing{pieces} }

type pausing struct{ pieces []string }

func (p *pausing) Read(b []byte) (n int, err error) {
	if len(p.pieces) == 0 {
		return 0, io.EOF
	}
	switch p.pieces[0] {
	case "":
		err = ErrWait
	case "|":
		err = ErrPause
	default:
		n = copy(b, p.pieces[0])
		p.pieces[0] = p.pieces[0][n:]
		if p.pieces[0] != "" {
			return n, nil
		}
	}
	p.pieces = p.pieces[1:]
	return n, err
}

// A frame has all bytes between two pauses, in whatever pieces they come and in whatever way they are read.
func TestGap(t *testing.T) {
	for _, row := range []struct {
		pieces []string
		want   string
	}{
		{[]string{"ab", "cd", "|", "e", "|"}, "0:abcd 4:e"},
		{[]string{"|", "ab", "|", "|", "c"}, "0:ab 2:c"},
		{[]string{"ab", "", "|", "", "c", "", "d"}, "0:ab 2:cd"},
		{[]string{}, ""},
		{[]string{"hello", "|", "123456789", "|", "x"}, "0:hello frame 1 at byte 5: the payload is longer than the limit 8"},
	} {
		f := mustParse(t, "gap:5ms")
		for _, way := range []string{"Next", "NextBatch", "NextReader", "suspended"} {
			r := NewReader(pauses(append([]string(nil), row.pieces...)...), f)
			r.Max, r.BufferSize = 8, 3
			var got []string
			for {
				var frames []Frame
				var err error
				switch way {
				case "NextBatch":
					var b Batch
					b, err = r.NextBatch()
					for i := range b.Frames {
						frames = append(frames, b.Frame(i))
					}
				case "NextReader":
					var m Frame
					if m, _, err = r.NextReader(); err == nil {
						frames = []Frame{m}
					}
				default:
					var m Frame
					if m, err = r.Next(); err == nil {
						frames = []Frame{m}
					}
				}
				for _, m := range frames {
					got = append(got, fmt.Sprintf("%d:%s", m.Offset, m.Payload))
				}
				if err == ErrWait {
					if way == "suspended" {
						state, ok := r.Suspend()
						if !ok {
							t.Fatal("the stream cannot be suspended")
						}
						r.Resume(r.src, state)
					}
					continue
				}
				if err != nil {
					if err != io.EOF {
						got = append(got, err.Error())
					}
					break
				}
			}
			if s := strings.Join(got, " "); s != row.want {
				t.Errorf("%q with %s: %s, want %s", row.pieces, way, s, row.want)
			}
		}
	}
}

func TestGapSpecs(t *testing.T) {
	for spec, want := range map[string]string{
		"gap:5ms": "gap:5ms", "gap:3.5ms": "gap:3.5ms", "gap:2": "gap:2s", "gap:0.5": "gap:500ms",
		"gap": "needs the pause", "gap:0": "is not a pause", "gap:-1s": "is not a pause", "gap:x": "is not a pause", "gap:1ms,x": "no such argument",
	} {
		f, err := Parse(spec)
		got := fmt.Sprint(err)
		if err == nil {
			got = f.String()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s is %s, want %s", spec, got, want)
		}
	}
}
