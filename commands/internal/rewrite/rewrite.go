// Package rewrite changes what framecat tap relays, to test the programs on both sides: it cuts or
// merges what is forwarded, translates messages from one framing to another, and makes faults by
// message.
//
// Start with Rules, whose method Copier returns what copies one direction of a connection in place
// of the relay. It reads frames and writes frames, so it may wait and fail. At most one frame of a
// direction is held, and none over Max.
package rewrite

import (
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"framecat/commands/internal/link"
	"framecat/commands/internal/relay"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// Rules are the changes to what is relayed, for any number of connections. Its fields are set
// before the first call of Copier.
type Rules struct {
	Sides  [2]Side
	Chunk  link.Chunking
	Gap    time.Duration // between the writes of Chunk
	Faults []Fault
	Seed   uint64 // of all random choices
	Max    int64  // limits payloads: see framing.Reader
	Secret bool   // say nothing about the bytes of a message: they are redacted
	Report *report.Reporter

	made      [kinds]atomic.Int64 // how many faults of each kind
	exchanges sync.Map            // by the number of the connection, until both directions have it
}

// A Side has the rules of one direction.
type Side struct {
	Dir    int             // 0 is from the client to the target, 1 is back
	From   framing.Framing // of what is read; nil if no frames are needed
	Entry  *framing.Entry  // its row; nil if it has none
	To     framing.Framing // of what is written; nil if that is From
	Flag   string          // the flag that chose To
	Chunk  bool            // cut or merge what is written
	Faults bool            // make faults
}

// framed reports whether the direction is read frame by frame.
func (s *Side) framed(r *Rules) bool {
	return s.To != nil || s.Faults && len(r.Faults) > 0 || s.Chunk && NeedsFrames(r.Chunk)
}

// NeedsFrames reports whether cuts are made at the ends of frames or headers.
func NeedsFrames(c link.Chunking) bool {
	return c.Kind == "frame" || c.Kind == "header" || c.Kind == "merge"
}

// Copier returns what copies a direction, or nil if the rules do not change it.
func (r *Rules) Copier(way relay.Way) relay.Copier {
	s, sending := r.Sides[way.Dir], func([]byte) {}
	x := r.exchange(way)
	known := x != nil && x.sending != nil
	switch {
	case !known:
	case way.Dir == 0:
		sending = x.sending
	default:
		s.From = x.replies
	}
	switch {
	case s.framed(r):
		return &messages{Rules: r, side: &s, way: way, exchange: x, sending: sending}
	case s.Chunk && r.Chunk.Kind != "", known:
		return &pieces{r, way, sending}
	}
	return nil
}

// Text returns the number of faults that were made, each after a comma, or "".
func (r *Rules) Text() string {
	var b strings.Builder
	for k := range r.made {
		if n := r.made[k].Load(); n > 0 {
			b.WriteString(", " + report.Count(n, "message") + " " + Kind(k).done())
		}
	}
	return b.String()
}

// key is the number on which the random choices of a direction depend, besides the index of a
// message.
func (r *Rules) key(way relay.Way) uint64 {
	return rand.NewPCG(r.Seed, uint64(way.Conn)<<1|uint64(way.Dir)).Uint64()
}

// An outlet takes what is to be written: one frame with each Write, if there are frames.
type outlet interface {
	io.Writer
	Flush() error // writes what is held
	Idle() error  // is called before a read that may wait
}

// outlet returns the outlet of a direction.
func (r *Rules) outlet(way relay.Way, dst io.Writer) outlet {
	side := &r.Sides[way.Dir]
	if !side.Chunk || r.Chunk.Kind == "" {
		return &joined{dst: dst}
	}
	how := r.Chunk
	how.Seed = rand.NewPCG(how.Seed, uint64(way.Conn)<<1|uint64(way.Dir)).Uint64()
	f := side.To
	if f == nil {
		f = side.From
	}
	k := link.NewCutter(how, dst, f, r.Gap)
	k.Done = way.Done
	return k
}

// joinedSize is how many bytes a joined outlet holds at most, unless a frame is longer.
const joinedSize = 64 << 10

// A joined outlet writes all frames that were read at once together.
type joined struct {
	dst io.Writer
	buf []byte
}

func (j *joined) Write(p []byte) (int, error) {
	if len(j.buf) > 0 && len(j.buf)+len(p) > joinedSize {
		if err := j.Flush(); err != nil {
			return 0, err
		}
	}
	if len(p) >= joinedSize {
		return j.dst.Write(p)
	}
	j.buf = append(j.buf, p...)
	return len(p), nil
}

func (j *joined) Flush() error {
	if len(j.buf) == 0 {
		return nil
	}
	_, err := j.dst.Write(j.buf)
	j.buf = j.buf[:0]
	return err
}

func (j *joined) Idle() error { return j.Flush() }

// pieces cuts the bytes of a direction without a look at its frames.
type pieces struct {
	*Rules
	way     relay.Way
	sending func([]byte) // that of the exchange
}

func (p *pieces) Copy(dst io.Writer, src io.Reader) error {
	return pass(p.outlet(p.way, dst), src, p.sending)
}

// pass passes on all bytes that are left. Sending is called with them before.
func pass(out outlet, src io.Reader, sending func([]byte)) error {
	buf := make([]byte, 16<<10)
	for {
		if err := out.Idle(); err != nil {
			return err
		}
		n, err := src.Read(buf)
		if n > 0 {
			sending(buf[:n])
			if _, err := out.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return err
		}
	}
}
