package relay

import (
	"time"

	"framecat/commands/internal/capture"
)

// A hub passes the events of all streams to the watchers.
type hub struct{ queues []*queue }

// newHub returns the hub of some watchers, with room for the streams of some connections.
func newHub(watchers []Watcher, conns int) *hub {
	h := &hub{}
	for _, w := range watchers {
		h.queues = append(h.queues, newQueue(w, conns))
	}
	return h
}

// stream returns a new stream, which its method open begins. It is nil if there is no watcher.
func (h *hub) stream(number int) *stream {
	if len(h.queues) == 0 {
		return nil
	}
	return &stream{number: number, queues: h.queues, tracks: make([]track, len(h.queues))}
}

// finish waits until the watchers have seen all events, until end at most. It returns what each has
// missed.
func (h *hub) finish(end time.Time) (missed []Missed) {
	for _, q := range h.queues {
		missed = append(missed, q.finish(end, stuckTime))
	}
	return missed
}

// A stream is one connection, as the watchers see it. A nil stream is one that nobody watches.
// Its methods may be called from several goroutines.
type stream struct {
	number int
	queues []*queue
	tracks []track // one for each queue, which guards it
}

// open begins the stream: before, it has no events. The names are those of its ends.
func (s *stream) open(client, server string) {
	if s == nil {
		return
	}
	for i := range s.tracks {
		s.tracks[i].ends = ends{client, server}
	}
	s.add(0, capture.Opened)
}

// cut passes on that the relay resets the connection, and why.
func (s *stream) cut(dir int, why string) {
	if s == nil {
		return
	}
	at := time.Now()
	for i, q := range s.queues {
		q.mu.Lock()
		s.tracks[i].why = why
		q.mu.Unlock()
		q.add(&s.tracks[i], s.number, uint8(dir), capture.Reset, at, nil)
	}
}

// bytes passes on what was read from one side.
func (s *stream) bytes(dir int, data []byte) {
	at := time.Now()
	for i, q := range s.queues {
		q.add(&s.tracks[i], s.number, uint8(dir), capture.Bytes, at, data)
	}
}

// unseen reports whether no watcher can take what is read now, and whether none ever will.
func (s *stream) unseen() (now, ever bool) {
	now, ever = true, true
	for _, q := range s.queues {
		q.mu.Lock()
		now, ever = now && q.full(), ever && q.over
		q.mu.Unlock()
	}
	return now, ever
}

// drop counts bytes that no watcher will see.
func (s *stream) drop(dir int, n int64) {
	for i, q := range s.queues {
		q.mu.Lock()
		q.drop(&s.tracks[i], uint8(dir), n)
		q.mu.Unlock()
	}
}

// add passes on another event.
func (s *stream) add(dir int, kind capture.EventKind) {
	if s == nil {
		return
	}
	at := time.Now()
	for i, q := range s.queues {
		q.add(&s.tracks[i], s.number, uint8(dir), kind, at, nil)
	}
}
