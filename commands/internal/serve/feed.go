package serve

import (
	"errors"
	"io"
	"os"
	"time"

	"framecat/commands/internal/link"
)

// A feed writes to the standard input of a process. It waits while the process reads nothing.
// Meanwhile nobody reads the connection, so the feed asks the system whether the peer has gone:
// then it does not wait for ever.
//
// It is no error if the process does not read all of its input.
type feed struct {
	c  *link.Conn
	in interface {
		io.Writer
		SetWriteDeadline(time.Time) error
	}
	linger  time.Duration        // how long the process may be silent after the end of the stream
	idle    time.Duration        // how long it may read nothing; 0 is no limit
	frame   time.Duration        // how long, while connections wait for memory; 0 is no limit
	short   func() bool          // reports whether connections wait for memory
	silent  func() time.Duration // see process
	peerEnd func() error         // see link.Conn
	kill    func()

	closed  bool // nothing more is written
	overdue bool // the process was killed because it was silent for longer than linger
}

// stuckAfter is how long a process must have read nothing before the feed asks about the peer,
// and the time from one such question to the next.
const stuckAfter = 250 * time.Millisecond

func (f *feed) Write(b []byte) (int, error) {
	size := len(b)
	began := time.Now() // of the time in which the process read nothing
	var asked time.Time // when the feed last asked about the peer
	var gone error      // the answer
	var ended time.Time // when the end of the peer's stream was found
	for len(b) > 0 && !f.closed {
		f.in.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
		n, err := f.in.Write(b)
		if b = b[n:]; n > 0 {
			began = time.Now()
		}
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		stuck := time.Since(began)
		if late := f.late(stuck); late != nil {
			return 0, &link.PeerError{Name: f.c.Name(), Err: late}
		}
		if stuck < min(stuckAfter, f.linger) {
			continue
		}
		if time.Since(asked) >= stuckAfter {
			asked, gone = time.Now(), f.peerEnd()
		}
		if gone == io.EOF && ended.IsZero() {
			ended = time.Now()
		}
		f.judge(gone, min(stuck, f.silent()), ended)
	}
	return size, nil
}

// late returns an error if the process has read nothing for too long. What it has not read keeps
// its memory: so there is a limit while others wait for memory.
func (f *feed) late(stuck time.Duration) error {
	switch {
	case f.idle > 0 && stuck >= f.idle:
		return &link.TimeoutError{Flag: "--idle-timeout", After: f.idle, What: "the --exec command read nothing"}
	case f.frame > 0 && stuck >= f.frame && f.short():
		return &link.TimeoutError{Flag: "--frame-timeout", After: f.frame, What: "others wait for memory, and the --exec command read nothing"}
	}
	return nil
}

// judge kills a process that reads nothing and was silent for some time, if nothing more is to be
// expected: the connection is broken, or has ended at the time ended, or the program is ending.
func (f *feed) judge(gone error, silent time.Duration, ended time.Time) {
	until, ending := f.c.Ending()
	switch {
	case gone != nil && gone != io.EOF:
	case ending && time.Now().After(until):
	case ending && silent > f.linger, gone == io.EOF && min(silent, time.Since(ended)) > f.linger:
		f.overdue = true
	default:
		return
	}
	f.closed = true
	f.kill()
}
