package input

import (
	"iter"

	"framecat/commands/internal/capture"
)

// A Connection is one connection of a capture, with the directions that were chosen as inputs of
// their own. An input that is not a capture is one too, of which nothing is known.
type Connection struct {
	capture.Stream
	Inputs []Input // one for each of Dirs
}

// Named reports whether the connection has directions with names.
func (c *Connection) Named() bool { return c.Dirs[0].Name != "" }

// Connections returns the streams grouped by connection, in their order.
func (s Streams) Connections() iter.Seq[Connection] {
	return func(yield func(Connection) bool) {
		for n := 0; n < s.Len(); {
			one := s.At(n)
			c := Connection{Stream: capture.Stream{Dirs: []capture.Direction{{Bytes: -1, Segments: -1, Packets: -1}}}, Inputs: []Input{one}}
			if n++; one.Recorded != nil {
				c.Stream = one.Recorded.Stream
				c.Dirs = []capture.Direction{one.Recorded.Direction()}
				for ; n < s.Len() && s.refs[n].Stream == one.Recorded.Ref.Stream; n++ {
					one = s.At(n)
					c.Dirs, c.Inputs = append(c.Dirs, one.Recorded.Direction()), append(c.Inputs, one)
				}
			}
			if !yield(c) {
				return
			}
		}
	}
}
