package serve

import (
	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A spread writes messages to all connections whose framings were found, in the framing of each.
// It waits until there is one: so standard input is not read on before.
type spread struct {
	srv    *server
	report *report.Reporter
	inner  formats.Sink // that wrote last; nil if none did
}

// reportUnsent reports that messages of standard input were not sent because the framing of the
// session was not found, and returns true if the session must not wait for them.
func (s *session) reportUnsent() bool {
	if s.dialect != nil || s.srv.Ours != nil {
		return false
	}
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
	s.srv.unsent.Store(true)
	for {
		if to := s.srv.inUse(); len(to) > 0 {
			s.srv.unsent.Store(false)
			return to, nil
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
