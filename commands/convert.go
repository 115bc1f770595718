package commands

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A conversion takes messages from one framing to another: encode, decode and
// every pair of formats are this one thing.
type conversion struct {
	in     formats.Format
	sink   formats.Sink
	report *report.Reporter

	maxHeld     int64 // longest payload in memory; 0 is no limit
	maxStreamed int64 // longest body that streams through; 0 is no limit
	first, last int64 // indexes of the messages to write
	left        int64 // messages still to write
	where       *frameTest
	choice      *input.Choice // what to read of captures; nil if inputs are none
	skip        bool          // go on after a malformed frame
	partial     *os.File
	stats       stats

	origin formats.Origin // of the messages that are being read
	index  int64          // of the next frame, over all inputs
	batch  framing.Batch  // that is being taken
	hinter hint.Hinter
}

// run converts all inputs, one after another. A bad one is reported and the rest
// still run.
func (c *conversion) run(inputs []input.Input) error {
	for _, in := range inputs {
		if c.left == 0 || c.index > c.last {
			break
		}
		err := c.convert(in)
		if isFatal(err) {
			return err
		}
		if err := c.sink.Flush(); err != nil {
			return c.ioFailure("standard output", err)
		}
		if err == report.ErrDone {
			break
		}
	}
	return c.report.Done()
}

// convert converts one input. What it returns was reported.
func (c *conversion) convert(in input.Input) error {
	if c.choice != nil && in.Recorded == nil {
		all, done, err := in.Streams(*c.choice)
		defer done()
		var f *report.Failure
		switch many := input.OneStream(all); {
		case err != nil:
			return c.inputFailure(in, err)
		case errors.As(many, &f):
			c.report.Fail(in.Shown(), f)
			return f
		case len(all) == 0:
			c.report.Note("%s: "+input.Silence, in.Shown())
			return nil
		}
		err = c.convertStream(all[0])
		if damage := all[0].Recorded.Damaged(); damage != nil {
			return c.inputFailure(in, damage)
		}
		return err
	}
	return c.convertStream(in)
}

func (c *conversion) convertStream(in input.Input) error {
	src, err := in.Open()
	if err != nil {
		return c.inputFailure(in, err)
	}
	defer src.Close()
	c.origin = formats.Origin{File: in.Label()}
	if src.Recorded != nil {
		c.origin.From = src
	}
	if done, err := c.encodeFile(src, in); done {
		return err
	}
	r := framing.NewReader(src.Reader, c.in.Framing)
	r.Max, r.MaxName, r.MaxStream = c.maxHeld, "--max-frame", c.maxStreamed
	r.Index, r.Offset = c.index, src.Offset
	r.Idle, r.Head = c.idle, make([]byte, 0, hint.HeadSize)
	_, r.StreamLarge = c.sink.(formats.Streamer)
	r.StreamLarge = r.StreamLarge && !c.where.needsPayload()
	c.hinter = hint.New(r)
	err = c.frames(r, in)
	c.index = r.Index
	c.stats.wire += r.Offset + int64(len(r.Buffered())) - src.Offset
	return err
}

// idle writes what is there before the next read may block.
func (c *conversion) idle() error {
	if err := c.sink.Flush(); err != nil {
		return &writeError{err}
	}
	return nil
}

// encodeFile streams a large regular file as the payload of one frame, if the
// formats allow it.
func (c *conversion) encodeFile(src *input.Source, in input.Input) (done bool, err error) {
	s, ok := c.sink.(*formats.FrameSink)
	size, known := in.Size(src)
	if !ok || c.in.Name != "raw" || !known || size <= formats.FlushAt || c.maxStreamed > 0 && size > c.maxStreamed {
		return false, nil
	}
	if _, ok := s.Format.Framing.(framing.Announcer); !ok {
		return false, nil
	}
	switch err := s.W.Stream(framing.Marks{}, src.Reader, size); {
	case errors.Is(err, framing.ErrPayload):
		return true, c.payloadFailure(in, nil, &misfit{c.index, src.Offset, size, nil, err})
	case isReadError(err):
		return true, c.inputFailure(in, err)
	case err != nil:
		return true, c.ioFailure("standard output", err)
	}
	c.index++
	c.left--
	c.stats.addOne(size)
	c.stats.wire += size
	return true, nil
}

// isReadError tells trouble with the input from trouble with the output.
func isReadError(err error) bool {
	var p *fs.PathError
	return err == io.ErrUnexpectedEOF || errors.As(err, &p) && p.Op == "read"
}

func (c *conversion) frames(r *framing.Reader, in input.Input) error {
	for {
		var err error
		if c.batch, err = r.NextBatch(); err == nil {
			err = c.take(&c.batch)
		} else if err == framing.ErrLarge {
			err = c.takeLarge(r)
		} else if err == framing.ErrWait {
			return err // to be called again once there is something
		}
		if err == nil {
			if c.left > 0 && r.Index <= c.last {
				continue
			}
			return report.ErrDone
		}
		if err == io.EOF {
			return nil
		}
		var fault *framing.Error
		var gap *capture.Gap
		switch {
		case errors.As(err, &gap):
			if err := c.gap(r, in, gap); err != nil {
				return err
			}
		case errors.As(err, &fault):
			if err := c.Fault(r, in, fault); err != nil {
				return err
			}
		case errors.Is(err, framing.ErrPayload):
			return c.payloadFailure(in, r, err)
		default:
			c.unfinished(r, err)
			return c.readOrWriteFailure(in, err)
		}
	}
}

// take writes the messages of a batch that meet the conditions, run by run.
func (c *conversion) take(b *framing.Batch) error {
	if c.where == nil {
		return c.takeRun(b)
	}
	for i := 0; i < len(b.Frames); {
		j := i
		for j < len(b.Frames) && c.where.holds(b.Frame(j)) {
			j++
		}
		if i < j {
			run := b.Slice(i, j)
			if err := c.takeRun(&run); err != nil {
				return err
			}
		}
		i = max(j, i+1)
	}
	return nil
}

// takeRun writes the messages of a batch that were asked for by number.
func (c *conversion) takeRun(b *framing.Batch) error {
	n := int64(len(b.Frames))
	from := min(max(c.first-b.Index, 0), n)
	to := n
	if c.last-b.Index < n {
		to = max(c.last-b.Index+1, 0)
	}
	if from >= to {
		return nil
	}
	if c.left < to-from {
		to = from + c.left
	}
	if from > 0 || to < n {
		part := b.Slice(int(from), int(to))
		b = &part
	}
	if b.Silent && !c.sink.TakesSilent() {
		return nil
	}
	c.origin.Index = b.Index
	done, err := c.sink.Write(b, c.origin)
	c.left -= int64(done)
	c.stats.add(b, done)
	if err != nil && errors.Is(err, framing.ErrPayload) {
		f := b.Frame(done)
		return &misfit{f.Index, f.Offset, int64(len(f.Payload)), f.Payload, err}
	}
	if err != nil {
		return &writeError{err}
	}
	return nil
}

// takeLarge passes a large message on piece by piece.
func (c *conversion) takeLarge(r *framing.Reader) error {
	header, _ := r.Large()
	if r.Index < c.first || r.Index > c.last || !c.where.holds(framing.Frame{Header: header}) {
		_, err := r.CopyNext(io.Discard)
		return err
	}
	if err := c.sink.Flush(); err != nil {
		return &writeError{err}
	}
	s := c.sink.(formats.Streamer)
	w, err := s.Stream(r.Index)
	if err != nil {
		return &writeError{err}
	}
	if c.partial != nil { // the frame's bytes, until it is known to be finished
		if err := empty(c.partial); err != nil {
			return &writeError{err}
		}
		if _, err := c.partial.Write(header); err != nil {
			return &writeError{err}
		}
		w = io.MultiWriter(w, c.partial)
	}
	f, err := r.CopyNext(w)
	if end := s.Streamed(err); err == nil && end != nil {
		return &writeError{end}
	}
	var e *framing.Error
	if c.partial != nil && !(errors.As(err, &e) && e.Kind == framing.Truncated) {
		if err := empty(c.partial); err != nil {
			return &writeError{err}
		}
	}
	if err != nil && e == nil && !isReadError(err) {
		return &writeError{err}
	}
	if err != nil {
		return err
	}
	c.left--
	c.stats.addOne(f.Wire - int64(len(f.Header)) - int64(len(f.Trailer)))
	return nil
}

// all is the selection of every message.
const all = math.MaxInt64
