package capture

import "time"

// A connSummary is what the first pass keeps of a connection. It is small and has no
// pointers, because there may be millions.
type connSummary struct {
	ends        pair
	client      uint8 // the side of the pair that opened it: 0 is a
	start, end  int64 // Unix times of its first and its latest packet in nanoseconds
	from        int64 // offset in the file at which to start reading
	first, last int64 // offsets of its first and last packet
	dirs        [2]amount
}

type amount struct {
	bytes                   int64
	segments, gaps, packets int32
}

// side returns the side that sends in a direction: 0 is from the client.
func (c *connSummary) side(dir int) int { return int(c.client) ^ dir }

func (c *connSummary) stream(index int) Stream {
	ends := [2]string{c.ends.a.addrPort(c.ends.six).String(), c.ends.b.addrPort(c.ends.six).String()}
	s := Stream{Index: index, Client: ends[c.client], Server: ends[1-c.client], Dirs: make([]Direction, 2)}
	if c.start != 0 {
		s.Start, s.Duration = time.Unix(0, c.start).UTC(), time.Duration(c.end-c.start)
	}
	for dir, name := range Directions {
		a := c.dirs[dir]
		s.Dirs[dir] = Direction{Name: name, Bytes: a.bytes, Segments: int(a.segments), Packets: int(a.packets), Gaps: int(a.gaps)}
	}
	return s
}

// summaries are a list that grows without copies: of millions, a copy would take as much
// memory again.
type summaries struct {
	chunks [][]connSummary
	n      int
}

const summaryChunk = 256

// add adds a summary, which stays in its place.
func (s *summaries) add() *connSummary {
	if s.n%summaryChunk == 0 {
		s.chunks = append(s.chunks, make([]connSummary, summaryChunk))
	}
	s.n++
	return s.at(s.n - 1)
}

func (s *summaries) at(i int) *connSummary { return &s.chunks[i/summaryChunk][i%summaryChunk] }
