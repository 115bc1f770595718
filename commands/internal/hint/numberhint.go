package hint

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"framecat/framing"
)

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
