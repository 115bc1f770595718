package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"

	"framecat/commands/internal/hint"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A session is a connection that is served. Two kinds of goroutine take turns: one waits for
// the peer and has a small stack, the other has a worker and handles what has arrived. So ten
// thousand sessions that wait need little memory.
type session struct {
	srv    *server
	c      *link.Conn
	outbox outbox
	exec   *process
	play   *playback // answers from a recording; nil if there is none
	worker *worker   // nil while the session waits for its peer

	dialect *dialect     // nil until the framing is found; written with server.mu held
	search  *pump.Search // for the framing; nil if it is known, or nothing has arrived
	skipped int64        // bytes before the first frame
	last    hint.Frame
	memory  claim
	status  int // the status of its first failure; 0 if there was none
}

// serve begins the session of a connection that was accepted.
func (srv *server) serve(nc net.Conn, id int) {
	s := &session{srv: srv, dialect: srv.known}
	if srv.Secure != nil {
		secured, err := srv.handshake(nc)
		if err != nil {
			f := &report.Failure{Status: report.StatusIO, Text: report.Reason(err), Hints: link.TLSHints(err, true, ""), Reported: true}
			srv.fail(link.NewConn(nc, id, "", new(link.Options)), f)
			srv.ended(f)
			return
		}
		nc = secured
	}
	s.c = link.NewConn(nc, id, "", &srv.Options.Options)
	s.c.Blocks = !srv.KeepOpen || !s.c.CanWait()
	s.c.Pieces = srv.KeepOpen || srv.Exec != ""
	s.outbox.c, s.outbox.changed = s.c, srv.changed
	s.memory.Share = srv.memory.NewShare()
	if srv.Replay != nil {
		s.play = &playback{
			Replay: srv.Replay, codec: &srv.Codec, c: s.c, box: &s.outbox, out: pump.Answer{Out: srv.out, Conn: s.c},
			report: srv.Report.Fork(), stopping: srv.stopping, player: srv.Replay.Answers.Serve(),
		}
	}
	if !srv.join(s) {
		nc.Close()
		srv.ended(nil)
		return
	}
	srv.Report.Detail("%s: connected", s.c.Name())
	if s.dialect != nil {
		if err := s.startExec(s.dialect); err != nil {
			s.end(err)
			return
		}
	}
	if s.play != nil && s.play.player.Head() == nil {
		s.play.open() // the client may wait for it; an error comes again
	}
	if s.c.Blocks {
		s.wait()
	} else {
		go s.wait()
	}
}

// startExec starts the process of the session, if there is to be one. Its error has been reported.
func (s *session) startExec(d *dialect) error {
	if s.srv.Exec == "" {
		return nil
	}
	p, err := d.start(s.c, s.memory.Share)
	if err != nil {
		f := &report.Failure{Status: report.StatusIO, Text: "--exec: " + report.Reason(err), Reported: true}
		s.srv.fail(s.c, f)
		return f
	}
	s.exec = p
	return nil
}

// fail reports a failure of one connection. The exit status of the program does not change.
func (srv *server) fail(c *link.Conn, f *report.Failure) {
	srv.Report.Fork().Fail(c.Name(), f)
}

// handshake makes an accepted connection secure, within the shortest time limit that was set.
func (srv *server) handshake(nc net.Conn) (net.Conn, error) {
	ctx, late := context.Background(), link.TimeoutError{What: link.NoHandshake}
	for _, l := range []link.TimeoutError{
		{Flag: "--connect-timeout", After: srv.Connect}, {Flag: "--frame-timeout", After: srv.Deadlines.Frame}, {Flag: "--idle-timeout", After: srv.Deadlines.Idle},
	} {
		if l.After > 0 && (late.After == 0 || l.After < late.After) {
			late.Flag, late.After = l.Flag, l.After
		}
	}
	if late.After > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, late.After)
		defer cancel()
	}
	c, err := srv.Secure.Server(ctx, nc)
	if errors.Is(err, context.DeadlineExceeded) {
		err = &late
	}
	return c, err
}

// While at most fewSessions are open, a session waits in the goroutine in which it worked. With
// more sessions that would need too much memory for stacks, so that a new goroutine waits; but
// starting one takes longer than answering a message.
const fewSessions = 256

// wait waits for the peer, and then works.
func (s *session) wait() {
	if s.await() {
		s.work()
	} else {
		s.discard()
		s.end(report.ErrDone)
	}
}

// work reads the messages that have arrived, and answers them.
func (s *session) work() {
	for {
		err := s.receive()
		if err != framing.ErrWait {
			s.reportUnread(err)
			s.discard()
			s.end(err)
			return
		}
		s.release()
		if s.srv.open.Load() > fewSessions && !s.c.Blocks {
			go s.wait()
			return
		}
		if !s.await() {
			s.discard()
			s.end(report.ErrDone)
			return
		}
	}
}

// receive reads what has arrived, and answers it. It returns framing.ErrWait if it would have to
// wait.
func (s *session) receive() error {
	if s.play != nil {
		if err := s.play.open(); err != nil {
			return err
		}
		s.skipped = int64(s.play.skipped)
	}
	if s.dialect == nil {
		if err := s.find(); err != nil || s.dialect == nil {
			return err
		}
	}
	s.acquire()
	err := s.worker.frames.Receive(s.c, s.worker.reader)
	if s.status == 0 {
		s.status = s.worker.report.Status
	}
	return err
}

// reportUnread reports that bytes arrived but no frame, unless that was reported as a failure: the
// peer may use another framing. Err is how its stream ended.
func (s *session) reportUnread(err error) {
	_, _, got := s.c.Traffic()
	at := s.c.At()
	var f *report.Failure
	if got == 0 || s.worker == nil || at.Index > 0 || errors.As(err, &f) || s.srv.out.Complete() {
		return
	}
	r := s.worker.report
	if at.Held > 0 { // we end the connection
		arrived := report.Count(int64(at.Held), "byte")
		if _, need := pump.Awaited(s.worker.reader); need > 0 {
			arrived = fmt.Sprintf("%d of %s", at.Held, report.Count(need, "byte"))
		}
		r.NoteWith(s.c.Unframed(), "%s: ended inside the first frame, after %s", s.c.Name(), arrived)
	} else if r.Watched() {
		r.Note("%s: %s arrived, but no message", s.c.Name(), report.Count(got, "byte"))
	}
}

// end ends the session; err is how its peer's stream ended.
func (s *session) end(err error) {
	_, ending := s.c.Ending()
	over := err == nil || ending || errors.Is(err, report.ErrDone) && s.srv.out.Complete() // without an error
	var f *report.Failure
	failed := errors.As(err, &f) // it has been reported
	if s.exec != nil {
		// The messages before one that could not be read are still answered.
		unread := failed && (f.Status == report.StatusMalformed || f.Status == report.StatusTruncated)
		if s.exec.finish(over || unread) {
			f := &report.Failure{Status: report.StatusIO, Text: "--exec: killed after " + s.exec.linger.String() + " without output (--linger)"}
			s.srv.fail(s.c, f)
			s.status = cmp.Or(s.status, f.Status)
		}
		s.status = cmp.Or(s.status, s.exec.status)
	}
	unsent := !s.srv.KeepOpen && s.reportUnsent()
	if over {
		if !s.srv.KeepOpen && !unsent {
			s.srv.stdin.Wait(s.srv.stopping)
		}
		s.outbox.drain(s.srv.stopping)
		s.c.Deliver(s.srv.Deadlines.Frame, s.srv.stopping)
	}
	s.c.Close(err != nil)
	s.memory.Close()
	s.srv.Report.Detail("%s: closed", s.c.Name())
	s.srv.leave(s)
	if failed {
		s.status = f.Status
	}
	if s.play != nil && s.play.missed {
		s.status = cmp.Or(s.status, report.StatusUnmet)
	}
	if s.status != 0 {
		s.srv.ended(&report.Failure{Status: s.status, Reported: true})
		return
	}
	s.srv.ended(nil)
}

// ended makes room for another connection, or ends the run if there is only one.
func (srv *server) ended(err error) {
	<-srv.slots
	if !srv.KeepOpen {
		srv.only = err
		close(srv.done)
	}
}
