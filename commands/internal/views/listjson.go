package views

import (
	"fmt"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
)

// A listJSON writes a record for each connection.
type listJSON struct{ jsonView }

func (v *listJSON) begin(in input.Input, _ string, _ input.Streams) { v.file = in.Label() }
func (v *listJSON) end(*listTotal)                                  {}

func (v *listJSON) connection(c *listed) {
	v.record("connection")
	v.named()
	if c.Named() {
		v.member("stream", int64(c.Index))
	}
	if c.Client != "" {
		v.text("client", c.Client)
		v.text("server", c.Server)
	}
	if !c.Start.IsZero() {
		v.buf = formats.AppendTime(v.buf, c.Start)
		v.buf = fmt.Appendf(v.buf, `,"duration":%.9f`, c.Duration.Seconds())
	}
	before := `,"directions":[`
	for i := range c.Dirs {
		v.buf = append(v.buf, before...)
		at := len(v.buf)
		v.direction(c, i)
		v.buf[at] = '{' // instead of a comma
		v.buf = append(v.buf, '}')
		before = ","
	}
	v.buf = append(v.buf, ']')
	v.close()
}

// direction appends what is known of a direction.
func (v *listJSON) direction(c *listed, i int) {
	d, seen := &c.Connection.Dirs[i], &c.Dirs[i]
	if d.Name != "" {
		v.text("direction", d.Name)
	}
	for _, m := range []struct {
		name string
		n    int64
	}{{"bytes", d.Bytes}, {"packets", int64(d.Packets)}, {"segments", int64(d.Segments)}, {"gaps", int64(d.Gaps)}} {
		if m.n >= 0 {
			v.member(m.name, m.n)
		}
	}
	if seen.framing == "" {
		return
	}
	if seen.guess != nil {
		v.candidate(*seen.guess)
		return
	}
	v.text("framing", seen.framing)
	v.member("frames", seen.frames)
	v.member("leftover", seen.leftover)
	v.buf = fmt.Appendf(v.buf, `,"malformed":%t`, seen.malformed)
}
