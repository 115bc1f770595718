package input

import (
	"io"
	"time"
)

// A liveSource reads an input that may be silent for a while, such as a pipe or a terminal.
// Its reads can be waited for with a time limit.
type liveSource struct {
	from  io.Reader
	reads chan readResult
	rest  []byte // what Read has not returned yet of the last result
	err   error  // comes after rest

	slow func() // called once if Read waits, or goes on after late; nil if there is none
	late time.Time
}

// A readResult is what one read returned.
type readResult struct {
	b   []byte
	err error
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
		l.reads <- readResult{b[:n], err}
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
		p := l.next()
		l.rest, l.err = p.b, p.err
		if len(p.b) == 0 {
			return 0, l.err
		}
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// next returns the result of the next read.
func (l *liveSource) next() readResult {
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
