package framing

import "io"

// batchSize is the number of spans in a batch: they stay in the first-level cache.
const batchSize = 512

// NextBatch returns the frames that have arrived, at least one. For many small frames
// it is many times faster than Next. It returns the errors of Next, after the frames before
// them.
// With Stream set, a batch without frames means that the next frame is for NextReader.
func (r *Reader) NextBatch() (Batch, error) {
	if r.spans == nil {
		r.spans = make([]Span, 0, batchSize)
	}
	if r.opening {
		if f, ok, err := r.nextOpening(); err != nil {
			return Batch{}, err
		} else if ok {
			return r.batchOf(f), nil
		}
	}
	if r.join != nil {
		f, err := r.message()
		if err != nil {
			return Batch{}, err
		}
		return r.batchOf(f), nil
	}
	e, err := r.await(r.Stream)
	if err == errLarge {
		return Batch{Index: r.Index(), Offset: r.Offset()}, nil
	}
	if err != nil {
		return Batch{}, err
	}
	b := Batch{Index: r.Index(), Offset: r.Offset(), Wire: r.buf[r.r:r.w], Silent: e.Silent}
	r.payload, r.bodies = r.payload[:0], r.bodies[:0]
	r.batching = true
	if r.looksAhead() {
		b.Frames = r.collectChecked(e, b.Wire)
	} else {
		b.Frames = r.collect(e, b.Wire)
	}
	r.batching = false
	if len(b.Frames) == 0 {
		return Batch{}, r.err
	}
	b.Data, b.Bodies = b.Wire, b.Frames
	if r.escaper != nil {
		b.Data, b.Bodies = r.payload, r.bodies
	}
	for i := 0; r.noting() && i < len(b.Frames); i++ {
		r.note(b.Frame(i))
	}
	return b, nil
}

// collect consumes the whole frames at the start of the buffer, wire, of which e
// is the first. It stops before an error, which sticks and is returned by the next call.
// A silent frame is a batch of its own.
func (r *Reader) collect(e Extent, wire []byte) []Span {
	start, spans := r.r, r.spans[:0]
	for {
		s := spanOf(e, r.r-start)
		if err := r.unescape(wire, s); err != nil {
			r.err = r.faulty(e, err)
			return spans
		}
		spans = append(spans, s)
		r.late = 0
		r.consume(s.End-s.Start, 1)
		if e.Silent {
			return spans
		}
		spans = r.collectSplit(spans, wire)
		if len(spans) == cap(spans) {
			return spans
		}
		var err error
		if e, err = r.scan(); err != nil {
			if err != ErrMore && err != io.EOF {
				r.err = r.orDamage(e, err)
			}
			return spans
		}
		if e.Silent {
			return spans
		}
	}
}

// collectSplit consumes what Split finds after the last of spans.
func (r *Reader) collectSplit(spans []Span, wire []byte) []Span {
	n, at := len(spans), endOf(spans)
	// If all that is left is under the limit, so is each frame that Split finds.
	left := int64(len(wire) - at)
	if r.split == nil || n == cap(spans) || left > r.most() || r.checksInside() {
		return spans
	}
	spans = r.split.Split(wire, spans)
	if r.escaper != nil { // Scan measures the frame where this stops again, and finds the reason
		spans = spans[:n+r.unescapeAll(wire, spans[n:])]
	}
	r.consume(endOf(spans)-at, len(spans)-n)
	return spans
}

// A plainer is an Escaper that reports, for many frames at once, whether the bodies in b
// are the payloads, with nothing to unescape.
type plainer interface{ plain(b []byte) bool }

// unescapeAll unescapes the frames of spans, up to the first that fails. It returns how
// many it unescaped.
func (r *Reader) unescapeAll(wire []byte, spans []Span) int {
	if p, ok := r.escaper.(plainer); ok && len(spans) > 0 {
		first, end := spans[0].HeaderEnd, spans[len(spans)-1].BodyEnd
		if int64(end-first) <= r.most() && p.plain(wire[first:end]) {
			by := len(r.payload) - first
			r.payload = append(r.payload, wire[first:end]...)
			for _, s := range spans {
				r.bodies = append(r.bodies, Span{s.HeaderEnd + by, s.HeaderEnd + by, s.BodyEnd + by, s.BodyEnd + by})
			}
			return len(spans)
		}
	}
	for i, s := range spans {
		if r.unescape(wire, s) != nil {
			return i
		}
	}
	return len(spans)
}

// unescape appends the payload of the frame at s to those of the batch, if the framing
// escapes.
func (r *Reader) unescape(wire []byte, s Span) error {
	if r.escaper == nil {
		return nil
	}
	start := len(r.payload)
	out, err := r.escaper.Unescape(r.payload, wire[s.Start:s.HeaderEnd], wire[s.HeaderEnd:s.BodyEnd], wire[s.BodyEnd:s.End])
	if err != nil {
		return err
	}
	if int64(len(out)-start) > r.most() {
		return ErrTooLong
	}
	r.payload = out
	r.bodies = append(r.bodies, Span{start, start, len(out), len(out)})
	return nil
}

// faulty turns an error of unescape into one with its place in the stream.
func (r *Reader) faulty(e Extent, err error) error {
	if err == ErrTooLong {
		return r.over(e, e.Body)
	}
	return r.inFrame(err)
}

// batchOf returns a message as a batch.
func (r *Reader) batchOf(f Frame) Batch {
	w := append(append(append(r.joinedWire[:0], f.Header...), f.Payload...), f.Trailer...)
	r.joinedWire = w
	h := len(f.Header)
	b := Batch{Index: f.Index, Offset: f.Offset, Wire: w, Data: w, Silent: f.Silent, joined: &f}
	b.Frames = append(r.spans[:0], Span{0, h, h + len(f.Payload), len(w)})
	b.Bodies = b.Frames
	return b
}
