package capture

import "time"

// A Stream is a connection, or the one stream of a dump.
type Stream struct {
	Index          int       // counts from 0, by first packet
	Client, Server string    // "10.0.0.1:4000", "[::1]:53"; empty if not known
	Start          time.Time // of the first packet; zero if not known
	Dirs           []Direction
}

// A Direction is what one end sent.
type Direction struct {
	Name     string // "c2s" or "s2c"; empty if there is but one
	Bytes    int64  // without those in gaps; -1 if not known before they are read
	Segments int    // that brought these bytes, without retransmissions; -1 if not known
	Gaps     int
}

// Label says who sends to whom in a direction: "10.0.0.1:4000 → 10.0.0.2:5432". It is
// empty if that is not known.
func (s Stream) Label(dir int) string {
	from, to := s.Ends(dir)
	if from == "" && to == "" {
		return ""
	}
	return from + " → " + to
}

// Ends are who sends in a direction, and to whom; empty if that is not known.
func (s Stream) Ends(dir int) (from, to string) {
	if dir == 1 {
		return s.Server, s.Client
	}
	return s.Client, s.Server
}

// A Ref names one direction of one stream: indexes into Streams and Dirs.
type Ref struct{ Stream, Dir int }
