package commands

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/link"
	"framecat/commands/internal/page"
	"framecat/commands/internal/report"
	"framecat/commands/internal/views"
)

// readRecord reads --record. Screen is where messages are shown without --log; if that is standard
// error, standard output has what is relayed.
func (v *tapView) readRecord(c *cli.Context, e *Env, screen *os.File) (err error) {
	spec := c.String("record")
	if spec == "" {
		return nil
	}
	if v.record, err = capture.ParseTarget(withPid(spec), report.ParseSize); err != nil {
		return report.Usage("--record: %s", err)
	}
	if v.redact != nil {
		v.record.Comment = capture.Redacted
	}
	if v.record.File != "-" {
		return nil
	}
	switch v.stdout = e.Stdout; {
	case screen != e.Stdout:
		return report.Usage("--record -: standard output has the bytes that are relayed; name a file")
	case !c.Bool("quiet") && !c.IsSet("log"):
		return report.Usage("--record - and the messages cannot share standard output: give -q, or --log FILE for the messages")
	case report.IsTerminal(e.Stdout):
		f := report.Usage("--record - writes binary data, and standard output is a terminal")
		f.Hints = []string{"to see the packets, add | wireshark -k -i - or | tcpdump -r -"}
		return f
	}
	return nil
}

// open opens the log and the recording, if there are to be any.
func (v *tapView) open() (err error) {
	if v.log != "" {
		if v.out, err = openSecret(v.log); err != nil {
			return &report.Failure{Status: report.StatusIO, Text: report.OneLine(v.log) + ": " + report.Reason(err)}
		}
	}
	switch {
	case v.record.File == "":
		return nil
	case v.record.Ring > 0:
		if v.recorder, err = capture.NewRing(v.record); err == nil {
			v.ring = &ringSaver{recorder: v.recorder, saved: v.saved, over: make(chan struct{}), nothing: func() {
				v.options.Report.Note("--record: nothing has come since the last file")
			}}
		}
	default:
		f := v.stdout
		if f == nil {
			f, err = openSecret(v.record.File)
		}
		if err == nil {
			v.recorder = capture.NewRecorder(f, v.record.Comment)
		}
	}
	if err != nil {
		return &report.Failure{Status: report.StatusIO, Text: "--record " + report.OneLine(v.record.File) + ": " + report.Reason(err)}
	}
	return nil
}

// openSecret opens a file for writing, empties it, and makes it readable by its owner only.
func openSecret(name string) (*os.File, error) {
	f, _, err := openOwn(name, os.Geteuid())
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		f.Chmod(0o600) // as a new file; some file systems have no modes
	}
	return f, nil
}

// sameFile reports whether two names are those of the same file. It must not be a device.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	second, gone := os.Stat(b)
	if err != nil || gone != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	return first.Mode().IsRegular() && os.SameFile(first, second)
}

// saved reports that a ring was saved.
func (v *tapView) saved(name, reason string, err error) {
	if v.recorded(err); err == nil && name != "" {
		v.options.Report.Note("--record: %s is written: %s", report.OneLine(name), reason)
	}
}

// recorded reports that the recording failed.
func (v *tapView) recorded(err error) {
	if err != nil {
		v.options.Report.Fail("--record "+report.OneLine(v.record.File), &report.Failure{Status: report.StatusIO, Text: report.Reason(err)})
	}
}

// asking returns the signals that save a ring.
func (v *tapView) asking() []os.Signal {
	if v.record.Ring == 0 {
		return nil
	}
	return link.Asking()
}

// served returns the signals that are left when those that save the ring are served. With all,
// these are left too.
func (v *tapView) served(signals <-chan os.Signal, all bool) <-chan os.Signal {
	if v.ring == nil {
		return signals
	}
	left := make(chan os.Signal, cap(signals))
	go v.ring.serve(signals, left, all)
	return left
}

const (
	// saveDelay is how long after a malformed frame a ring is saved: what is recorded may come a
	// little later than what is shown.
	saveDelay = 200 * time.Millisecond
	// saveEvery is the time between two saves at least, since many frames may be malformed.
	saveEvery = time.Second
)

// A ringSaver saves the ring of a recorder when something has happened.
type ringSaver struct {
	recorder *capture.Recorder
	saved    func(name, reason string, err error)
	nothing  func()        // reports that there was nothing to save, though somebody has asked
	over     chan struct{} // closed at the end

	mu   sync.Mutex
	last time.Time // of a save
}

// record records an event, and saves the ring if it is a reset.
func (s *ringSaver) record(e capture.Event) {
	if s.recorder.Record(e); e.Kind == capture.Reset {
		s.save("a connection was reset", saveEvery)
	}
}

// malformed saves the ring soon.
func (s *ringSaver) malformed() {
	time.AfterFunc(saveDelay, func() { s.save("a frame was malformed", saveEvery) })
}

// serve saves the ring at the signals that ask for it, and passes the others on.
func (s *ringSaver) serve(signals <-chan os.Signal, left chan<- os.Signal, all bool) {
	for {
		select {
		case <-s.over:
			return
		case got := <-signals:
			asks := slices.Contains(link.Asking(), got)
			if asks {
				time.AfterFunc(saveDelay, func() { s.save("SIGUSR1 was received", 0) })
			}
			if !asks || all {
				select {
				case left <- got:
				default: // two signals are waiting
				}
			}
		}
	}
}

// save saves the ring, unless it was saved just before.
func (s *ringSaver) save(reason string, apart time.Duration) {
	s.mu.Lock()
	if s.ended() || time.Since(s.last) < apart {
		s.mu.Unlock()
		return
	}
	name, err := s.recorder.Save(reason)
	if name != "" || err != nil { // otherwise nothing was new
		s.last = time.Now()
	}
	s.mu.Unlock()
	// What is reported may be blocked.
	if s.saved(name, reason, err); name == "" && err == nil && apart == 0 {
		s.nothing()
	}
}

func (s *ringSaver) ended() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// end ends the saves.
func (s *ringSaver) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.over)
}

// A tapPage is the page of --html. It has a Watch of its own, so that a view that is stuck or ends
// early does not keep messages from it.
type tapPage struct {
	file  string // "" if there is no page
	sides [2]views.Side
	page  *page.Page
	watch *views.Watch
}

// readTapPage reads --html.
func readTapPage(c *cli.Context, e *Env) (p tapPage, err error) {
	p.file = c.String("html")
	p.page = &page.Page{Title: "tap " + strings.Join(c.Args().Slice(), " "), Word: "message"}
	if err = checkOutput("--html", p.file); err == nil {
		p.sides, err = readSides(c, e)
	}
	return p, err
}

// begin returns the Watch of the page. What is wrong with messages is in the page, and not printed again.
func (p *tapPage) begin(o views.Options) *views.Watch {
	o.Page, o.Malformed, o.Report = p.page, nil, o.Report.Fork()
	o.Report.W = io.Discard
	p.watch = views.NewWatch(nil, o, p.sides)
	return p.watch
}

// end writes the page.
func (p *tapPage) end() error {
	messages, _, _ := p.watch.End()
	p.page.Notes = append(p.page.Notes, report.Count(messages, "message"))
	return writePage(p.file, p.page, nil)
}
