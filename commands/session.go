package commands

import (
	"cmp"
	"context"
	"errors"
	"net"

	"framecat/framing"

	"framecat/commands/internal/report"

	"framecat/commands/internal/link"
)

// A session is a connection that listen serves. It takes turns: a goroutine that waits
// for the peer and has next to nothing on its stack, and one that has a desk and does
// what has to be done. So ten thousand that wait are small.
type session struct {
	v      *server
	c      *link.Conn
	box    outbox
	exec   *process
	desk   *desk // nil while the session waits and needs none
	status int   // of its first failure
}

// serve begins the session of a connection that was accepted.
func (v *server) serve(nc net.Conn, id int) {
	s := &session{v: v}
	if v.o.secure != nil {
		secured, err := v.handshake(nc)
		if err != nil {
			f := &report.Failure{Status: report.StatusIO, Text: report.Reason(err), Hints: link.TLSHints(err, true), Reported: true}
			v.tell(link.NewConn(nc, id, "", link.Limits{}), f)
			v.ended(f)
			return
		}
		nc = secured
	}
	s.c = link.NewConn(nc, id, "", v.o.limits)
	s.c.Blocks = !v.o.keepOpen || !s.c.CanWait()
	s.box.c, s.box.moved = s.c, v.came
	if !v.join(s) {
		nc.Close()
		v.ended(nil)
		return
	}
	v.report.Detail("%s: connected", s.c.Name())
	if v.o.exec != "" {
		p, err := v.start(s.c)
		if err != nil {
			f := &report.Failure{Status: report.StatusIO, Text: "--exec: " + report.Reason(err), Reported: true}
			v.tell(s.c, f)
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

// tell reports a failure of one connection; its status is not that of all.
func (v *server) tell(c *link.Conn, f *report.Failure) {
	v.report.Fork().Fail(c.Name(), f)
}

func (v *server) handshake(nc net.Conn) (net.Conn, error) {
	ctx, late := context.Background(), link.TimeoutError{What: link.NoHandshake}
	for _, l := range []link.TimeoutError{
		{Flag: "--connect-timeout", After: v.o.connect}, {Flag: "--frame-timeout", After: v.o.limits.Frame}, {Flag: "--idle-timeout", After: v.o.limits.Idle},
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
	c, err := v.o.secure.Server(ctx, nc)
	if errors.Is(err, context.DeadlineExceeded) {
		err = &late
	}
	return c, err
}

// crowd is how many sessions may wait on the stack that they worked on: changing over
// to a new goroutine wakes other threads, and takes longer than an answer.
const crowd = 256

// wait is the turn of the goroutine that waits.
func (s *session) wait() {
	s.c.Wait()
	s.work()
}

// work takes the messages that are there, and answers them.
func (s *session) work() {
	for {
		s.sit()
		err := receive(s.c, &s.desk.frames, s.desk.reader)
		if s.status == 0 {
			s.status = s.desk.report.Status
		}
		if err != framing.ErrWait {
			s.clearDesk()
			s.end(err)
			return
		}
		s.leaveDesk()
		if s.v.open.Load() > crowd {
			go s.wait()
			return
		}
		s.c.Wait()
	}
}

// end ends the session; err tells how its peer's stream ended.
func (s *session) end(err error) {
	_, ending := s.c.Ending()
	over := err == nil || ending // there was no trouble
	if s.exec != nil {
		if s.exec.finish(over) {
			f := &report.Failure{Status: report.StatusIO, Text: "--exec: silent for --linger " + s.exec.linger.String() + " after its input had ended: ended"}
			s.v.tell(s.c, f)
			s.status = cmp.Or(s.status, f.Status)
		}
		s.status = cmp.Or(s.status, s.exec.status)
	}
	if over {
		if !s.v.o.keepOpen {
			s.v.input.wait(s.v.stopping)
		}
		s.box.empty()
	}
	s.c.Close(err != nil)
	s.v.report.Detail("%s: closed", s.c.Name())
	s.v.leave(s)
	var f *report.Failure
	if errors.As(err, &f) { // it was told
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
	if !v.o.keepOpen {
		v.only = err
		close(v.done)
	}
}
