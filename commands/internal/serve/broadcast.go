package serve

import (
	"errors"
	"os"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
)

const (
	stuckTime = time.Second // how long a connection may read nothing while others wait for it
)

// sendStdin sends the messages of standard input to all connections.
func (srv *server) sendStdin(stdin *os.File) {
	defer close(srv.stdin.Over)
	if _, err := stdin.Stat(); err != nil || inBackground(stdin) {
		return // there is no standard input, or reading it would stop the program
	}
	r := srv.Report.Fork()
	var to formats.Sink
	if srv.Ours != nil {
		to = srv.Frames(srv.In, broadcaster{srv: srv}, r)
	} else {
		to = &spread{srv: srv, report: r}
	}
	out := srv.Outgoing(srv.In, srv.stdin.Sink(to), r)
	if err := out.Run(input.Files(nil, stdin, 0, -1)); !errors.Is(err, report.ErrDone) {
		srv.stdin.Err = err
	}
}

// A broadcaster writes to all connections, or to those of one dialect. It waits until there is one, and for those that
// read slowly. A connection that reads nothing while others wait is closed after stuckTime.
type broadcaster struct {
	srv *server
	to  *dialect // nil is all
}

func (b broadcaster) Write(p []byte) (int, error) {
	part := append([]byte(nil), p...)
	sent := false
	for {
		full, open := 0, 0
		b.srv.mu.Lock()
		for s := range b.srv.conns {
			if b.to != nil && s.dialect != b.to {
				continue
			}
			if !sent {
				s.outbox.put(outgoing{p: part})
			}
			if open++; s.outbox.full() {
				full++
			}
		}
		for s := range b.srv.conns {
			if full > 0 && full < open && (b.to == nil || s.dialect == b.to) && s.outbox.full() && s.outbox.idleTime() > stuckTime {
				s.outbox.abandon("closed: it read nothing for " + stuckTime.String() + " while others waited")
			}
		}
		b.srv.mu.Unlock()
		if sent = sent || open > 0 || b.to != nil; sent && full == 0 {
			return len(p), nil
		}
		select {
		case <-b.srv.changed:
		case <-b.srv.stopping:
			return 0, report.ErrDone
		case <-time.After(stuckTime / 4):
		}
	}
}

// A spread writes messages to all connections whose framings were found, in the framing of each.
// It waits until there is one: so standard input is not read on before.
type spread struct {
	srv    *server
	report *report.Reporter
	inner  formats.Sink // that wrote last; nil if none did
	holds  bool         // messages had to wait, at some time
}

// reportUnsent reports that messages of standard input were not sent because the framing of the
// session was not found, and returns true if the session must not wait for them.
func (s *session) reportUnsent() bool {
	if s.dialect != nil || s.srv.Ours != nil {
		return false
	}
	s.srv.stdin.WaitBriefly(s.srv.held)
	if s.srv.unsent.Load() {
		s.srv.Report.Fork().NoteWith([]string{"set the framing with -f or --reply-framing"},
			"%s: messages of standard input were not sent: the framing is unknown", s.c.Name())
	}
	return true
}

// Write writes a batch to each connection.
func (s *spread) Write(b *framing.Batch, o formats.Origin) (n int, err error) {
	to, err := s.await()
	if err != nil {
		return 0, err
	}
	for _, d := range to {
		sink := d.Frames(s.srv.In, broadcaster{s.srv, d}, s.report)
		s.inner = sink
		if n, err = sink.Write(b, o); err != nil {
			sink.Flush() // the messages before are sent
			return n, err
		}
		if err := sink.Flush(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// await returns the dialects of the connections, as soon as there are any.
func (s *spread) await() ([]*dialect, error) {
	for {
		if to := s.srv.inUse(); len(to) > 0 {
			s.srv.unsent.Store(false)
			return to, nil
		}
		if !s.srv.unsent.Swap(true) && !s.holds {
			s.holds = true
			close(s.srv.held)
		}
		select {
		case <-s.srv.changed:
		case <-s.srv.stopping:
			return nil, report.ErrDone
		}
	}
}

// inUse returns the dialects of the connections that are served.
func (srv *server) inUse() (to []*dialect) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	seen := map[*dialect]bool{}
	for s := range srv.conns {
		if d := s.dialect; d != nil && !seen[d] {
			seen[d] = true
			to = append(to, d)
		}
	}
	return to
}

// TakesSilent returns false: what has no message cannot be written in another framing.
func (s *spread) TakesSilent() bool { return false }

// Flush does nothing: each batch is written at once.
func (s *spread) Flush() error { return nil }

// Inner returns the sink that wrote last.
func (s *spread) Inner() formats.Sink { return s.inner }
