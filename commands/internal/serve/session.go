package serve

import (
	"cmp"
	"context"
	"errors"
	"net"

	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A session is a connection that is served. Two kinds of goroutine take turns: one waits
// for the peer and has next to nothing on its stack, the other has a worker and does what
// there is to do. So ten thousand sessions that wait need little memory.
type session struct {
	v      *server
	c      *link.Conn
	outbox outbox
	exec   *process
	worker *worker // nil while the session waits and needs none
	status int     // of its first failure
}

// serve begins the session of a connection that was accepted.
func (v *server) serve(nc net.Conn, id int) {
	s := &session{v: v}
	if v.Secure != nil {
		secured, err := v.handshake(nc)
		if err != nil {
			f := &report.Failure{Status: report.StatusIO, Text: report.Reason(err), Hints: link.TLSHints(err, true), Reported: true}
			v.fail(link.NewConn(nc, id, "", new(link.Options)), f)
			v.ended(f)
			return
		}
		nc = secured
	}
	s.c = link.NewConn(nc, id, "", &v.Options.Options)
	s.c.Blocks = !v.KeepOpen || !s.c.CanWait()
	s.outbox.c, s.outbox.moved = s.c, v.moved
	if !v.join(s) {
		nc.Close()
		v.ended(nil)
		return
	}
	v.Report.Detail("%s: connected", s.c.Name())
	if v.Exec != "" {
		p, err := v.start(s.c)
		if err != nil {
			f := &report.Failure{Status: report.StatusIO, Text: "--exec: " + report.Reason(err), Reported: true}
			v.fail(s.c, f)
			s.end(f)
			return
		}
		s.exec = p
	}
	if s.c.Blocks {
		s.work()
	} else {
		go s.wait()
	}
}

// fail reports a failure of one connection; its status is not that of the program.
func (v *server) fail(c *link.Conn, f *report.Failure) {
	v.Report.Fork().Fail(c.Name(), f)
}

func (v *server) handshake(nc net.Conn) (net.Conn, error) {
	ctx, late := context.Background(), link.TimeoutError{What: link.NoHandshake}
	for _, l := range []link.TimeoutError{
		{Flag: "--connect-timeout", After: v.Connect}, {Flag: "--frame-timeout", After: v.Deadlines.Frame}, {Flag: "--idle-timeout", After: v.Deadlines.Idle},
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
	c, err := v.Secure.Server(ctx, nc)
	if errors.Is(err, context.DeadlineExceeded) {
		err = &late
	}
	return c, err
}

// inPlace is how many sessions may wait on the stack that they worked on: changing over
// to a new goroutine wakes other threads, and takes longer than an answer.
const inPlace = 256

// wait waits for the peer, and then works.
func (s *session) wait() {
	s.c.Wait()
	s.work()
}

// work takes the messages that are there, and answers them.
func (s *session) work() {
	for {
		s.acquire()
		err := s.worker.frames.Receive(s.c, s.worker.reader)
		if s.status == 0 {
			s.status = s.worker.report.Status
		}
		if err != framing.ErrWait {
			s.discard()
			s.end(err)
			return
		}
		s.release()
		if s.v.open.Load() > inPlace {
			go s.wait()
			return
		}
		s.c.Wait()
	}
}

// end ends the session; err says how its peer's stream ended.
func (s *session) end(err error) {
	_, ending := s.c.Ending()
	over := err == nil || ending // there was no trouble
	if s.exec != nil {
		if s.exec.finish(over) {
			f := &report.Failure{Status: report.StatusIO, Text: "--exec: killed after " + s.exec.linger.String() + " without output (--linger)"}
			s.v.fail(s.c, f)
			s.status = cmp.Or(s.status, f.Status)
		}
		s.status = cmp.Or(s.status, s.exec.status)
	}
	if over {
		if !s.v.KeepOpen {
			s.v.stdin.Wait(s.v.stopping)
		}
		s.outbox.empty()
	}
	s.c.Close(err != nil)
	s.v.Report.Detail("%s: closed", s.c.Name())
	s.v.leave(s)
	var f *report.Failure
	if errors.As(err, &f) { // it was reported
		s.status = f.Status
	}
	if s.status != 0 {
		s.v.ended(&report.Failure{Status: s.status, Reported: true})
		return
	}
	s.v.ended(nil)
}

// ended makes room for another connection; or it was the only one.
func (v *server) ended(err error) {
	<-v.slots
	if !v.KeepOpen {
		v.only = err
		close(v.done)
	}
}
