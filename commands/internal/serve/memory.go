package serve

import (
	"math"
	"runtime/debug"
	"time"

	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

const (
	// bufferSize is the size of a Reader's buffer to begin with. It is small, because there may
	// be many. Larger buffers do not go back to a pool.
	bufferSize = 64 << 10
	// workerSize is about how much a worker takes besides its buffers.
	workerSize = 32 << 10
	// shortRest is how much of a frame is kept without a worker, and how much is read at once
	// if no memory is left and the length of the frame is not known.
	shortRest = 4 << 10
)

// A gauge follows the size of a Reader's buffer.
type gauge int

// next returns the size of the buffer after the next read; held is what is buffered.
func (g gauge) next(held []byte) gauge {
	full := len(held) == cap(held)
	if start := int(g) - cap(held); full && start < len(held) { // see framing.Reader.BufferSize
		return 2 * g
	}
	return g
}

// A claim is what a session has of the server's memory for what it receives.
type claim struct {
	*pump.Share
	buffer  gauge // of the Reader; 0 without a worker
	granted gauge // how large it may be
	wanted  gauge // how large it must be to go on
	over    bool  // see pump.Share.Over
	read    bool  // something was read since then
	failed  bool  // the next read returns an error, and needs no memory
}

// cost returns how much memory is counted for a Reader's buffer of this size, and for what is
// made of its frames.
func (srv *server) cost(size gauge) int64 {
	copies := 1
	if srv.Finder != nil { // the framing may escape; and the first bytes are kept until it is found
		copies += 2
	} else if _, ok := srv.Theirs.(framing.Escaper); ok {
		copies++
	}
	if srv.Echo || srv.Exec != "" {
		copies++
	}
	return int64(copies)*int64(size) + workerSize
}

// mayRead is called before each read from the peer. It returns framing.ErrWait if that must
// wait for memory, or if the session must first give memory back.
func (s *session) mayRead(r *framing.Reader) error {
	held, m := r.Buffered(), &s.memory
	switch short := len(held) <= shortRest; {
	case m.failed:
		return nil
	case short && (m.over && m.read || s.c.Blocks && m.buffer > bufferSize):
		return framing.ErrWait
	}
	s.c.AtMost = 0
	if m.over {
		m.read, s.c.AtMost = true, shortRest
		if e, known := r.Waiting(); known {
			s.c.AtMost = max(1, e.Header+int(e.Body)+e.Trailer-len(held))
		}
	}
	next := m.buffer.next(held)
	if next > m.granted {
		if !m.Take(s.srv.cost(next)) {
			m.wanted = next
			return framing.ErrWait
		}
		m.granted = next
	}
	m.buffer = next
	return nil
}

// await waits until there is something to read, and memory to read it into. It returns false
// if the session must end, because the server does.
func (s *session) await() bool {
	m := &s.memory
	if !s.c.Blocks {
		m.failed = !s.c.Wait()
	}
	if m.failed && m.over { // to report why may take time
		m.Yield(s.srv.cost(m.granted))
		m.over = false
	}
	switch {
	case s.worker == nil && (m.failed || s.c.Blocks): // an idle connection with TLS needs a buffer
		m.granted = bufferSize
		m.Set(pump.In, s.srv.cost(bufferSize))
		return true
	case s.worker == nil:
		m.wanted = bufferSize
	case m.failed || m.wanted <= m.granted:
		return true
	}
	if !m.Take(s.srv.cost(m.wanted)) {
		waited, ok := m.Wait(s.srv.cost(m.wanted))
		if !ok {
			return false
		}
		if waited {
			s.c.Renew()
		}
		m.over, m.read = m.Over(), false
	}
	m.granted = m.wanted
	return true
}

// idle counts a session that has given its worker back: only the start of a frame is kept.
func (s *session) idle() {
	m := &s.memory
	size := int64(s.c.At().Held)
	if m.over {
		m.Yield(size)
	} else {
		m.Set(pump.In, size)
	}
	*m = claim{Share: m.Share}
}

// tidyTime is how often memory is looked at.
const tidyTime = time.Second

// tidy looks after memory until the server stops.
func (srv *server) tidy() {
	if limit := srv.MaxMemory; limit > 0 && limit < math.MaxInt64/2 {
		before := debug.SetMemoryLimit(-1) // perhaps from $GOMEMLIMIT
		// Garbage is collected before it takes much more than the limit.
		debug.SetMemoryLimit(min(before, limit+limit/4+64<<20))
		defer debug.SetMemoryLimit(before)
	}
	tick := time.NewTicker(tidyTime)
	defer tick.Stop()
	var peak peak
	outboxes := srv.memory.NewShare()
	for {
		select {
		case <-srv.stopping:
			return
		case <-tick.C:
		}
		outboxes.Set(pump.Reply, srv.waiting())
		if srv.memory.Short() {
			srv.endStuck()
		}
		if peak.passed(srv.memory.Peak()) {
			debug.FreeOSMemory() // moves what is pooled to a second pool
			debug.FreeOSMemory()
		}
	}
}

// waiting returns how many bytes wait in the outboxes. Those of standard input are in all
// outboxes, but only once in memory.
func (srv *server) waiting() (most int64) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for s := range srv.conns {
		most = max(most, int64(s.outbox.waiting()))
	}
	return most
}

// endStuck ends connections whose peer reads nothing for --frame-timeout while others wait for
// memory.
func (srv *server) endStuck() {
	limit := srv.Deadlines.Frame
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for s := range srv.conns {
		if limit > 0 && s.c.Stuck() > limit && s.c.ReportOnce() {
			late := &link.TimeoutError{Flag: "--frame-timeout", After: limit, What: "others wait for memory, and the peer read nothing"}
			srv.fail(s.c, &report.Failure{Status: report.StatusIO, Text: late.Error()})
			s.c.Conn.Close()
		}
	}
}

// A peak finds out when memory can be returned to the system: when much less has been in use
// for some time.
type peak struct {
	high  int64 // the most that was in use since memory was returned
	quiet int   // for how many calls less than half of that was in use
}

const (
	quietTicks = 5
	worthwhile = 16 << 20 // bytes that are worth a collection
)

// passed is called once a tick with the memory that is in use, and the most that was in use
// since the last call. It reports whether to return memory now.
func (p *peak) passed(used, most int64) bool {
	p.high = max(p.high, most)
	if p.high-most < worthwhile || most > p.high/2 {
		p.quiet = 0
		return false
	}
	if p.quiet++; p.quiet < quietTicks {
		return false
	}
	*p = peak{high: used}
	return true
}
