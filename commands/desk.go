package commands

import (
	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A desk is what a session works with: sessions that wait have none.
type desk struct {
	report *report.Reporter
	reader *framing.Reader
	head   [hint.HeadSize]byte
	frames conversion
	sink   connSink
	echo   *formats.FrameSink // nil without --echo
	answer answer             // where it writes
}

func (v *server) newDesk() *desk {
	d := &desk{report: v.report.Fork()}
	d.report.Source = func() string { return d.sink.from.Name() }
	d.frames = conversion{
		in:     formats.Frames(v.o.theirs),
		report: d.report, maxHeld: v.o.maxHeld, maxStreamed: v.o.maxStreamed, last: all, left: all,
	}
	d.sink.out, d.answer.out = v.out, v.out
	d.frames.sink = &d.sink
	v.layEcho(d)
	_, streams := v.out.sink.(formats.Streamer)
	if streams && !v.o.keepOpen && d.sink.back == nil && v.o.exec == "" && !v.out.quiet {
		d.frames.sink = &passSink{&d.sink}
	}
	d.reader = newFrames(nil, &d.frames)
	if v.o.keepOpen {
		d.reader.Size = 64 << 10 // there may be many
	}
	return d
}

// layEcho lays out what answers with --echo.
func (v *server) layEcho(d *desk) {
	if v.o.echo {
		d.echo = v.o.frames(d.frames.in, &d.answer, d.report)
		d.sink.back = d.echo
	}
}

// sit gets the session a desk, where its stream goes on.
func (s *session) sit() {
	if s.desk != nil {
		return
	}
	d, _ := s.v.desks.Get().(*desk)
	if d == nil {
		d = s.v.newDesk()
	}
	s.desk = d
	d.report.Status = 0
	d.sink.from, d.answer.c = s.c, s.c
	if s.exec != nil {
		d.sink.back = s.exec
	}
	d.reader.Head, d.frames.hinter = nil, hint.NewShared(&s.v.hints)
	if at := s.c.At(); at.Index == 0 && at.Offset == 0 { // hints look at the beginning
		d.reader.Head = append(d.head[:0], at.Tail...)
	}
	s.c.Resume(d.reader)
}

// leaveDesk gives the desk to others, unless much of a frame lies on it.
func (s *session) leaveDesk() {
	if !s.c.Suspend() {
		return
	}
	s.v.desks.Put(s.desk)
	s.desk = nil
}

// clearDesk gives the desk to others at the end of the session: closing a connection may
// take its time. What was to be said to this peer is not said to another.
func (s *session) clearDesk() {
	d := s.desk
	s.desk = nil
	s.c.Detach()
	s.v.layEcho(d)
	s.v.desks.Put(d)
}
