package framing

import "io"

// NextBatch returns the frames that have arrived, at least one. Errors are those
// of Next, after the frames before them, and ErrLarge with StreamLarge set.
func (r *Reader) NextBatch() (Batch, error) {
	if r.spans == nil {
		r.spans = make([]Span, 0, batchSize)
	}
	e, err := r.await(true)
	if err != nil {
		return Batch{}, err
	}
	b := Batch{Index: r.Index, Offset: r.Offset, Wire: r.buf[r.r:r.w], Silent: e.Silent}
	r.payload, r.bodies = r.payload[:0], r.bodies[:0]
	b.Frames = r.collect(e, b.Wire)
	if len(b.Frames) == 0 {
		return Batch{}, r.err
	}
	b.Data, b.Bodies = b.Wire, b.Frames
	if r.escaper != nil {
		b.Data, b.Bodies = r.payload, r.bodies
	}
	return b, nil
}

// collect consumes the whole frames at the start of the buffer, wire, of which e
// is the first. It stops at an error, which sticks and is returned in its turn. A
// silent frame stands alone.
func (r *Reader) collect(e Extent, wire []byte) []Span {
	start, spans := r.r, r.spans[:0]
	for {
		s := spanOf(e, r.r-start)
		if err := r.unescape(wire, s); err != nil {
			r.err = r.faulty(e, err)
			return spans
		}
		spans = append(spans, s)
		r.consume(s.Trailer-s.Start, 1)
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
				r.err = err
			}
			return spans
		}
		if e.Silent {
			return spans
		}
	}
}

// collectSplit consumes what Split finds behind the last of spans.
func (r *Reader) collectSplit(spans []Span, wire []byte) []Span {
	n, at := len(spans), endOf(spans)
	// No frame that Split finds can be over the limit if all that is left isn't.
	left := int64(len(wire) - at)
	if r.split == nil || n == cap(spans) || r.Max > 0 && left > r.Max || r.StreamLarge && r.MaxStream > 0 && left > r.MaxStream {
		return spans
	}
	spans = r.split.Split(wire, spans)
	if r.escaper != nil { // where it stops, Scan finds the frame again and tells why
		spans = spans[:n+r.unescapeAll(wire, spans[n:])]
	}
	r.consume(endOf(spans)-at, len(spans)-n)
	return spans
}

// A plainer is an Escaper that tells of many frames at once whether the bodies in b
// are the payloads.
type plainer interface{ plain(b []byte) bool }

// unescapeAll is unescape for frames that follow each other, up to one that fails.
// It returns how many it did.
func (r *Reader) unescapeAll(wire []byte, spans []Span) int {
	if p, ok := r.escaper.(plainer); ok && len(spans) > 0 {
		first, end := spans[0].Header, spans[len(spans)-1].Body
		if p.plain(wire[first:end]) {
			by := len(r.payload) - first
			r.payload = append(r.payload, wire[first:end]...)
			for _, s := range spans {
				r.bodies = append(r.bodies, Span{s.Header + by, s.Header + by, s.Body + by, s.Body + by})
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

// unescape appends the payload of the frame at s to the batch's, if it has to be
// unescaped.
func (r *Reader) unescape(wire []byte, s Span) error {
	if r.escaper == nil {
		return nil
	}
	start := len(r.payload)
	out, err := r.escaper.Unescape(r.payload, wire[s.Start:s.Header], wire[s.Header:s.Body], wire[s.Body:s.Trailer])
	if err != nil {
		return err
	}
	if r.Max > 0 && int64(len(out)-start) > r.Max {
		return ErrTooLong
	}
	r.payload = out
	r.bodies = append(r.bodies, Span{start, start, len(out), len(out)})
	return nil
}

// faulty places an error of unescape.
func (r *Reader) faulty(e Extent, err error) error {
	if err == ErrTooLong {
		return r.over(e, e.Body, r.Max)
	}
	return r.inFrame(err)
}

func spanOf(e Extent, at int) Span {
	h := at + e.Header
	b := h + int(e.Body)
	return Span{at, h, b, b + e.Trailer}
}

// endOf is where the last of spans ends, and the next begins.
func endOf(spans []Span) int {
	if len(spans) == 0 {
		return 0
	}
	return spans[len(spans)-1].Trailer
}

// Frame returns the i-th frame of the batch.
func (b *Batch) Frame(i int) Frame {
	s, p := b.Frames[i], b.Bodies[i]
	return Frame{
		Index: b.Index + int64(i), Offset: b.Offset + int64(s.Start), Wire: int64(s.Trailer - s.Start),
		Header: b.Wire[s.Start:s.Header:s.Header], Body: b.Wire[s.Header:s.Body:s.Body], Trailer: b.Wire[s.Body:s.Trailer:s.Trailer],
		Payload: b.Data[p.Header:p.Body:p.Body], Silent: b.Silent,
	}
}

// Slice returns frames i to j of the batch, j not included.
func (b *Batch) Slice(i, j int) Batch {
	c := *b
	c.Index += int64(i)
	c.Frames, c.Bodies = b.Frames[i:j], b.Bodies[i:j]
	return c
}
