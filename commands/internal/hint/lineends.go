package hint

import (
	"bytes"
	"fmt"

	"framecat/framing"
)

// lineEnds recognises a line end after a good frame: editors add one at the end of a file, and
// print adds one to each frame.
func (c *faultContext) lineEnds() string {
	traits := c.entry().Details().Traits()
	n := lineEnd(c.rest)
	if c.before == 0 || n == 0 || traits.Delimited || traits.Narrow || c.ofBody() || c.e.Fault == framing.BadTrailer {
		return ""
	}
	name := map[int]string{1: "LF", 2: "CRLF"}[n]
	switch {
	case traits.Text && len(bytes.Trim(c.rest, "\r\n")) == 0:
		hint := fmt.Sprintf("a line end (%s) follows the last frame, as editors and echo add it", name)
		if c.place.Command != nil {
			hint += fmt.Sprintf("; to leave it out, use -l %d", c.wire)
		}
		return hint
	case c.onALine(c.rest[n:]):
		return fmt.Sprintf("a line end (%s) follows each frame: the sender must write nothing between frames", name)
	}
	return ""
}

// onALine reports whether b begins with a frame and a line end.
func (c *faultContext) onALine(b []byte) bool {
	e, err := c.f.Scan(b, new(framing.Cursor))
	size := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
	if err != nil || e.Body == 0 || size > int64(len(b)) || string(b[size-int64(len(e.Want)):size]) != e.Want {
		return false
	}
	return lineEnd(b[size:]) > 0
}

// lineEnd returns the length of the line end that b begins with, or 0.
func lineEnd(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\r\n")):
		return 2
	case bytes.HasPrefix(b, []byte("\n")):
		return 1
	}
	return 0
}
