package pump

import (
	"errors"
	"io"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// Next reads the next frames and writes their messages: all frames that are in the buffer, or
// one large frame piece by piece.
func (c *Conversion) Next(r *framing.Reader) (err error) {
	c.batch, err = r.NextBatch()
	switch {
	case err != nil:
	case len(c.batch.Frames) > 0:
		c.hinter.Saw(&c.batch)
		if c.Skip && c.From.Spec {
			c.noteSwallowed(&c.batch)
		}
		err = c.take(&c.batch)
	default:
		err = c.takeLarge(r)
	}
	if err == nil && c.enough(r) {
		return report.ErrDone
	}
	return err
}

// take writes the messages of a batch that meet the tests of --where, run by run.
func (c *Conversion) take(b *framing.Batch) error {
	if c.Where == nil {
		return c.takeRun(b)
	}
	for i := 0; i < len(b.Frames); {
		j, wanted := c.Where.run(b, i, b.Index)
		if wanted {
			run := formats.Slice(b, i, j)
			if err := c.takeRun(&run); err != nil {
				return err
			}
		}
		i = j
	}
	return nil
}

// takeRun writes the messages of a batch whose numbers are wanted. Between two of them a signal can
// end the run if they take long.
func (c *Conversion) takeRun(b *framing.Batch) error {
	if _, slow := c.To.(formats.SlowSink); !slow {
		return c.takeAll(b)
	}
	for i := range b.Frames {
		one := formats.Slice(b, i, i+1)
		if err := c.takeAll(&one); err != nil {
			return err
		}
		c.Gate.Leave()
		c.Gate.Enter()
	}
	return nil
}

// takeAll writes the messages of a batch whose numbers are wanted. With Skip, it reports those
// that do not fit the output format, and goes on.
func (c *Conversion) takeAll(b *framing.Batch) error {
	for {
		done, err := c.takeFit(b)
		if err == nil || !c.Skip {
			return err
		}
		var bad *unfit
		if !errors.As(err, &bad) {
			return err
		}
		if err := c.payloadFailure(c.reader, bad); IsFatal(err) {
			return err
		}
		rest := formats.Slice(b, done+1, len(b.Frames))
		b = &rest
	}
}

// takeFit writes the messages of a batch whose numbers are wanted. If one does not fit the output
// format, its error is an *unfit, and n is the place of that message in the batch.
func (c *Conversion) takeFit(b *framing.Batch) (n int, err error) {
	count := int64(len(b.Frames))
	from := min(max(c.First-b.Index, 0), count)
	to := count
	if c.Last-b.Index < count {
		to = max(c.Last-b.Index+1, 0)
	}
	to = min(to, from+min(c.Left, count))
	if from >= to {
		return 0, nil
	}
	if from > 0 || to < count {
		part := formats.Slice(b, int(from), int(to))
		b = &part
	}
	if b.Silent && !c.To.TakesSilent() {
		return 0, nil
	}
	c.origin.Index = b.Index
	done, err := c.To.Write(b, c.origin)
	c.Left -= int64(done)
	c.Stats.add(b, done)
	n = int(from) + done
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, framing.ErrPayload):
		f := b.Frame(done)
		return n, &unfit{f.Index, f.Offset, int64(len(f.Payload)), f.Payload, err}
	}
	return n, &writeError{err}
}

// takeLarge passes a large message on piece by piece.
func (c *Conversion) takeLarge(r *framing.Reader) error {
	f, body, err := r.NextReader()
	if err != nil {
		return err
	}
	if err := c.passOn(f, body); err != nil {
		return err
	}
	c.hinter.SawFrame(f)
	return nil
}

// wants reports whether a large message is to be passed on. It may read the start of the body,
// and returns a reader of the whole body.
func (c *Conversion) wants(f framing.Frame, body io.Reader) (bool, io.Reader) {
	if f.Index < c.First || f.Index > c.Last {
		return false, body
	}
	test := c.Where
	to, live := c.To.(*streamingSink)
	if live {
		test, f.Index = to.Wanted, to.Out.index
	}
	if test == nil {
		return true, body
	}
	size := StreamedSize(f)
	f, body = Opening(test.kind, f, body)
	wanted := test.Holds(f, size)
	if live && !wanted {
		to.Out.index++
	}
	return wanted, body
}

// passOn passes on a large message, with its body.
func (c *Conversion) passOn(f framing.Frame, body io.Reader) error {
	wanted, body := c.wants(f, body)
	if !wanted {
		_, err := io.Copy(io.Discard, body)
		return err
	}
	if err := c.To.Flush(); err != nil {
		return &writeError{err}
	}
	s := c.To.(formats.Streamer)
	w, err := s.Stream(f.Index)
	if err != nil {
		return &writeError{err}
	}
	c.streaming = true
	if c.Partial != nil { // save the bytes of the frame too, until the frame is complete
		if err := c.beginPartial(f.Header); err != nil {
			return &writeError{err}
		}
		w = io.MultiWriter(w, c.Partial)
	}
	_, err = io.Copy(w, body)
	c.streaming = false
	if end := s.Streamed(err); err == nil && end != nil {
		return &writeError{end}
	}
	var e *framing.Error
	if c.Partial != nil && !(errors.As(err, &e) && e.Fault == framing.Truncated) {
		if err := c.dropPartial(); err != nil {
			return &writeError{err}
		}
	}
	if err != nil && e == nil && !isReadError(err) {
		return &writeError{err}
	}
	if err != nil {
		return err
	}
	c.Left--
	c.Stats.addOne(f.Size - int64(len(f.Header)) - int64(len(f.Trailer)))
	return nil
}
