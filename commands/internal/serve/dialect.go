package serve

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Dialect is what depends on the framing of a connection.
type Dialect struct {
	pump.Codec
	To      formats.Sink    // where messages go
	Where   *pump.FrameTest // selects the messages to print; nil is all
	ExecIn  formats.Format  // how messages are written to the standard input of Exec
	Command string          // the command line that has this framing; "" if the user gave the framing
}

// A dialect is a Dialect in use, with the workers for its connections.
type dialect struct {
	Dialect
	srv     *server
	out     *pump.Output // writes to To
	workers sync.Pool
}

// fixed returns the dialect of all connections if the framing is known.
func (srv *server) fixed() *dialect {
	if srv.Finder != nil {
		return nil
	}
	return &dialect{Dialect: Dialect{Codec: srv.Codec, To: srv.To, Where: srv.Where, ExecIn: srv.ExecIn}, srv: srv, out: srv.out}
}

// setPart prepares a sink for a test that selects messages.
func setPart(to formats.Sink, where *pump.FrameTest) {
	if s, ok := to.(*formats.FrameSink); ok && where != nil {
		s.SetPart()
	}
}

// dialects are those of the framings that were found. Peers could make up any number of
// framings, so there is a limit: after it, workers are made again.
type dialects struct {
	mu  sync.Mutex
	all map[string]*dialect
}

const maxDialects = 64

// of returns the dialect for a framing. Fresh reports whether it is new.
func (ds *dialects) of(spec string, srv *server) (d *dialect, fresh bool, err error) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if d := ds.all[spec]; d != nil {
		return d, false, nil
	}
	made, err := srv.Adapt(spec)
	if err != nil {
		return nil, false, err
	}
	if ds.all == nil || len(ds.all) >= maxDialects {
		ds.all = map[string]*dialect{}
	}
	setPart(made.To, made.Where)
	d = &dialect{Dialect: made, srv: srv, out: srv.out.With(made.To)}
	ds.all[spec] = d
	return d, true, nil
}

// find finds the framing of a session from the first bytes of its peer. It returns
// framing.ErrWait if more must arrive first. Failures that it returns have been reported.
func (s *session) find() error {
	if s.search == nil {
		s.search = &pump.Search{Finder: s.srv.Finder, Silent: func(d *pump.Detection) { s.reportWaiting(d) }}
	}
	found, err := s.search.Next(s.c)
	switch {
	case err == framing.ErrWait:
		return err
	case found.Found():
		s.search = nil
		return s.adopt(found)
	}
	return s.refuse(found, err)
}

// reportWaiting reports that the peer is silent, and that its framing is not known.
func (s *session) reportWaiting(d *pump.Detection) {
	f := s.unknown(d)
	if s.srv.Ours == nil && !s.srv.stdin.Ended() && len(f.Hints) > 1 {
		f.Hints = append(f.Hints, "messages of standard input are not sent before the framing is known; to send them, set it with -f or --reply-framing")
	}
	r := s.srv.Report.Fork()
	if s.srv.waits.Add(1) > maxWaits && !r.Verbose {
		return
	}
	r.NoteWith(f.Hints, "%s: waiting for more: %s", s.c.Name(), f.Text)
}

// maxWaits is how many connections are reported that wait for more bytes.
const maxWaits = 16

// unknown returns the failure of a session whose framing is unknown. All failures show what came,
// but only the first one says what to do.
func (s *session) unknown(d *pump.Detection) *report.Failure {
	f := d.PeerFailure("-f")
	if !s.srv.advised.CompareAndSwap(false, true) && len(f.Hints) > 1 {
		f.Hints = f.Hints[:1]
	}
	return f
}

// refuse reports that the framing of a session is unknown; err is how the stream of the peer ended.
func (s *session) refuse(d *pump.Detection, err error) error {
	var peer *link.PeerError
	switch _, ending := s.c.Ending(); {
	case len(d.Start) == 0 && (err == nil || err == io.EOF):
		return nil
	case err == report.ErrDone:
		if ending && len(d.Start) > 0 && !s.srv.out.Complete() {
			f := s.unknown(d)
			s.srv.Report.Fork().NoteWith(f.Hints, "%s: ended: %s", s.c.Name(), f.Text)
		}
		return err
	case errors.As(err, &peer):
		if len(d.Start) > 0 {
			peer.Hints = s.unknown(d).Hints
		}
		return pump.OutputFailure(s.srv.Report.Fork(), "", err)
	}
	f := s.unknown(d)
	if s.srv.Keep != "" && s.srv.refused.CompareAndSwap(false, true) {
		f.Hints = append(f.Hints, "to keep the bytes that come, run "+s.srv.Keep)
	}
	f.Reported = true
	s.srv.fail(s.c, f)
	return f
}

// adopt lets a session go on with the framing that was found.
func (s *session) adopt(found *pump.Detection) error {
	best := found.All[0]
	d, fresh, err := s.srv.dialects.of(best.Spec, s.srv)
	var f *report.Failure
	if errors.As(err, &f) {
		wrong := *f
		wrong.Text, wrong.Reported = "found "+best.Spec+": "+f.Text, true
		s.srv.fail(s.c, &wrong)
		return &wrong
	}
	print := s.srv.Report.Detail
	if fresh {
		print = s.srv.Report.Note
	}
	skipped := ""
	if best.Start > 0 {
		skipped = fmt.Sprintf(" from byte %d on", best.Start)
	}
	print("%s: %s%s; go on with: %s", s.c.Name(), found.Evidence(), skipped, d.Command)
	s.c.Unpeek(best.Start)
	s.skipped = int64(best.Start)
	if s.srv.Ours == nil {
		s.c.SetSent(d.out.Sent(s.c, d.Ours))
	}
	if err := s.startExec(d); err != nil {
		return err
	}
	s.srv.mu.Lock()
	s.dialect = d
	s.srv.mu.Unlock()
	signal(s.srv.changed)
	return nil
}
