package commands

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"

	"framecat/commands/internal/capture"
	"framecat/framing"

	"framecat/commands/internal/report"
)

// A conversion takes messages from one framing to another: encode, decode and
// every pair of formats are this one thing.
type conversion struct {
	in     format
	sink   sink
	report *report.Reporter

	maxHeld     int64 // longest payload in memory; 0 is no limit
	maxStreamed int64 // longest body that streams through; 0 is no limit
	first, last int64 // indexes of the messages to write
	left        int64 // messages still to write
	where       *frameTest
	choice      *choice // what to read of captures; nil if inputs are none
	skip        bool    // go on after a malformed frame
	partial     *os.File
	stats       stats

	origin origin        // of the messages that are being read
	index  int64         // of the next frame, over all inputs
	batch  framing.Batch // that is being taken
	hinter hinter
}

// run converts all inputs, one after another. A bad one is reported and the rest
// still run.
func (c *conversion) run(inputs []input) error {
	for _, in := range inputs {
		if c.left == 0 || c.index > c.last {
			break
		}
		err := c.convert(in)
		if isFatal(err) {
			return err
		}
		if err := c.sink.flush(); err != nil {
			return c.ioFailure("standard output", err)
		}
		if err == report.ErrDone {
			break
		}
	}
	return c.report.Done()
}

// convert converts one input. What it returns was reported.
func (c *conversion) convert(in input) error {
	if c.choice != nil && in.recorded == nil {
		all, done, err := in.streams(*c.choice)
		defer done()
		var f *report.Failure
		switch many := oneStream(all); {
		case err != nil:
			return c.inputFailure(in, err)
		case errors.As(many, &f):
			c.report.Fail(in.shown(), f)
			return f
		case len(all) == 0:
			c.report.Note("%s: "+silence, in.shown())
			return nil
		}
		err = c.convertStream(all[0])
		if damage := all[0].recorded.damaged(); damage != nil {
			return c.inputFailure(in, damage)
		}
		return err
	}
	return c.convertStream(in)
}

func (c *conversion) convertStream(in input) error {
	src, err := in.open()
	if err != nil {
		return c.inputFailure(in, err)
	}
	defer src.close()
	c.origin = origin{file: in.label()}
	if src.recorded != nil {
		c.origin.from = src
	}
	if done, err := c.encodeFile(src, in); done {
		return err
	}
	r := framing.NewReader(src.Reader, c.in.framing)
	r.Max, r.MaxName, r.MaxStream = c.maxHeld, "--max-frame", c.maxStreamed
	r.Index, r.Offset = c.index, src.offset
	r.Idle, r.Head = c.idle, make([]byte, 0, headSize)
	_, r.StreamLarge = c.sink.(streamer)
	r.StreamLarge = r.StreamLarge && !c.where.needsPayload()
	c.hinter = newHinter(r)
	err = c.frames(r, in)
	c.index = r.Index
	c.stats.wire += r.Offset + int64(len(r.Buffered())) - src.offset
	return err
}

// idle writes what is there before the next read may block.
func (c *conversion) idle() error {
	if err := c.sink.flush(); err != nil {
		return &writeError{err}
	}
	return nil
}

// encodeFile streams a large regular file as the payload of one frame, if the
// formats allow it.
func (c *conversion) encodeFile(src *source, in input) (done bool, err error) {
	s, ok := c.sink.(*frameSink)
	size, known := in.size(src)
	if !ok || c.in.name != "raw" || !known || size <= flushAt || c.maxStreamed > 0 && size > c.maxStreamed {
		return false, nil
	}
	if _, ok := s.format.framing.(framing.Announcer); !ok {
		return false, nil
	}
	switch err := s.w.Stream(framing.Marks{}, src.Reader, size); {
	case errors.Is(err, framing.ErrPayload):
		return true, c.payloadFailure(in, nil, &misfit{c.index, src.offset, size, nil, err})
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

func (c *conversion) frames(r *framing.Reader, in input) error {
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
			if err := c.fault(r, in, fault); err != nil {
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
	if b.Silent && !c.sink.takesSilent() {
		return nil
	}
	c.origin.index = b.Index
	done, err := c.sink.write(b, c.origin)
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
	if err := c.sink.flush(); err != nil {
		return &writeError{err}
	}
	s := c.sink.(streamer)
	w, err := s.stream(r.Index)
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
	if end := s.streamed(err); err == nil && end != nil {
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
