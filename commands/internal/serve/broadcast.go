package serve

import (
	"errors"
	"os"
	"sync"
	"time"

	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

const (
	outboxSize = 1 << 20     // bytes that may wait for a connection that reads slowly
	stuck      = time.Second // how long it may take nothing while others wait for it
)

// sendStdin sends the messages of standard input to every connection there is.
func (v *server) sendStdin(stdin *os.File) {
	defer close(v.stdin.Over)
	if _, err := stdin.Stat(); err != nil || inBackground(stdin) {
		return // there is none, or reading it would stop the program
	}
	r := v.Report.Fork()
	out := v.Outgoing(v.stdin.Sink(v.Frames(v.In, broadcaster{v}, r)), r)
	if err := out.Run(input.Files(nil, stdin, 0, -1)); !errors.Is(err, report.ErrDone) {
		v.stdin.Err = err
	}
}

// A broadcaster writes to every connection. It waits for one to come, and for those that read
// slowly, but not for one that does not read at all while others do: that is ended.
type broadcaster struct{ v *server }

func (b broadcaster) Write(p []byte) (int, error) {
	part := append([]byte(nil), p...)
	sent := false
	for {
		full, open := 0, 0
		b.v.mu.Lock()
		for s := range b.v.conns {
			if !sent {
				s.outbox.put(part)
			}
			if open++; s.outbox.full() {
				full++
			}
		}
		for s := range b.v.conns {
			if full > 0 && full < open && s.outbox.full() && s.outbox.still() > stuck {
				s.outbox.give("closed: it read nothing for " + stuck.String() + " while others waited")
			}
		}
		b.v.mu.Unlock()
		if sent = sent || open > 0; sent && full == 0 {
			return len(p), nil
		}
		select {
		case <-b.v.moved:
		case <-b.v.stopping:
			return 0, report.ErrDone
		case <-time.After(stuck / 4):
		}
	}
}

// An outbox holds what is to be written to one connection.
type outbox struct {
	c     *link.Conn
	moved chan struct{} // signalled when something was written

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
	return b.size >= outboxSize
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
			signal(b.moved)
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
		signal(b.moved)
		if err != nil { // the reading side reports what happened
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
