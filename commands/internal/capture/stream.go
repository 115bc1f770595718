package capture

import "time"

// A Stream is a TCP connection, or the only stream of a dump.
type Stream struct {
	Index          int           // counts from 0, in the order of the first packets
	Client, Server string        // "10.0.0.1:4000", "[::1]:53"; empty if unknown
	Start          time.Time     // time of the first packet; zero if unknown
	Duration       time.Duration // from the first packet to the latest one; 0 if Start is unknown
	Dirs           []Direction
}

// A Direction describes what one end of a stream sent.
type Direction struct {
	Name     string // "c2s" or "s2c"; empty if there is only one direction
	Bytes    int64  // bytes without those in gaps; -1 if unknown before they are read
	Segments int    // segments that brought these bytes, without retransmissions; -1 if unknown
	Packets  int    // all TCP packets, also those without new bytes; -1 if unknown
	Gaps     int
}

// Label names the sender and the receiver of a direction: "10.0.0.1:4000 → 10.0.0.2:5432".
// It is empty if they are unknown.
func (s Stream) Label(dir int) string {
	from, to := s.Ends(dir)
	if from == "" && to == "" {
		return ""
	}
	return from + " → " + to
}

// Ends returns the sender and the receiver of a direction; empty if they are unknown.
func (s Stream) Ends(dir int) (from, to string) {
	if dir == 1 {
		return s.Server, s.Client
	}
	return s.Client, s.Server
}

// A Ref names one direction of one stream: the index of the stream, and an index into its Dirs.
// It is small, because there may be millions.
type Ref struct{ Stream, Dir int32 }

// RefOf returns the Ref of a direction.
func RefOf(stream, dir int) Ref { return Ref{int32(stream), int32(dir)} }

// Directions are the names of the two directions: from the client to the server, and back.
var Directions = [2]string{"c2s", "s2c"}
