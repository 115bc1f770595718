package hint

import (
	"bytes"
	"fmt"
	"strings"

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
		hint := fmt.Sprintf("a line end (%s) follows each frame: the sender must write nothing between frames", name)
		if spec := c.withTrailer(map[int]string{1: "0x0a", 2: "0x0d0a"}[n]); spec != "" {
			hint += "; to read these frames, use -f " + spec
		}
		return hint
	}
	return ""
}

// withTrailer returns the framing in use with this trailer after each frame, or "" if it cannot
// have one or the stream does not begin with such frames.
func (c *faultContext) withTrailer(trailer string) string {
	name, keys, _ := strings.Cut(c.f.String(), ":")
	if keys != "" {
		keys += ","
	}
	spec := name + ":" + keys + "trailer=" + trailer
	f := parsed(spec)
	if f == nil {
		return ""
	}
	r := framing.NewReader(bytes.NewReader(c.head), f)
	for range c.before + 1 {
		if _, err := r.Next(); err != nil {
			return ""
		}
	}
	if strings.Contains(spec, `\`) {
		return "'" + spec + "'" // for the shell
	}
	return spec
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
