package commands

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"framecat/framing"

	"framecat/commands/internal/report"
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

	own    reading // of head, by f
	opened bool    // head begins as f does
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
	s.own, s.opened = own.read(s.f), opens(s.f, s.head)
	for _, hunch := range hunches {
		if h := hunch(s); h != "" {
			return []string{h}
		}
	}
	return nil
}

// A hinter explains the first few bad frames of an input, until one is explained: one
// cause has many faults, and each is soon told.
type hinter struct {
	start, first int64 // offset of the input, index of its first frame
	guesses      int
	budget       *hintBudget // nil is no limit
}

// A hintBudget is what all connections of a server share: where thousands fail at once,
// explaining some will do, and takes no time from the others.
type hintBudget struct {
	mu   sync.Mutex
	left int
	till time.Time
}

const hintsASecond = 20

func (b *hintBudget) take() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); now.After(b.till) {
		b.left, b.till = hintsASecond, now.Add(time.Second)
	}
	b.left--
	return b.left >= 0
}

// cutHints guesses why a stream is silent after head, in its first frame.
func cutHints(f framing.Framing, head []byte) []string {
	cut := &framing.Error{Kind: framing.Truncated, Err: io.ErrUnexpectedEOF}
	return (&scene{f: f, e: cut, head: head, b: head}).hints()
}

func newHinter(r *framing.Reader) hinter { return hinter{start: r.Offset, first: r.Index, guesses: 3} }

// failure tells of a frame that could not be read, with a hint where there is one.
func (h *hinter) failure(f framing.Framing, r *framing.Reader, e *framing.Error) *report.Failure {
	fail := &report.Failure{Status: report.StatusMalformed, Text: e.Error()}
	if e.Kind == framing.Truncated {
		fail.Status = report.StatusTruncated
	}
	if h.guesses == 0 || !h.budget.take() {
		return fail
	}
	read := r.Offset + int64(len(r.Buffered())) - h.start
	s := scene{
		f: f, e: e, head: r.Head, b: afterFault(r, e, h.start),
		ended:  e.Kind == framing.Truncated && read == int64(len(r.Head)),
		before: e.Frame - h.first, limit: r.Max,
	}
	fail.Hints = s.hints()
	if h.guesses--; len(fail.Hints) > 0 {
		h.guesses = 0
	}
	return fail
}

// afterFault is what is known of the stream from the bad frame on: up to 4 KiB.
func afterFault(r *framing.Reader, e *framing.Error, start int64) []byte {
	if at := e.Start - start; at >= 0 && at < int64(len(r.Head)) {
		return r.Head[at:]
	}
	b := r.Buffered()
	return b[:min(len(b), headSize)]
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
