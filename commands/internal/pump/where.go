package pump

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"framecat/commands/internal/formats"
	"framecat/framing"
)

// A FrameTest holds the conditions of --where, for frames of one framing.
type FrameTest struct {
	given   []condition // as the user wrote them
	all     []check     // resolved for kind
	absent  []string    // see Absent
	kind    *framing.Entry
	framing framing.Framing
	fields  []framing.FieldText
	matcher byteMatcher
	found   *found // of -f auto
	never   bool   // frames of the framing cannot meet the test
}

// NewFrameTest returns the test for the values of --where. Without values it is nil, which all
// frames pass. Its error is a *report.Failure. If k is nil, the framing is not known yet: see
// Of, also for dir.
func NewFrameTest(texts []string, k *framing.Entry, f framing.Framing, dir int) (*FrameTest, error) {
	t := &FrameTest{found: new(found)}
	for _, text := range texts {
		c, err := readCondition(text)
		if err == nil && c.subject() != ofField && k == nil {
			_, err = c.resolve(nil, nil, nil)
		}
		if err != nil {
			return nil, err
		}
		t.given = append(t.given, c)
	}
	if t.given == nil {
		return nil, nil
	}
	return t, t.Of(k, f, dir)
}

// Of sets the framing whose frames are tested, and the direction in which they are sent. If that
// is known, a value that fields have only in the other direction is no error: no frame has it.
func (t *FrameTest) Of(k *framing.Entry, f framing.Framing, dir int) error {
	if t == nil || k == nil {
		return nil
	}
	var back framing.Framing
	if dir != NoDirection {
		f, back = ForDirection(f, dir), ForDirection(f, 1-dir)
	}
	t.kind, t.framing, t.all, t.absent = k, f, nil, nil
	for i := range t.given {
		c, err := t.given[i].resolve(k, f, back)
		if err != nil {
			return err
		}
		t.absent = append(t.absent, c.absent...)
		t.all = append(t.all, c)
	}
	return nil
}

// Clone returns a test of the same conditions, for frames of another framing.
func (t *FrameTest) Clone() *FrameTest {
	if t == nil {
		return nil
	}
	return &FrameTest{given: t.given, found: t.found}
}

// Absent returns the values that no frame of this direction has, but frames of the other, as
// "type Execute".
func (t *FrameTest) Absent() []string {
	if t == nil {
		return nil
	}
	return t.absent
}

// Holds reports whether a frame meets every condition. Size is that of its payload, which f does
// not have if it streams.
func (t *FrameTest) Holds(f framing.Frame, size int64) bool {
	if t == nil {
		return true
	}
	if t.never {
		return false
	}
	if t.needsFields() {
		t.fields = formats.Describe(t.fields[:0], t.kind, t.framing, f)
	}
	return t.Match(t.fields, f, size)
}

// run returns the end of the run of frames, from frame i of a batch on, that all meet the test or
// all do not. The first frame of the batch has the number first.
func (t *FrameTest) run(b *framing.Batch, i int, first int64) (end int, meets bool) {
	for end = i; end < len(b.Frames); end++ {
		f := b.Frame(end)
		f.Index = first + int64(end)
		switch ok := t.Holds(f, int64(len(f.Payload))); {
		case end == i:
			meets = ok
		case ok != meets:
			return end, meets
		}
	}
	return end, meets
}

// Match is Holds for a frame whose fields are known. A field that the frame does not have
// differs from every value.
func (t *FrameTest) Match(fields []framing.FieldText, f framing.Frame, size int64) bool {
	switch {
	case t == nil:
		return true
	case t.never:
		return false
	}
	for i := range t.all {
		if !t.meets(&t.all[i], fields, f, size) {
			return false
		}
	}
	return true
}

// NeedsPayload reports whether a test needs the whole payload in memory.
func (t *FrameTest) NeedsPayload() bool {
	return t != nil && slices.ContainsFunc(t.given, func(c condition) bool { return c.subject() == ofPayload })
}

// needsFields reports whether a test needs the header fields.
func (t *FrameTest) needsFields() bool {
	return slices.ContainsFunc(t.all, func(c check) bool { return c.of == ofField })
}

// meets reports whether a frame meets one check.
func (t *FrameTest) meets(c *check, fields []framing.FieldText, f framing.Frame, size int64) bool {
	any := false
	switch c.of {
	case ofIndex:
		return c.compare(f.Index)
	case ofSize:
		return c.compare(size)
	case ofPayload:
		any = slices.ContainsFunc(c.wanted, func(w wanted) bool { return t.isIn(&w, c.op, f.Payload) })
	case ofField:
		i := slices.IndexFunc(fields, func(f framing.FieldText) bool { return f.Name == c.field })
		any = i >= 0 && slices.ContainsFunc(c.wanted, func(w wanted) bool { return t.isText(&w, c.op, fields[i].Text) })
	}
	return any != strings.HasPrefix(c.op, "!")
}

// StreamedSize returns the size of the payload of a frame that streams.
func StreamedSize(f framing.Frame) int64 {
	return f.Size - int64(len(f.Header)) - int64(len(f.Trailer))
}

// compare compares a number with those of the check.
func (c *check) compare(n int64) bool {
	first := c.wanted[0].number
	switch c.op {
	case "<":
		return n < first
	case ">":
		return n > first
	case "<=":
		return n <= first
	case ">=":
		return n >= first
	}
	return slices.ContainsFunc(c.wanted, func(w wanted) bool { return w.number == n }) == (c.op == "=")
}

// isIn reports whether a payload is the wanted text, or contains it.
func (t *FrameTest) isIn(w *wanted, op string, payload []byte) bool {
	switch {
	case w.regexp != nil:
		return t.matcher.match(w.regexp, payload)
	case strings.HasSuffix(op, "~"):
		return bytes.Contains(payload, []byte(w.text))
	}
	return string(payload) == w.text
}

// isText reports whether the value of a field is the wanted text, or contains it.
func (t *FrameTest) isText(w *wanted, op string, text string) bool {
	switch {
	case w.regexp != nil:
		return t.matcher.match(w.regexp, []byte(text))
	case strings.HasSuffix(op, "~"):
		return containsFold(text, w.text)
	case w.fold:
		return strings.EqualFold(text, w.text)
	}
	return text == w.text
}

// openingSize is how much of a body Describe may look at.
const openingSize = 512

// Opening reads the first bytes of a body that streams, in which a row may have fields. It
// returns the frame with these bytes as its Body, for Describe, and a reader of the whole body.
func Opening(k *framing.Entry, f framing.Frame, body io.Reader) (framing.Frame, io.Reader) {
	if k == nil || len(k.Details().Variable()) == 0 {
		return f, body
	}
	start := make([]byte, openingSize)
	n, _ := io.ReadFull(body, start) // its error stays
	f.Body = start[:n]
	return f, io.MultiReader(bytes.NewReader(f.Body), body)
}
