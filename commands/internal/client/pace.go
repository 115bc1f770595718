package client

import (
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A pacedSink sends messages one by one: at a rate, or each after the reply to the one before,
// or in writes that are cut on purpose.
type pacedSink struct {
	*formats.FrameSink
	client *client
	cut    *link.Cutter // nil if writes are not cut
	report *report.Reporter
	start  time.Time
	sent   int64
}

func (s *pacedSink) Inner() formats.Sink { return s.FrameSink }

func (s *pacedSink) Write(b *framing.Batch, o formats.Origin) (int, error) {
	for i := range b.Frames {
		if err := s.pause(); err != nil {
			return i, err
		}
		if i > 0 {
			s.Fill(b.Wire[b.Frames[i-1].End:b.Frames[i].Start])
		}
		one := formats.Slice(b, i, i+1)
		if s.client.roundTrips != nil {
			s.client.roundTrips.start(1)
		}
		if _, err := s.FrameSink.Write(&one, o); err != nil {
			return i, err
		}
		s.sent++
		if err := s.sentOne(); err != nil {
			return i + 1, err
		}
	}
	return len(b.Frames), nil
}

// pause waits for the time of the next message.
func (s *pacedSink) pause() error {
	rate := s.client.Rate
	if rate <= 0 {
		return nil
	}
	if s.start.IsZero() {
		s.start = time.Now()
	}
	seconds := min(float64(s.sent)/rate, 1e9) // 30 years; the limit of a Duration is 292
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
	case <-s.client.stopping:
		return report.ErrDone
	}
}

// sentOne is called after each message. In lockstep it waits for the reply.
func (s *pacedSink) sentOne() error {
	if s.cut == nil && !s.client.Lockstep {
		return nil
	}
	if err := s.FrameSink.Flush(); err != nil { // the cutter needs one frame per write
		return err
	}
	if !s.client.Lockstep {
		return nil
	}
	if s.cut != nil {
		if err := s.cut.Flush(); err != nil {
			return err
		}
	}
	return s.client.awaitReply(s.sent, s.report)
}

func (s *pacedSink) Flush() error {
	err := s.FrameSink.Flush()
	if s.cut != nil && err == nil {
		err = s.cut.Idle()
	}
	s.client.stdin.MarkSilent()
	return err
}
