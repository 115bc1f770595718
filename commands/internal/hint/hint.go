// Package hint explains why a frame could not be read, and what to try instead: another
// framing, another byte order, a higher limit; or that the stream is damaged, and where it
// goes on. A [Hinter] explains the faults of one stream. A hint is given only if the bytes
// before the fault agree with it. [Explain] explains a number that was taken for a length.
package hint

import (
	"cmp"
	"io"

	"framecat/framing"
)

// HeadSize is how much of the start of a stream hints look at: the capacity that a
// Reader's Head should have, in bytes.
const HeadSize = 4 << 10

// A Hinter explains the bad frames of a stream, until it has explained one: one cause has
// many faults, and one explanation is enough.
type Hinter struct {
	Place  Place  // where the stream comes from
	Advice Advice // fits hints to the command line
	Off    bool   // no hints are wanted

	start, first int64 // offset of the stream, index of its first frame
	budget       *Budget
	last         *Frame
	stream       *stream // of the last fault
	done         bool
	advised      bool // the advice was given
}

// New returns a Hinter for what r reads from now on.
func New(r *framing.Reader) Hinter {
	return Hinter{start: r.Offset(), first: r.Index(), budget: new(Budget), last: new(Frame)}
}

// NewShared returns a Hinter for a stream that began at 0. The time of its hints is taken from
// the budget b. Last is the frame that was read last, and is kept up to date.
func NewShared(b *Budget, last *Frame) Hinter { return Hinter{budget: b, last: last} }

// A Place is where a stream comes from. All of it may be nil.
type Place struct {
	// Command returns a command that shows the frames of the stream from an offset on.
	Command func(offset int64) string
	// Unpack returns a command that decompresses the stream with a program, and shows its frames.
	Unpack func(program string) string
	// Ahead returns bytes that follow what the Reader has read. Ended reports that those are all.
	Ahead func() (b []byte, ended bool)
	// Reread returns bytes that were read before, from an offset of the stream on, and reports whether
	// they are all up to its end.
	Reread func(offset int64) (b []byte, ended bool)
	// Damage returns the frame that --on-error skip finds to be damaged, if it begins at before or
	// earlier, and the offset at which it goes on. The Index counts from the start of the stream.
	Damage func(before int64) (bad Frame, next int64, ok bool)
	// CanSkip reports that the command has --on-error skip, with which it goes on.
	CanSkip bool
	// Skips reports that the command goes on by itself.
	Skips bool
}

// AheadSize is how many bytes Ahead and Reread should return, if there are so many.
const AheadSize = 256 << 10

// A Frame is the last one that was read.
type Frame struct{ Index, Offset, Size int64 }

// Saw keeps the last frame of a batch, for hints.
func (h *Hinter) Saw(b *framing.Batch) {
	if n := len(b.Frames) - 1; n >= 0 {
		s := b.Frames[n]
		*h.last = Frame{b.Index + int64(n), b.Offset + int64(s.Start), int64(s.End - s.Start)}
	}
}

// SawFrame keeps the last frame, for hints.
func (h *Hinter) SawFrame(f framing.Frame) { *h.last = Frame{f.Index, f.Offset, f.Size} }

// Hints explains the error e of r, which reads f. It returns nil if it has no
// explanation, or had one before.
func (h *Hinter) Hints(f framing.Framing, r *framing.Reader, e *framing.Error) (hints []string) {
	if h.Off {
		return nil
	}
	if !h.done {
		h.budget.Spend(func() { hints = h.explain(f, r, e) })
		h.done = len(hints) > 0
	}
	if h.advised {
		return hints
	}
	h.advised = true
	if len(hints) == 0 && h.Advice.Peer && e.Fault == framing.Truncated && e.Frame == h.first {
		hints = described(f, r.Head())
	}
	return h.Advice.fit(hints)
}

func (h *Hinter) explain(f framing.Framing, r *framing.Reader, e *framing.Error) []string {
	read := r.Offset() + int64(len(r.Buffered())) - h.start
	if h.stream == nil || len(h.stream.head) != len(r.Head()) {
		h.stream = &stream{f: f, head: r.Head()}
	}
	c := faultContext{
		stream: h.stream, e: e, rest: fromFault(r, e, h.start),
		ended:  e.Fault == framing.Truncated && read == int64(len(r.Head())),
		before: e.Frame - h.first, wire: e.Start - h.start, last: *h.last, limit: limitOf(r),
		place: h.Place, buffered: r.Buffered(), at: r.Offset(), streams: r.Stream,
	}
	if e.Sent > 0 && h.Place.Reread != nil { // the frame was passed on while it was read
		b, ended := h.Place.Reread(e.Start)
		c.rest, c.buffered, c.at, c.cut = b[:min(len(b), HeadSize)], b, e.Start, !ended
	}
	return c.hints()
}

// limitOf is the longest payload that r holds; 0 is any.
func limitOf(r *framing.Reader) int64 {
	const standard = 16 << 20 // see framing.Reader.Max
	return max(0, cmp.Or(r.Max, standard))
}

// fromFault is what is known of the stream from the bad frame on: up to 4 KiB.
func fromFault(r *framing.Reader, e *framing.Error, start int64) []byte {
	b := r.Buffered()
	if at := e.Start - r.Offset(); e.Sent == 0 && at >= 0 && at < int64(len(b)) {
		b = b[at:]
		return b[:min(len(b), HeadSize)]
	}
	if at := e.Start - start; at >= 0 && at < int64(len(r.Head())) {
		return r.Head()[at:]
	}
	return b[:min(len(b), HeadSize)]
}

// OfSilence explains why a stream of f is silent after head, inside its first frame.
func OfSilence(f framing.Framing, head []byte, a Advice) []string {
	cut := &framing.Error{Fault: framing.Truncated, Err: io.ErrUnexpectedEOF}
	c := faultContext{stream: &stream{f: f, head: head}, e: cut, rest: head}
	hints := c.hints()
	if len(hints) == 0 && a.Peer {
		hints = described(f, head)
	}
	return a.fit(hints)
}
