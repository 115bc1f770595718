package probe

import (
	"fmt"
	"slices"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/hexview"
)

// Details are what was written in a case, and what came, as runs of bytes with marks.
type details struct {
	to              rows
	plan            *Plan
	unit            string // what the peer sends: "reply" or "message"
	writes, replies int    // show this many at most
}

// Rows take bytes with marks, as a hexview.View does, and lines of text.
type rows interface {
	Line(text string)
	Begin(offset int64, title string)
	Bytes(p hexview.Part, mark byte, b []byte)
	End()
}

// show shows the bytes of a case.
func (d *details) show(r *Result) {
	d.to.Line("written:")
	at := 0
	parts := d.plan.segments(r.Case)
	for i, w := range r.Writes {
		if i == d.writes && len(r.Writes) > d.writes+1 {
			d.to.Line(fmt.Sprintf("… %d more writes", len(r.Writes)-d.writes))
			break
		}
		d.to.Begin(int64(at), fmt.Sprintf("write %d of %d", i+1, len(r.Writes)))
		for _, s := range parts {
			from, to := max(s.from, at), min(s.to, at+len(w))
			if from >= to {
				continue
			}
			mark := s.mark
			if from > s.from {
				mark = 0
			}
			d.to.Bytes(s.part, mark, w[from-at:to-at])
		}
		at += len(w)
	}
	d.to.End()
	if r.Expected != nil {
		d.to.Line("expected: " + report.Count(int64(len(r.Expected)), d.unit))
		d.frames(r.Expected)
	}
	if len(r.Got) > 0 || r.Stored == "" {
		d.to.Line("came: " + report.Count(int64(len(r.Got)), d.unit))
	}
	end := d.frames(r.Got)
	if len(r.Stray) > 0 {
		d.to.Begin(end, "between the frames")
		d.to.Bytes(hexview.Fill, '~', r.Stray)
		d.to.End()
	}
	if len(r.Tail) > 0 {
		d.to.Begin(end, "after the last whole frame")
		d.to.Bytes(hexview.Leftover, '<', r.Tail)
		d.to.End()
	}
	if r.Exit != "" || r.Memory > 0 {
		d.to.Line("process: " + r.process())
	}
	d.lines("stored", r.Stored)
}

// lines shows the first lines of a text.
func (d *details) lines(name, text string) {
	n := 0
	for line := range strings.Lines(text) {
		if n++; n > mostRows {
			d.to.Line(fmt.Sprintf("… %d more", strings.Count(text, "\n")-mostRows))
			return
		}
		d.to.Line(fmt.Sprintf("%s: %.200q", name, line))
	}
}

// frames shows replies, and returns where they end.
func (d *details) frames(list []Reply) (at int64) {
	for i, reply := range list {
		if i == d.replies && len(list) > d.replies+1 {
			d.to.Line(fmt.Sprintf("… %d more", len(list)-d.replies))
			break
		}
		d.to.Begin(at, fmt.Sprintf("#%d payload %d", i, len(reply.Payload)))
		d.to.Bytes(hexview.Header, '[', reply.Header)
		d.to.Bytes(hexview.Payload, '|', reply.Body)
		d.to.Bytes(hexview.Trailer, '/', reply.Trailer)
		d.to.End()
		at += int64(len(reply.Header) + len(reply.Body) + len(reply.Trailer))
	}
	return at
}

// A segment is a range of what a case writes that is one part of a frame.
type segment struct {
	from, to int
	part     hexview.Part
	mark     byte
}

// segments returns the parts of all frames that a case writes.
func (p *Plan) segments(c *Case) (list []segment) {
	all := slices.Concat(c.Writes...)
	at := 0
	if c.Malformed {
		list = c.Cut.segments(0)
		at = len(c.Cut.Frame)
		return append(list, segment{at, len(all), hexview.Leftover, '<'})
	}
	for at < len(all) {
		e, err := p.Framing.Scan(all[at:], &framing.Cursor{EOF: true})
		size := e.Skip + e.Header + int(e.Body) + e.Trailer
		m := c.Cut
		if err == nil && size > 0 && size <= len(all)-at {
			whole := NewMessage(p.Framing, all[at:at+size])
			m = &whole
		}
		if m == nil {
			return append(list, segment{at, len(all), hexview.Leftover, '<'})
		}
		list = append(list, m.segments(at)...)
		at += len(m.Frame)
	}
	return list
}

// segments returns the parts of a frame that begins at an offset.
func (m *Message) segments(at int) []segment {
	return []segment{
		{at, at + m.Start, hexview.Fill, '~'},
		{at + m.Start, at + m.headerEnd(), hexview.Header, '['},
		{at + m.headerEnd(), at + m.bodyEnd(), hexview.Payload, '|'},
		{at + m.bodyEnd(), at + len(m.Frame), hexview.Trailer, '/'},
	}
}
