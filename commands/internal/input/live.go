package input

import (
	"io"
	"time"

	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A liveSource reads an input that may be silent for a while, such as a pipe or a terminal.
// Its reads can be waited for with a time limit.
type liveSource struct {
	from  io.Reader
	reads chan readResult
	rest  []byte // what Read has not returned yet of the last result
	err   error  // comes after rest

	pause time.Duration // the silence that Read returns as framing.ErrPause; 0 is none
	last  time.Time     // when the bytes came after which there was no pause yet; with pause only

	slow func() // called once if Read waits, or goes on after late; nil if there is none
	late time.Time
}

// A readResult is what one read returned.
type readResult struct {
	b   []byte
	err error
	at  time.Time // when it returned
}

// pauseTime is the silence after which the bytes that have arrived are examined.
const pauseTime = 200 * time.Millisecond

func newLiveSource(from io.Reader) *liveSource {
	l := &liveSource{from: from, reads: make(chan readResult)}
	go l.readAhead()
	return l
}

// readAhead does one read ahead of what was asked for.
func (l *liveSource) readAhead() {
	for {
		b := make([]byte, DetectSize)
		n, err := l.from.Read(b)
		l.reads <- readResult{b[:n], err, time.Now()}
		if err != nil {
			return
		}
	}
}

// until collects bytes until there are DetectSize of them, the input ends, or the input pauses
// and enough returns true for what has come.
func (l *liveSource) until(enough func([]byte) bool) (start []byte, err error) {
	for looked := 0; len(start) < DetectSize; {
		var pause <-chan time.Time
		if len(start) > looked {
			pause = time.After(pauseTime)
		}
		select {
		case p := <-l.reads:
			start = append(start, p.b...)
			if l.err = p.err; p.err != nil {
				return start, p.err
			}
		case <-pause:
			if looked = len(start); enough(start) {
				return start, nil
			}
		}
	}
	return start, nil
}

func (l *liveSource) Read(b []byte) (int, error) {
	if len(l.rest) == 0 {
		if l.err != nil {
			return 0, l.err
		}
		p, ok := l.next()
		if !ok {
			l.last = time.Time{}
			return 0, framing.ErrPause
		}
		l.rest, l.err = p.b, p.err
		paused := l.paused(p.at)
		if l.pause > 0 {
			l.last = p.at
		}
		if paused {
			return 0, framing.ErrPause
		}
		if len(p.b) == 0 {
			return 0, l.err
		}
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// paused reports whether nothing came for so long before a time that there was a pause.
func (l *liveSource) paused(now time.Time) bool {
	return !l.last.IsZero() && now.Sub(l.last) >= l.pause
}

// next returns the result of the next read. It is not ok if there is a pause before it.
func (l *liveSource) next() (p readResult, ok bool) {
	if l.last.IsZero() {
		return l.await(), true
	}
	select { // what has come, even if it was not asked for until now
	case p := <-l.reads:
		return p, true
	default:
	}
	select {
	case p := <-l.reads:
		return p, true
	case <-time.After(l.pause - time.Since(l.last)):
		return readResult{}, false
	}
}

// await waits for the result of the next read.
func (l *liveSource) await() readResult {
	if l.slow == nil {
		return <-l.reads
	}
	if time.Now().Before(l.late) {
		select {
		case p := <-l.reads:
			return p
		case <-time.After(pauseTime):
		}
	}
	slow := l.slow
	l.slow = nil
	slow()
	return <-l.reads
}

// EndFrames prepares a source for the frames of f, before the first read. If a pause ends these, the
// source returns framing.ErrPause where nothing came for so long. The error is that the bytes have no times.
func (s *Source) EndFrames(f framing.Framing) error {
	pause := framing.PauseOf(f)
	switch {
	case pause == 0:
		return nil
	case s.Recorded != nil && !s.stream.Stream.Start.IsZero():
		s.Recorded.Pause = pause
		return nil
	case !s.Live():
		what := "file"
		if s.Recorded != nil {
			what = "dump"
		}
		fail := report.Usage("-f %s needs to know when bytes came: the bytes of a %s have no times", f, what)
		fail.Hints = []string{"read a capture, a device such as /dev/ttyUSB0, a pipe or a connection"}
		return fail
	}
	live := newLiveSource(interrupt.Inner(s.Reader))
	live.pause = pause
	s.Reader = s.gate.Reader(live)
	return nil
}
