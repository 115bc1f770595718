package hint

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"framecat/framing"
	"framecat/framing/detect"
)

// openings looks for protocols that begin with known bytes: at the start, if that proves
// more than all frames do, or where the fault is, if they make no length.
func (c *faultContext) openings() string {
	if c.entry().Details().Traits().Delimited {
		return ""
	}
	o, ok := openingOf(c.head)
	if ok && !c.opened() && (c.before == 0 && c.absurd() || float64(8*len(o.Start)) >= c.score().Bits+settled) {
		return c.openedAs(o, "stream")
	}
	if o, ok = openingOf(c.rest); !ok || !c.absurd() {
		return ""
	}
	hint := c.openedAs(o, "frame")
	if hint == "" || c.before == 0 {
		return hint
	}
	if c.trusted() || c.resume().found {
		hint, _, _ = strings.Cut(hint, "; try -f ")
	}
	return c.damage(hint, true)
}

// absurd reports whether the bytes of the bad frame are none that the framing could begin with,
// or a length that no frame has.
func (c *faultContext) absurd() bool { return c.tail() <= 0 && !opens(c.f, c.rest) }

// openedAs returns what the opening of the stream or frame means, or "" if it means f.
func (c *faultContext) openedAs(o opening, where string) string {
	hint := c.spelled(o.Start, where) + ": " + o.Means
	if o.Spec == "" {
		if program := Unpacker([]byte(o.Start)); program != "" && c.place.Unpack != nil && c.before == 0 {
			hint += ": " + c.place.Unpack(program)
		}
		return hint
	}
	try := parsed(o.Spec)
	if sameRule(try, c.f) || c.e.Fault == framing.Truncated && framing.EntryOf(try) == c.entry() {
		return ""
	}
	return hint + "; try -f " + o.Spec
}

// opens reports whether f takes the first line of b, or what is there of it, for the
// beginning of a frame, and looks at it: it would refuse others. Then the
// openings of other protocols are no evidence for them.
func opens(f framing.Framing, b []byte) bool {
	line := b[:bytes.IndexByte(b, '\n')+1]
	if len(line) == 0 {
		line = b
	}
	if len(line) == 0 || framing.EntryOf(f).Details().Traits().Delimited {
		return false
	}
	e, err := f.Scan(line, new(framing.Cursor))
	whole := err == nil && e.Skip+e.Header+int(e.Body)+e.Trailer == len(line)
	if e.Announced || err != framing.ErrMore && !whole {
		return false
	}
	other := bytes.Clone(line)
	for c := range 256 {
		other[0] = byte(c)
		var fault *framing.Error
		if _, err := f.Scan(other, new(framing.Cursor)); errors.As(err, &fault) {
			return true
		}
	}
	return false
}

// tail is the evidence of the bad frame by its length.
func (c *faultContext) tail() float64 {
	return detect.NewScale(c.rest, c.e.Fault == framing.Truncated).Weigh(c.f).Tail
}

// spelled returns the start of a hint: the text is where a length should be, or else the
// stream or frame begins with it.
func (c *faultContext) spelled(text, where string) string {
	verb, shown := "spell", fmt.Sprintf("%q", text)
	if text[0] < ' ' {
		verb, shown = "are", fmt.Sprintf("% x", text)
	}
	if c.entry().Details().Traits().Width < len(text) || strings.Contains(rule(c.f)+c.f.String(), "offset=") {
		return "the " + where + " begins with " + shown
	}
	return "the length bytes " + verb + " " + shown
}

// number explains the number in the length field, if that is too large: what why prints for it, but
// the bytes and their order are known. Text was recognised before.
func (c *faultContext) number() string {
	f, ok := c.lengthField()
	if !ok {
		return ""
	}
	v := f.value(f.little)
	for _, r := range slices.SortedStableFunc(slices.Values(f.readings()), byScore) {
		try := ""
		switch {
		case r.text || r.score < convincing:
			continue
		case r.about == "order":
			if try = c.otherOrder(); try == "" {
				continue
			}
			r.Means = "try -f " + try
		case r.about == "text early" && c.otherOrder() != "": // the bytes after the length show which of the two it is
			continue
		case c.before > 0 && r.about == "early": // it is more likely that the frame is damaged
			continue
		}
		r.Number = Number{text: fmt.Sprint(v), bits: v}
		return "the length " + r.Line() + "\n" + r.Means
	}
	return ""
}

// lengthField returns the length field of the bad frame.
func (c *faultContext) lengthField() (f field, ok bool) {
	name, _, _ := strings.Cut(rule(c.f), ":")
	k, at := framing.Lookup(name), c.e.Offset-c.e.Start
	if c.e.Fault != framing.LengthTooLarge || k == nil || at < 0 {
		return f, false
	}
	traits := k.Details().Traits()
	if traits.Width < 2 || at+int64(traits.Width) > int64(len(c.rest)) {
		return f, false
	}
	return field{wire: bytes.Clone(c.rest[at:][:traits.Width]), little: traits.Little}, true
}

// otherOrder returns the framing in the other byte order, if the first frame of the stream can be
// one of it: the frame is the last one, or another follows.
func (c *faultContext) otherOrder() string {
	name, keys := otherOrderOf(c.f)
	if name == "" || c.before > 0 {
		return ""
	}
	f := parsed(strings.TrimSuffix(name+":"+keys, ":"))
	if f == nil {
		return ""
	}
	if n := sizeOf(f, c.rest); n <= 0 || n < int64(len(c.rest)) && sizeOf(f, c.rest[n:]) <= 0 {
		return ""
	}
	return f.String()
}
