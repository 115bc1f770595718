package serve

import (
	"framecat/commands/internal/formats"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A worker is what a session needs to read, print and answer messages. Sessions that wait
// have none: workers are pooled.
type worker struct {
	report *report.Reporter
	reader *framing.Reader
	head   []byte // room for the start of a stream
	frames *pump.Conversion
	sink   pump.ConnSink
	answer pump.Answer // where echoes are written
}

func (v *server) newWorker() *worker {
	w := &worker{report: v.Report.Fork()}
	w.report.Source = func() string { return w.sink.From.Name() }
	w.sink.Out, w.answer.Out = v.out, v.out
	w.frames = v.Incoming(&w.sink, w.report)
	v.setEcho(w)
	if !v.KeepOpen && w.sink.Back == nil && v.Exec == "" && !v.out.Quiet {
		w.frames.To = pump.OnlyConn(&w.sink)
	}
	w.reader = w.frames.NewReader(nil)
	w.head = w.reader.Head
	if v.KeepOpen {
		w.reader.Size = 64 << 10 // there may be many
	}
	return w
}

// setEcho makes new what answers with --echo.
func (v *server) setEcho(w *worker) {
	if v.Echo {
		w.sink.Back = v.Frames(formats.Frames(v.Theirs), &w.answer, w.report)
	}
}

// acquire gets the session a worker, which goes on where its stream was suspended.
func (s *session) acquire() {
	if s.worker != nil {
		return
	}
	w, _ := s.v.workers.Get().(*worker)
	if w == nil {
		w = s.v.newWorker()
	}
	s.worker = w
	w.report.Status = 0
	w.sink.From, w.answer.Conn = s.c, s.c
	if s.exec != nil {
		w.sink.Back = s.exec
	}
	w.reader.Head = nil
	w.frames.Restart(&s.v.hints)
	if at := s.c.At(); at.Index == 0 && at.Offset == 0 { // hints look at the beginning
		w.reader.Head = append(w.head[:0], at.Tail...)
	}
	s.c.Resume(w.reader)
}

// release gives the worker to others, unless it holds much of a frame.
func (s *session) release() {
	if s.c.Suspend() {
		s.v.workers.Put(s.worker)
		s.worker = nil
	}
}

// discard gives the worker to others at the end of the session, before the connection is
// closed, which may take time. Replies that were not sent yet are dropped.
func (s *session) discard() {
	w := s.worker
	s.worker = nil
	s.c.Detach()
	s.v.setEcho(w)
	s.v.workers.Put(w)
}
