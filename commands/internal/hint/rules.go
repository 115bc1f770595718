package hint

import (
	"bytes"
	"fmt"
	"strings"

	"framecat/framing"
)

// rules are tried in this order: what is certain first, advice last. Each returns what
// is wrong, in a line or more, or "" unless the bytes before the fault agree too.
var rules = []func(*faultContext) string{
	(*faultContext).strays, (*faultContext).upgraded, (*faultContext).lineEnds, (*faultContext).twice, (*faultContext).openings,
	(*faultContext).hexMagic, (*faultContext).refitted, (*faultContext).laxer,
	(*faultContext).damaged, (*faultContext).alternative, (*faultContext).text, (*faultContext).doubted, (*faultContext).number, (*faultContext).larger,
}

// hints returns the hints of the first rule that applies.
func (c *faultContext) hints() []string {
	for _, rule := range rules {
		if h := rule(c); h != "" {
			return strings.Split(h, "\n")
		}
	}
	return nil
}

// strays recognises what some senders write by mistake where a frame must begin.
func (c *faultContext) strays() string {
	for _, o := range c.entry().Details().Traits().Strays {
		stray := opening{Start: o.Start, Next: o.Next}
		if c.e.Fault == framing.BadLength && stray.begins(c.rest) {
			return o.Means + ": try -f " + o.Spec
		}
	}
	return ""
}

// upgraded recognises that the head of HTTP before the fault changed the protocol.
func (c *faultContext) upgraded() string {
	if c.wire <= 0 || c.wire > int64(len(c.head)) {
		return ""
	}
	before := c.head[:c.wire]
	head, ok := bytes.CutSuffix(before, []byte("\r\n\r\n"))
	if !ok {
		return ""
	}
	for line := range bytes.SplitSeq(head[bytes.LastIndex(head, []byte("\r\n\r\n"))+1:], []byte("\r\n")) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		e := Upgrade(string(bytes.TrimSpace(value)))
		if e == nil || !bytes.EqualFold(name, []byte("upgrade")) || e.Name == c.entry().Name {
			continue
		}
		hint := fmt.Sprintf("the header Upgrade changes the protocol to %s: try -f %s", e.Name, e.Name)
		if f, _ := framing.Parse(e.Name); !ReadsHead(f, before) {
			hint += fmt.Sprintf(" -s %d", c.wire)
		}
		return hint
	}
	return ""
}

// ReadsHead reports whether the head of an upgrade of HTTP is a frame of f, without a message.
func ReadsHead(f framing.Framing, head []byte) bool {
	e, err := f.Scan(head, new(framing.Cursor))
	return err == nil && e.Silent && e.Header == len(head)
}

// Upgrade returns the row that the header Upgrade of HTTP calls so, or nil.
func Upgrade(token string) *framing.Entry {
	for _, e := range framing.Entries() {
		if own := e.Details().Traits().Upgrade; own != "" && strings.EqualFold(own, token) {
			return &e
		}
	}
	return nil
}

func (c *faultContext) hexMagic() string {
	if c.e.Fault != framing.BadMagic {
		return ""
	}
	return hexMagic(c.f, c.rest, c.e.Offset-c.e.Start)
}

func (c *faultContext) refitted() string {
	if c.before != 1 {
		return ""
	}
	return refit(c.f, c.head, c.scale())
}

func (c *faultContext) twice() string { return Twice(c.f, c.head) }

// Twice returns a hint if each payload in b is itself one frame of f, else "".
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
	if 8*marks < settled {
		return ""
	}
	return fmt.Sprintf("the payload starts with its own length again: it is framed twice; pipe decode -o raw into decode -f %s", f)
}

// isFrame reports whether b is one frame of f with a payload, and nothing else.
func isFrame(f framing.Framing, b []byte) bool {
	e, err := f.Scan(b, &framing.Cursor{EOF: true})
	return err == nil && e.Body > 0 && int64(e.Skip+e.Header)+e.Body+int64(e.Trailer) == int64(len(b))
}

// larger advises a limit for the frame, if that seems to be all that is wrong.
func (c *faultContext) larger() string {
	advice := "if frames are that long, allow them with --max-frame "
	if c.streams {
		advice = "--max-frame was given: it limits streamed messages too; " + advice
	}
	if c.e.Fault == framing.FrameTooLarge && c.limit > 0 {
		return advice + "SIZE"
	}
	e, err := c.f.Scan(c.rest, new(framing.Cursor))
	n := payloadSize(c.f, e.Body)
	if c.e.Fault != framing.LengthTooLarge || err != nil || c.limit <= 0 || n <= c.limit {
		return ""
	}
	if n >= huge {
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
