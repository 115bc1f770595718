package hint

import (
	"fmt"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"framecat/framing"
	"framecat/framing/detect"
)

// A resumption is where the frames of a damaged stream go on.
type resumption struct {
	at    int64 // offset in the stream
	found bool
	sure  bool   // it is no chance in the payload of a large frame
	all   bool   // what was searched is all of the stream
	bytes []byte // what was searched, from the bad frame on
}

// resume searches for the place where frames go on after the bad one.
func (c *faultContext) resume() resumption {
	if c.next != nil {
		return *c.next
	}
	c.next = &resumption{all: c.e.Fault == framing.Truncated && !c.cut}
	from := c.e.Start - c.at
	if c.before == 0 || from < 0 || from >= int64(len(c.buffered)) || c.entry().Details().Traits().Delimited {
		return *c.next
	}
	b := c.buffered[from:]
	if !c.next.all && !c.cut && c.place.Ahead != nil {
		more, ended := c.place.Ahead()
		b, c.next.all = append(b[:len(b):len(b)], more...), ended
	}
	c.next.bytes = b
	best, ok := detect.Resume(c.f, b[1:], c.next.all)
	c.next.at, c.next.found = c.e.Start+1+int64(best.Start), ok
	c.next.sure = ok && (best.Bits >= 2*detect.MinBits || best.Leftover == 0 && c.next.all)
	return *c.next
}

// damaged explains a fault after good frames, if frames go on after it: the bytes of this frame
// or of the last one are not what the sender wrote.
func (c *faultContext) damaged() string {
	if c.trusted() && c.goesOn() {
		return c.suspect()
	}
	return ""
}

// doubted explains a fault after good frames, if there is less evidence for them or for damage.
func (c *faultContext) doubted() string {
	if c.before > 0 && (c.spelledText() != "" || c.goesOn() || c.trusted() && (c.nearMiss() || c.unlikely())) {
		return c.suspect()
	}
	return ""
}

// goesOn reports whether frames go on after the bad one, and its length is not the reason that it
// could not be read.
func (c *faultContext) goesOn() bool {
	next := c.resume()
	if c.e.Fault != framing.LengthTooLarge && c.e.Fault != framing.Truncated {
		return next.found
	}
	return next.found && (c.announced() == 0 || next.sure || c.nearMiss()) && !c.usual() && !c.nested(next) && !c.fits(next.bytes)
}

// suspect names what seems to be damaged.
func (c *faultContext) suspect() string {
	text := c.spelledText()
	switch {
	case text != "" && c.intruder(text):
		return c.damage(c.spelled(string(c.rest[:4]), "frame")+": a line of text is mixed into the stream: "+shortened(text), true)
	case text != "" && !c.place.Skips:
		return c.damage(c.spelled(string(c.rest[:4]), "frame")+": text is where a frame must begin: "+shortened(text), false)
	}
	return c.damage("", false)
}

// damage returns the hints of a damaged stream: the first is given, if any, and may explain all; then
// which frame is damaged, then where to go on.
func (c *faultContext) damage(first string, explains bool) string {
	lines := make([]string, 0, 4)
	if first != "" {
		lines = append(lines, first)
	}
	var bad Frame
	var next int64
	known := false
	if c.place.Damage != nil {
		bad, next, known = c.place.Damage(c.e.Start)
	}
	switch {
	case known && !explains && bad.Offset < c.e.Start:
		lines = append(lines, fmt.Sprintf("the damage is in frame %d at byte %d: its length does not fit what follows it", c.e.Frame-c.before+bad.Index, bad.Offset))
	case c.before > 0:
		lines = append(lines, c.lastGood(explains, known || c.ofBody()))
	}
	if c.place.Skips || !known && !c.resume().found {
		return strings.Join(lines, "\n")
	}
	if !known {
		next = c.next.at
	}
	lines = append(lines, c.goOn(next))
	if c.place.CanSkip {
		lines = append(lines, "to skip what is damaged, add --on-error skip")
	}
	return strings.Join(lines, "\n")
}

// lastGood names the last frame that could be read. It names what is damaged if that is not explained;
// sure reports that it is not that frame.
func (c *faultContext) lastGood(explained, sure bool) string {
	frame := fmt.Sprintf("frame %d", c.e.Frame-1)
	if c.last.Size > 0 {
		frame = fmt.Sprintf("frame %d at byte %d", c.last.Index, c.last.Offset)
	}
	switch {
	case explained:
		return "the last good frame is " + frame
	case sure:
		return "this frame is damaged; the last good one is " + frame
	}
	return "this frame is damaged, or the one before it: " + frame
}

// goOn returns how to read the frames from an offset on.
func (c *faultContext) goOn(offset int64) string {
	s := fmt.Sprintf("frames go on at byte %d", offset)
	if c.place.Command == nil {
		return s
	}
	return s + ": " + c.place.Command(offset)
}

// usual reports whether the bad frame announces a length like those before it, or is only cut:
// then it is no sign of damage.
func (c *faultContext) usual() bool {
	n := c.announced()
	return n > 0 && n < far*c.wire/c.before || n == 0 && c.e.Fault == framing.Truncated
}

// far is how many times the average length is far beyond all before it.
const far = 4

// nested reports whether frames are found in the payload of this frame, from its first byte on:
// then it has messages of the same framing in it, and is no damage.
func (c *faultContext) nested(next resumption) bool {
	e, err := c.f.Scan(c.rest, new(framing.Cursor))
	return err == nil && next.at == c.e.Start+int64(e.Skip+e.Header)
}

// ofBody reports whether the fault is in the body of a frame whose end is known.
func (c *faultContext) ofBody() bool {
	return c.e.Fault == framing.Checksum || c.e.Fault == framing.BadEscape
}

// announced is the length of the payload that the bad frame announces, or 0.
func (c *faultContext) announced() int64 {
	e, err := c.f.Scan(c.rest, new(framing.Cursor))
	if err != nil || !e.Announced {
		return 0
	}
	return e.Body
}

// trusted reports whether the frames before the bad one are evidence that the framing is right.
func (c *faultContext) trusted() bool {
	return c.score().Total() >= settled || len(c.head) == 0
}

// unlikely reports whether the bad frame announces more than the stream has, or than any frame
// has, after frames that were far shorter.
func (c *faultContext) unlikely() bool {
	n, next := c.announced(), c.resume()
	if c.e.Fault != framing.LengthTooLarge || c.before == 0 || n < far*c.wire/c.before {
		return false
	}
	return n >= huge || next.all && n > int64(len(next.bytes))
}

// huge is a length that no frame has which follows shorter ones.
const huge = 1 << 30

// fits reports whether b, the bytes from the bad frame on, has frames where this one ends: then
// its length is right. They lead to the place that was found, or are evidence themselves.
func (c *faultContext) fits(b []byte) bool {
	end := c.sizeOf(b)
	if end <= 0 || end > int64(len(b)) {
		return false
	}
	at, found := end, c.next.at-c.e.Start
	for at < found {
		n := c.sizeOf(b[at:])
		if n <= 0 {
			break
		}
		at += n
	}
	b = b[end:]
	got := detect.NewScale(b[:min(len(b), HeadSize)], false).Weigh(c.f)
	return at == found || len(b) == 0 && c.next.all || got.Frames > 0 && got.Total() >= settled
}

func (c *faultContext) sizeOf(b []byte) int64 { return sizeOf(c.f, b) }

// sizeOf returns the size of the frame of f that b begins with, or 0 if it is none.
func sizeOf(f framing.Framing, b []byte) int64 {
	e, err := f.Scan(b, new(framing.Cursor))
	if err != nil {
		return 0
	}
	return int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
}

// rare is how unlikely a near miss must be among true lengths, in bits: sizes such as 1 MiB and a
// few bytes are common.
const rare = 13

// nearMiss reports whether the length of the bad frame would be a usual one without its highest
// byte. Few true lengths are like that.
func (c *faultContext) nearMiss() bool {
	n := uint64(c.announced())
	if n == 0 {
		return false
	}
	top := uint(bits.Len64(n)-1) / 8 * 8
	low, usual := n&(1<<top-1), uint64(2*c.wire/c.before)
	return low > 0 && low <= usual && int(top)-bits.Len64(usual) >= rare
}

// spelledText returns the text that is where a frame must begin, up to the end of its line, or
// "" if there is no text, or the framing could have it there.
func (c *faultContext) spelledText() string {
	traits := c.entry().Details().Traits()
	switch c.e.Fault {
	case framing.Checksum, framing.BadEscape, framing.BadTrailer, framing.FrameTooLarge:
		return "" // not where the frame begins
	case framing.LengthTooLarge:
		if traits.Text {
			return ""
		}
	case framing.Truncated:
		if traits.Text || c.tail() > -5 || traits.Width > 0 && traits.Width < shortLine {
			return ""
		}
	}
	if traits.Text && (c.e.Offset != c.e.Start || c.e.Fault != framing.BadLength && c.e.Fault != framing.BadHeader) {
		return "" // its frames begin with text too
	}
	if traits.Narrow || traits.Delimited || opens(c.f, c.rest) {
		return ""
	}
	text := printable(c.rest)
	whole := len(text) == len(c.rest) || strings.IndexByte("\r\n", c.rest[len(text)]) >= 0
	if n := utf8.RuneCountInString(text); n < shortLine || n < longLine && !whole {
		return ""
	}
	return text
}

// Some bytes of a payload or a length are letters by chance: text is a line of at least
// shortLine characters, or the start of one of longLine.
const shortLine, longLine = 4, 8

// printable returns the printable characters that b begins with.
func printable(b []byte) string {
	n := 0
	for n < len(b) {
		r, size := utf8.DecodeRune(b[n:])
		if r == utf8.RuneError && size == 1 || r != '\t' && !unicode.IsPrint(r) {
			break
		}
		n += size
	}
	return string(b[:n])
}

// intruder reports whether frames go on where the line of text ends: it is not a part of the
// stream.
func (c *faultContext) intruder(text string) bool {
	next := c.resume()
	after := c.rest[len(text):]
	n := int64(len(text) + lineEnd(after))
	return next.found && lineEnd(after) > 0 && next.at == c.e.Start+n
}

// shortened quotes the start of a text.
func shortened(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return fmt.Sprintf("%q…", string(r[:most]))
	}
	return fmt.Sprintf("%q", text)
}
