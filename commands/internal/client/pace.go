package client

import (
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A pacedSink sends messages one by one: at a rate, each after the reply to the one
// before, or in writes that are cut on purpose.
type pacedSink struct {
	*formats.FrameSink
	x     *client
	cut   *link.Cutter // nil if frames are written as they come
	start time.Time
	sent  int64
}

func (s *pacedSink) Inner() formats.Sink { return s.FrameSink }

func (s *pacedSink) Write(b *framing.Batch, o formats.Origin) (int, error) {
	for i := range b.Frames {
		if err := s.pause(); err != nil {
			return i, err
		}
		one := b.Slice(i, i+1)
		if s.x.trips != nil {
			s.x.trips.began(1)
		}
		if _, err := s.FrameSink.Write(&one, o); err != nil {
			return i, err
		}
		s.sent++
		if err := s.each(); err != nil {
			return i + 1, err
		}
	}
	return len(b.Frames), nil
}

// pause waits for the time of the next message.
func (s *pacedSink) pause() error {
	rate := s.x.Rate
	if rate <= 0 {
		return nil
	}
	if s.start.IsZero() {
		s.start = time.Now()
	}
	seconds := min(float64(s.sent)/rate, 1e9) // 30 years: a Duration holds no 300
	due := s.start.Add(time.Duration(seconds * float64(time.Second)))
	if time.Until(due) <= 0 {
		return nil
	}
	if err := s.Flush(); err != nil {
		return err
	}
	select {
	case <-time.After(time.Until(due)):
		return nil
	case <-s.x.stopping:
		return report.ErrDone
	}
}

// each is called after each message.
func (s *pacedSink) each() error {
	if s.cut == nil && !s.x.Lockstep {
		return nil
	}
	if err := s.FrameSink.Flush(); err != nil { // the cutter takes frame by frame
		return err
	}
	if !s.x.Lockstep {
		return nil
	}
	if s.cut != nil {
		if err := s.cut.Flush(); err != nil {
			return err
		}
	}
	return s.x.awaitReply(s.sent)
}

func (s *pacedSink) Flush() error {
	err := s.FrameSink.Flush()
	if s.cut != nil && err == nil {
		err = s.cut.Idle()
	}
	s.x.stdin.Waits()
	return err
}
