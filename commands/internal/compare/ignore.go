// Package compare finds out whether messages are equal, less what may differ: an id, a time, a counter. It also finds
// what is different in two streams of messages.
//
// To compare messages, start with Read and Ignore.For. To compare streams, start with a Diff.
package compare

import (
	"bytes"
	"slices"

	"framecat/commands/internal/parts"
	"framecat/framing"
)

// Notes explain --ignore in help, after the words of parts.Help.
const Notes = "What WHAT names does not count when replies are compared, and neither does the length of it. " +
	"Lines that --exec-oracle or --run print are compared less it too, each as a payload."

// Ignore names the parts of messages that may differ. The zero Ignore names none.
type Ignore struct{ parts.Names }

// Read reads the values of --ignore. Its error is a *report.Failure.
func Read(what []string) (g Ignore, err error) { return g, g.Read("ignore", what) }

// For returns a Comparer of messages in frames of f. K is the row of f; nil if it has none. The error is a
// *report.Failure.
func (g Ignore) For(f framing.Framing, k *framing.Entry) (*Comparer, error) {
	c := &Comparer{framing: f, ignore: g}
	for _, name := range g.Fields {
		field, ok := parts.Field(k, name)
		if !ok {
			return nil, parts.NoField("ignore", name, f, k)
		}
		c.masks = append(c.masks, parts.MaskOf(field))
	}
	return c, nil
}

// A Message is a message in its frame. In a framing with escapes, the payload differs from the body.
type Message struct{ Header, Body, Trailer, Payload []byte }

// Wire returns all bytes of the frame.
func (m Message) Wire() []byte { return slices.Concat(m.Header, m.Body, m.Trailer) }

// A Comparer compares messages of one framing. It has no state. A nil Comparer ignores nothing.
type Comparer struct {
	framing framing.Framing
	ignore  Ignore
	masks   []parts.Mask
	byValue bool
}

// ByValue makes c compare payloads that are JSON objects or arrays by their value: the order of keys, spaces and
// the form of numbers do not count. If bytes are ignored by their place, bytes are compared; and so they are if what is
// left without the bytes that a regular expression matches is no JSON.
func (c *Comparer) ByValue() *Comparer {
	c.byValue = len(c.ignore.Ranges) == 0
	return c
}

// Equal reports whether two messages are equal, less what is ignored.
func (c *Comparer) Equal(a, b Message) bool { return bytes.Equal(c.Key(a), c.Key(b)) }

// Key returns bytes that are the same for messages that are equal: the frame without the parts that are
// ignored. Such a part has a length, on which the header and the trailer may depend, so the frame is made anew
// for the rest of the payload.
//
//	14 {"id":7,"x":1}  less .id      13 {"id":,"x":1}
//	15 {"id":42,"x":1}               13 {"id":,"x":1}
func (c *Comparer) Key(m Message) []byte {
	if c == nil {
		return m.Wire()
	}
	header, trailer := bytes.Clone(m.Header), m.Trailer
	if f, ok := c.framing.(interface{ Unmasked(header []byte) []byte }); ok { // the mask is random, and no part of the message
		header = f.Unmasked(header)
	}
	for _, mask := range c.masks {
		mask.Set(header, 0)
	}
	payload := c.Payload(m.Payload)
	body := payload
	if again, err := c.framing.Append(nil, framing.Marks{Header: header, Trailer: trailer}, payload); err == nil {
		if e, err := c.framing.Scan(again, &framing.Cursor{EOF: true}); err == nil {
			start, end := e.Skip+e.Header, e.Skip+e.Header+int(e.Body)
			header, body, trailer = again[:start], again[start:end], again[end:]
		}
	}
	return slices.Concat(without(sorted(c.matches(header, nil)), header), body, trailer)
}

// Payload returns a payload without the parts that are ignored.
func (c *Comparer) Payload(payload []byte) []byte {
	if c == nil {
		return payload
	}
	spans := sorted(c.ignored(payload))
	if c.byValue {
		if value, ok := valueOf(withoutValues(spans, payload)); ok {
			return value
		}
	}
	return without(spans, payload)
}

// withoutValues returns JSON without some ranges. A value that is in them as a whole is null, so that the rest is JSON.
func withoutValues(spans []span, text []byte) []byte {
	var out []byte
	at := 0
	for i := 0; i < len(spans); {
		start, end := spans[i].start, spans[i].end
		for i++; i < len(spans) && spans[i].start <= end; i++ {
			end = max(end, spans[i].end)
		}
		out = append(out, text[at:start]...)
		before, after := bytes.TrimRight(out, space), bytes.TrimLeft(text[end:], space)
		if len(before) > 0 && len(after) > 0 && bytes.IndexByte([]byte(":,["), before[len(before)-1]) >= 0 && bytes.IndexByte([]byte(",]}"), after[0]) >= 0 {
			out = append(out, "null"...)
		}
		at = end
	}
	return append(out, text[at:]...)
}

// ignored returns the parts of a payload that are ignored.
func (c *Comparer) ignored(payload []byte) (spans []span) {
	if len(c.ignore.Paths) > 0 {
		parts.EachValue(c.ignore.Paths, payload, func(start, end int) { spans = append(spans, span{start, end}) })
	}
	for _, r := range c.ignore.Ranges {
		if r[0] < len(payload) {
			spans = append(spans, span{r[0], min(r[1]+1, len(payload))})
		}
	}
	return c.matches(payload, spans)
}

// Lines is Payload for each line of a text.
func (c *Comparer) Lines(text string) string {
	if c == nil {
		return text
	}
	var out []byte
	for line := range bytes.Lines([]byte(text)) {
		rest, ended := bytes.CutSuffix(line, []byte("\n"))
		if out = append(out, c.Payload(rest)...); ended {
			out = append(out, '\n')
		}
	}
	return string(out)
}

// A span is a range of bytes that are ignored.
type span struct{ start, end int }

// matches adds what the regular expressions match in b.
func (c *Comparer) matches(b []byte, spans []span) []span {
	for _, p := range c.ignore.Patterns {
		p.Each(b, func(start, end int) { spans = append(spans, span{start, end}) })
	}
	return spans
}

// without returns b without some ranges, which may overlap.
func without(spans []span, b []byte) []byte {
	out, at := make([]byte, 0, len(b)), 0
	for _, s := range spans {
		out = append(out, b[at:max(at, s.start)]...)
		at = max(at, s.end)
	}
	return append(out, b[at:]...)
}
