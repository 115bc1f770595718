// Package hint explains why a frame could not be read, and what to try instead: another
// framing, another byte order, a higher limit. A [Hinter] explains the faults of one
// stream. A hint is given only if the bytes before the fault agree with it.
package hint

import (
	"cmp"
	"io"
	"sync"
	"time"

	"framecat/framing"
)

// HeadSize is how much of the start of a stream hints look at: the capacity that a
// Reader's Head should have, in bytes.
const HeadSize = 4 << 10

// A Hinter explains the first few bad frames of a stream, until it has explained one:
// one cause has many faults, and one hint is enough.
type Hinter struct {
	start, first int64 // offset of the stream, index of its first frame
	tries        int
	budget       *Budget // nil is no limit
}

const tries = 3

// New returns a Hinter for what r reads from now on.
func New(r *framing.Reader) Hinter { return Hinter{start: r.Offset(), first: r.Index(), tries: tries} }

// NewShared returns a Hinter for a stream from its start. Each hint is taken from the budget b.
func NewShared(b *Budget) Hinter { return Hinter{tries: tries, budget: b} }

// A Budget limits the work on hints that many streams share: where thousands fail at
// once, explaining some is enough, and takes no time from the others.
type Budget struct {
	mu   sync.Mutex
	left int
	till time.Time
}

const hintsASecond = 20

// Take reports whether there is time for one more hint. A nil Budget always has some.
func (b *Budget) Take() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); now.After(b.till) {
		b.left, b.till = hintsASecond, now.Add(time.Second)
	}
	b.left--
	return b.left >= 0
}

// Hints explains the error e of r, which reads f. It returns nil if it has no
// explanation, or had one before.
func (h *Hinter) Hints(f framing.Framing, r *framing.Reader, e *framing.Error) []string {
	if h.tries == 0 || !h.budget.Take() {
		return nil
	}
	read := r.Offset() + int64(len(r.Buffered())) - h.start
	c := faultContext{
		f: f, e: e, head: r.Head(), rest: fromFault(r, e, h.start),
		ended:  e.Fault == framing.Truncated && read == int64(len(r.Head())),
		before: e.Frame - h.first, limit: limitOf(r),
	}
	hints := c.hints()
	if h.tries--; len(hints) > 0 {
		h.tries = 0
	}
	return hints
}

// limitOf is the longest payload that r holds; 0 is any.
func limitOf(r *framing.Reader) int64 {
	const standard = 16 << 20 // see framing.Reader.Max
	return max(0, cmp.Or(r.Max, standard))
}

// fromFault is what is known of the stream from the bad frame on: up to 4 KiB.
func fromFault(r *framing.Reader, e *framing.Error, start int64) []byte {
	if at := e.Start - start; at >= 0 && at < int64(len(r.Head())) {
		return r.Head()[at:]
	}
	b := r.Buffered()
	return b[:min(len(b), HeadSize)]
}

// OfSilence explains why a stream of f is silent after head, inside its first frame.
func OfSilence(f framing.Framing, head []byte) []string {
	cut := &framing.Error{Fault: framing.Truncated, Err: io.ErrUnexpectedEOF}
	c := faultContext{f: f, e: cut, head: head, rest: head}
	return c.hints()
}
