package serve

import (
	"framecat/commands/internal/formats"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A worker holds what a session needs to read, print and answer messages. Workers are pooled:
// a session that waits for its peer has none.
type worker struct {
	report *report.Reporter
	reader *framing.Reader
	frames *pump.Conversion
	sink   pump.ConnSink
	answer pump.Answer // where echoes are written
}

func (srv *server) newWorker() *worker {
	w := &worker{report: srv.Report.Fork()}
	w.report.Source = func() string { return w.sink.From.Name() }
	w.sink.Out, w.answer.Out = srv.out, srv.out
	w.frames = srv.Incoming(&w.sink, w.report)
	srv.setEcho(w)
	if !srv.KeepOpen && w.sink.Back == nil && srv.Exec == "" && !srv.out.Quiet {
		w.frames.To = pump.OnlyConn(&w.sink)
	}
	w.reader = w.frames.NewReader(nil)
	if srv.KeepOpen {
		w.reader.BufferSize = 64 << 10 // small, because there may be many workers
	}
	return w
}

// setEcho gives the worker a new sink for the replies of --echo.
func (srv *server) setEcho(w *worker) {
	if srv.Echo {
		w.sink.Back = srv.Frames(formats.Frames(srv.Theirs), &w.answer, w.report)
	}
}

// acquire takes a worker for the session. It goes on at the place where the stream was
// suspended.
func (s *session) acquire() {
	if s.worker != nil {
		return
	}
	w, _ := s.srv.workers.Get().(*worker)
	if w == nil {
		w = s.srv.newWorker()
	}
	s.worker = w
	w.report.Status = 0
	w.sink.From, w.answer.Conn = s.c, s.c
	if s.exec != nil {
		w.sink.Back = s.exec
	}
	w.frames.Restart(s.srv.hints, &s.last)
	s.c.Resume(w.reader)
}

// release returns the worker to the pool, unless it holds much of a frame.
func (s *session) release() {
	if s.c.Suspend() {
		s.srv.workers.Put(s.worker)
		s.worker = nil
	}
}

// discard returns the worker to the pool at the end of the session: closing the connection may
// take time. Replies that were not sent yet are dropped.
func (s *session) discard() {
	w := s.worker
	s.worker = nil
	s.c.Detach()
	s.srv.setEcho(w)
	s.srv.workers.Put(w)
}
