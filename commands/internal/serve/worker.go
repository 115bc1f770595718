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

	session *session // whose peer is read now
	large   bool     // the buffer of the echoes has grown
}

func (d *dialect) newWorker() *worker {
	srv := d.srv
	w := &worker{report: srv.Report.Fork()}
	w.report.Source = func() string { return w.sink.From.Name() }
	w.sink.Out, w.answer.Out, w.sink.Wanted = d.out, d.out, d.Where
	w.frames = d.Incoming(&w.sink, w.report)
	d.setEcho(w)
	if !srv.KeepOpen && w.sink.Back == nil && srv.Exec == "" && srv.Replay == nil && !srv.out.Quiet {
		w.frames.To = pump.OnlyConn(&w.sink)
	}
	w.reader = w.frames.NewReader(nil)
	if srv.KeepOpen {
		w.reader.BufferSize = bufferSize
		flush := w.reader.BeforeRead
		w.reader.BeforeRead = func() error {
			if err := flush(); err != nil {
				return err
			}
			return w.session.mayRead(w.reader)
		}
	}
	return w
}

// setEcho gives the worker a new sink for the replies of --echo.
func (d *dialect) setEcho(w *worker) {
	if d.srv.Echo {
		w.large = false
		w.sink.Back = d.Frames(formats.Frames(d.Theirs), w, w.report)
	}
}

// Write writes echoes. The memory that was counted for what was received has room for an echo
// of the same size; what is more is counted here.
func (w *worker) Write(p []byte) (int, error) {
	if more := cap(p) - int(w.session.memory.buffer); more > 0 {
		w.large = w.large || cap(p) > bufferSize
		w.session.memory.Set(pump.Reply, int64(more))
	}
	return w.answer.Write(p)
}

// acquire takes a worker for the session. It goes on at the place where the stream was
// suspended.
func (s *session) acquire() {
	if s.worker != nil {
		return
	}
	w, _ := s.dialect.workers.Get().(*worker)
	if w == nil {
		w = s.dialect.newWorker()
	}
	s.worker, w.session = w, s
	s.memory.buffer = bufferSize
	w.report.Status = 0
	w.sink.From, w.answer.Conn = s.c, s.c
	if s.exec != nil {
		w.sink.Back = s.exec
	}
	if s.play != nil {
		w.sink.Back = s.play
	}
	w.frames.Restart(s.srv.hints, &s.last)
	w.reader.FirstOffset = s.skipped
	s.c.Resume(w.reader)
}

// release returns the worker to the pool, unless it holds much of a frame.
func (s *session) release() {
	if s.worker == nil { // the framing is not known yet
		s.idle()
		return
	}
	if !s.c.Suspend() {
		return
	}
	if s.exec != nil {
		s.exec.renewInput()
	}
	s.giveBack(s.worker)
	s.idle()
}

// giveBack returns a worker to the pool, without large buffers.
func (s *session) giveBack(w *worker) {
	if w.large {
		s.dialect.setEcho(w)
		s.memory.Set(pump.Reply, 0)
	}
	w.session, s.worker = nil, nil
	s.dialect.workers.Put(w)
}

// discard returns the worker to the pool at the end of the session: closing the connection may
// take time. Replies that were not sent yet are dropped.
func (s *session) discard() {
	s.c.Detach()
	w := s.worker
	if w == nil {
		return
	}
	w.reader.Reset(nil)
	w.large = true // even if it is not: what was not sent must go
	s.giveBack(w)
	s.idle()
}
