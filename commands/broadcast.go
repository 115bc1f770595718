package commands

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"framecat/framing"

	"framecat/commands/internal/report"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
)

const (
	boxSize = 1 << 20                // what may wait for a connection that reads slowly
	stuck   = time.Second            // how long it may take nothing while others wait for it
	settled = 250 * time.Millisecond // standard input that brings nothing for so long is not waited for
)

// speak sends the messages of standard input to every connection there is.
func (v *server) speak(stdin *os.File) {
	defer close(v.input.over)
	if _, err := stdin.Stat(); err != nil || inBackground(stdin) {
		return // there is none, or reading it would stop the program
	}
	r := v.report.Fork()
	c := &conversion{in: v.o.in, report: r, maxHeld: v.o.maxHeld, maxStreamed: v.o.maxStreamed, last: all, left: all}
	c.sink = &speechSink{v.o.frames(v.o.in, fan{v}, r), &v.input}
	if err := c.run(input.Files(nil, stdin, 0, -1)); !errors.Is(err, report.ErrDone) {
		v.input.err = err
	}
}

// A speech is the state of standard input.
type speech struct {
	waits atomic.Int64  // since when it brings nothing, in Unix nanoseconds; 0 while it does
	over  chan struct{} // closed at its end
	err   error         // of a speech that is over
}

func (s *speech) init() { s.over = make(chan struct{}) }

// result is the failure of a speech that is over.
func (s *speech) result() error {
	select {
	case <-s.over:
		return s.err
	default:
		return nil
	}
}

// wait returns when all that standard input has for now was sent.
func (s *speech) wait(stop <-chan struct{}) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.over:
			return
		case <-stop:
			return
		case now := <-tick.C:
			if since := s.waits.Load(); since != 0 && now.UnixNano()-since > int64(settled) {
				return
			}
		}
	}
}

// settle is wait, but not for long if there is always something.
func (s *speech) settle(stop <-chan struct{}) {
	enough := make(chan struct{})
	timer := time.AfterFunc(4*settled, func() { close(enough) })
	defer timer.Stop()
	select {
	case <-stop:
	default:
		s.wait(enough)
	}
}

// A speechSink tells when standard input brings messages and when it is waited for.
type speechSink struct {
	*formats.FrameSink
	state *speech
}

func (s *speechSink) Inner() formats.Sink { return s.FrameSink }

func (s *speechSink) Write(b *framing.Batch, o formats.Origin) (int, error) {
	s.state.waits.Store(0)
	return s.FrameSink.Write(b, o)
}

func (s *speechSink) Flush() error {
	err := s.FrameSink.Flush()
	s.state.waits.Store(time.Now().UnixNano())
	return err
}

// A fan writes to every connection. It waits for one to come, and for those that read
// slowly, but not for one that does not read at all while others do: that is ended.
type fan struct{ v *server }

func (f fan) Write(p []byte) (int, error) {
	part := append([]byte(nil), p...)
	sent := false
	for {
		full, open := 0, 0
		f.v.mu.Lock()
		for s := range f.v.conns {
			if !sent {
				s.box.put(part)
			}
			if open++; s.box.full() {
				full++
			}
		}
		for s := range f.v.conns {
			if full > 0 && full < open && s.box.full() && s.box.still() > stuck {
				s.box.give("closed: it read nothing for " + stuck.String() + " while others waited")
			}
		}
		f.v.mu.Unlock()
		if sent = sent || open > 0; sent && full == 0 {
			return len(p), nil
		}
		select {
		case <-f.v.came:
		case <-f.v.stopping:
			return 0, report.ErrDone
		case <-time.After(stuck / 4):
		}
	}
}

// An outbox holds what is to be written to one connection.
type outbox struct {
	c     *link.Conn
	moved chan struct{} // is told when something was written

	mu      sync.Mutex
	queue   [][]byte
	size    int
	since   time.Time // when something was written last, or the queue began
	writing chan struct{}
	dead    bool
}

func (b *outbox) put(p []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dead {
		return
	}
	b.queue = append(b.queue, p)
	if b.size += len(p); b.writing == nil {
		b.since, b.writing = time.Now(), make(chan struct{})
		go b.Write() // there is a writer only while there is something to write
	}
}

func (b *outbox) full() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.size >= boxSize
}

func (b *outbox) still() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Since(b.since)
}

func (b *outbox) Write() {
	for {
		b.mu.Lock()
		if len(b.queue) == 0 || b.dead {
			close(b.writing)
			b.writing, b.queue, b.size = nil, nil, 0
			b.mu.Unlock()
			signalOn(b.moved)
			return
		}
		p := b.queue[0]
		b.queue = b.queue[1:]
		b.mu.Unlock()
		_, err := b.c.Write(p)
		b.mu.Lock()
		b.size -= len(p)
		b.since = time.Now()
		b.mu.Unlock()
		signalOn(b.moved)
		if err != nil { // the reading side tells what happened
			b.give("")
		}
	}
}

// give gives the connection up; with a reason it is reported and ended.
func (b *outbox) give(why string) {
	b.mu.Lock()
	b.dead = true
	b.size = 0
	b.mu.Unlock()
	if why != "" {
		b.c.Fail(errors.New(why))
	}
}

// empty waits until all is written.
func (b *outbox) empty() {
	b.mu.Lock()
	writing := b.writing
	b.mu.Unlock()
	if writing != nil {
		<-writing
	}
}
