package pump

import (
	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
)

// Interrupt ends a run that a signal has stopped: a message that is only partly written is
// taken back, its bytes are kept in the file of --partial, and the counts are brought up to
// date. Nothing else may use the Conversion any more.
func (c *Conversion) Interrupt() error {
	switch to := c.To.(type) {
	case formats.Streamer:
		if c.streaming {
			if err := to.Streamed(report.ErrDone); err != nil {
				return err
			}
		}
	case *formats.FrameSink:
		if err := to.TakeBack(); err != nil {
			return err
		}
	}
	r := c.reader
	if r == nil {
		if c.fileRead != nil {
			c.Stats.wire += c.fileRead()
		}
		return nil
	}
	c.countRead()
	if len(r.Buffered()) == 0 {
		return nil
	}
	e, _ := CutFrame(r)
	if c.streaming {
		e.Sent = 1 // its first bytes are in the file of --partial already
	}
	return c.keepPartial(r, e)
}

// countRead adds to the counts what the Reader has read.
func (c *Conversion) countRead() {
	c.Stats.wire += c.reader.Offset() + int64(len(c.reader.Buffered())) - c.reader.FirstOffset
	c.reader = nil
}
