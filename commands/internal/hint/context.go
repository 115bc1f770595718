package hint

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"framecat/framing"
	"framecat/framing/detect"
)

// A context is what is known of a frame that could not be read.
type context struct {
	f      framing.Framing
	e      *framing.Error
	head   []byte // how the stream begins
	rest   []byte // the stream from the bad frame on
	ended  bool   // the stream ends with head
	before int64  // frames read before
	limit  int64  // of --max-frame; 0 is none

	scale  *detect.Scale // of head
	own    detect.Score  // of f
	opened bool          // head begins as streams of f do
}

// clear is the evidence, in bits, that settles a question on its own.
const clear = 9

// rules are tried in this order: what is certain first, advice last. Each says what is
// wrong, or "" unless the bytes before the fault agree too.
var rules = []func(*context) string{
	(*context).strays, (*context).twice, (*context).openings, (*context).alternative, (*context).text, (*context).larger,
}

// hints says what the first rule that applies says.
func (c *context) hints() []string {
	// A head that is not full has ended, or was written at once up to there.
	c.scale = detect.NewScale(c.head, len(c.head) < HeadSize)
	c.own, c.opened = c.scale.Weigh(c.f), opens(c.f, c.head)
	for _, rule := range rules {
		if h := rule(c); h != "" {
			return []string{h}
		}
	}
	return nil
}

// strays recognises what some senders write by mistake where a frame must begin.
func (c *context) strays() string {
	for _, o := range traits(c.f).Strays {
		if c.e.Kind == framing.BadLength && begins(o, c.rest) {
			return o.Means + ": try -f " + o.Spec
		}
	}
	return ""
}

func (c *context) twice() string { return Twice(c.f, c.head) }

// Twice says that each payload in b is itself one frame of f, or "".
func Twice(f framing.Framing, b []byte) string {
	marks := 0
	for r := framing.NewReader(bytes.NewReader(b), f); ; {
		frame, err := r.Next()
		if err != nil {
			break
		}
		if len(frame.Header) == 0 || !isFrame(f, frame.Payload) {
			return ""
		}
		marks += len(frame.Header)
	}
	if 8*marks < clear {
		return ""
	}
	return fmt.Sprintf("the payload starts with its own length again: it is framed twice; try -o raw and decode -f %s behind it", f)
}

// isFrame reports whether b is one frame of f with a payload, and nothing else.
func isFrame(f framing.Framing, b []byte) bool {
	e, err := f.Scan(b, &framing.Cursor{EOF: true})
	return err == nil && e.Body > 0 && int64(e.Skip+e.Header)+e.Body+int64(e.Trailer) == int64(len(b))
}

// larger advises a limit for the frame, if that seems to be all that is wrong.
func (c *context) larger() string {
	const advice = "if frames are that long, allow them with --max-frame "
	if c.e.Kind == framing.FrameTooLarge && c.limit > 0 {
		return advice + "SIZE"
	}
	e, err := c.f.Scan(c.rest, new(framing.Cursor))
	n := payloadSize(c.f, e.Body)
	if c.e.Kind != framing.LengthTooLarge || err != nil || c.limit <= 0 || n <= c.limit {
		return ""
	}
	if n >= 1<<30 && c.before == 0 || n >= 1<<40 {
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

// kindOf is the row of the table that f is of.
func kindOf(f framing.Framing) *framing.Kind {
	name, _, _ := strings.Cut(f.String(), ":")
	return framing.Lookup(name)
}

// traits are those of the row of f.
func traits(f framing.Framing) framing.Traits {
	if k := kindOf(f); k != nil {
		return k.Traits()
	}
	return framing.Traits{}
}

// rule is the generic rule that f follows, as a spec: f itself if it is one.
func rule(f framing.Framing) string {
	if k := kindOf(f); k != nil && k.Traits().Rule != k.Name {
		return k.Traits().Rule
	}
	return f.String()
}

// plainLength reports whether f is a length with a payload after it and no protocol,
// with arguments or without.
func plainLength(f framing.Framing) bool {
	k := kindOf(f)
	return k != nil && k.Spec == "" && k.Traits().Width > 0
}

// plainLengths are the rows of such lengths, the most usual first.
func plainLengths() (lengths []*framing.Kind) {
	kinds := framing.Kinds()
	for i := range kinds {
		if kinds[i].Traits().Usual > 0 {
			lengths = append(lengths, &kinds[i])
		}
	}
	slices.SortFunc(lengths, func(a, b *framing.Kind) int { return a.Traits().Usual - b.Traits().Usual })
	return lengths
}

// parsed is the framing of a spec, or nil if there is none.
func parsed(spec string) framing.Framing {
	f, err := framing.Parse(spec)
	if err != nil {
		return nil
	}
	return f
}

func sameRule(a, b framing.Framing) bool { return rule(a) == rule(b) }
