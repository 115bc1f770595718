package commands

import (
	"bytes"
	"fmt"

	"framecat/framing"
)

// headSize is how much of a stream hints look at.
const headSize = 4 << 10

// A scene is what is known of a frame that could not be read.
type scene struct {
	f      framing.Framing
	e      *framing.Error
	head   []byte // how the stream begins
	b      []byte // what goes on from the bad frame
	ended  bool   // the stream ends with head
	before int64  // frames read before
	limit  int64  // of --max-frame; 0 is none

	own reading // of head, by f
}

// room is how long a frame may be before its length counts against it.
func (s *scene) room() int64 {
	if s.limit > 0 {
		return s.limit
	}
	return 1 << 30
}

// ruler measures the head. What is short of a head has ended, or was written at
// once up to there.
func (s *scene) ruler() ruler {
	return ruler{b: s.head, limit: s.limit, ended: len(s.head) < headSize, room: s.room()}
}

// hunches are tried in this order: what is certain first, advice last. Each says
// what is wrong, or "" unless the bytes before the fault agree too.
var hunches = []func(*scene) string{(*scene).mixed, (*scene).twice, (*scene).speaks, (*scene).best, (*scene).text, (*scene).larger}

// hints guesses why the frame could not be read.
func (s *scene) hints() []string {
	own := s.ruler() // in favour of the framing in use
	own.limit, own.all = 0, true
	s.own = own.read(s.f)
	for _, hunch := range hunches {
		if h := hunch(s); h != "" {
			return []string{h}
		}
	}
	return nil
}

// hints looks at the first few bad frames of an input, until one is explained.
func (c *conversion) hints(r *framing.Reader, e *framing.Error, start int64) []string {
	read := r.Offset + int64(len(r.Buffered())) - start
	s := scene{
		f: c.in.framing, e: e, head: r.Head, b: afterFault(r, e, start),
		ended:  e.Kind == framing.Truncated && read == int64(len(r.Head)),
		before: e.Frame - c.index, limit: r.Max,
	}
	hints := s.hints()
	if c.guesses--; len(hints) > 0 {
		c.guesses = 0
	}
	return hints
}

// afterFault is what is known of the stream from the bad frame on: up to 4 KiB.
func afterFault(r *framing.Reader, e *framing.Error, start int64) []byte {
	if at := e.Start - start; at >= 0 && at < int64(len(r.Head)) {
		return r.Head[at:]
	}
	b := r.Buffered()
	return b[:min(len(b), cap(r.Head))]
}

func (s *scene) mixed() string {
	if s.f.String() == "syslog" && s.e.Kind == framing.BadLength && len(s.b) > 0 && (s.b[0] == '\n' || s.b[0] == '<') {
		return "a sender that mixes octet counting with lines: try -f lines"
	}
	return ""
}

func (s *scene) twice() string { return twiceHint(s.f, s.head) }

// twiceHint says that each payload in b is itself one frame of f.
func twiceHint(f framing.Framing, b []byte) string {
	marks := 0
	for r := framing.NewReader(bytes.NewReader(b), f); ; {
		frame, err := r.Next()
		if err != nil {
			break
		}
		inner := ruler{b: frame.Payload, ended: true}.read(f)
		if len(frame.Header) == 0 || !inner.exact || inner.frames != 1 || inner.bits <= 0 {
			return ""
		}
		marks += len(frame.Header)
	}
	if 8*marks < convincing {
		return ""
	}
	return fmt.Sprintf("the payload starts with its own length again: it is framed twice; try -o raw and decode -f %s behind it", f)
}

// larger advises a limit for the frame, if that seems to be all that is wrong.
func (s *scene) larger() string {
	const advice = "if frames are that long, allow them with --max-frame "
	if s.e.Kind == framing.FrameTooLarge && s.limit > 0 {
		return advice + "SIZE"
	}
	e, err := s.f.Scan(s.b, new(framing.Cursor))
	n := payloadSize(s.f, e.Body)
	if s.e.Kind != framing.LengthTooLarge || err != nil || s.limit <= 0 || n <= s.limit {
		return ""
	}
	if n >= 1<<30 && s.before == 0 || n >= 1<<40 {
		return "" // no frames are
	}
	return advice + roundSize(n)
}

// roundSize is n or a little more, as a flag takes it.
func roundSize(n int64) string {
	size := int64(1)
	for size < n {
		size *= 2
	}
	for _, u := range []struct {
		shift int
		name  string
	}{{30, "GiB"}, {20, "MiB"}, {10, "KiB"}} {
		if size>>u.shift > 0 {
			return fmt.Sprint(size>>u.shift, u.name)
		}
	}
	return fmt.Sprint(size)
}
