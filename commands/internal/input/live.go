package input

import (
	"io"
	"time"
)

// A liveSource is an input that may bring nothing for a while: it can be waited for, but
// not for ever.
type liveSource struct {
	from io.Reader
	came chan arrival
	rest []byte // of the last arrival
	err  error  // behind it
}

// An arrival is what one read brought.
type arrival struct {
	b   []byte
	err error
}

// pauseTime is how long nothing must come for what is there to be looked at.
const pauseTime = 200 * time.Millisecond

func newLiveSource(from io.Reader) *liveSource {
	l := &liveSource{from: from, came: make(chan arrival)}
	go l.pump()
	return l
}

// pump reads one arrival ahead.
func (l *liveSource) pump() {
	for {
		b := make([]byte, DetectSize)
		n, err := l.from.Read(b)
		l.came <- arrival{b[:n], err}
		if err != nil {
			return
		}
	}
}

// until collects what comes, up to detectSize, its end or a pause in which it is enough.
func (l *liveSource) until(enough func([]byte) bool) (start []byte, err error) {
	for looked := 0; len(start) < DetectSize; {
		var pause <-chan time.Time
		if len(start) > looked {
			pause = time.After(pauseTime)
		}
		select {
		case p := <-l.came:
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
		p := <-l.came
		l.rest, l.err = p.b, p.err
		if len(p.b) == 0 {
			return 0, l.err
		}
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
