package relay

import (
	"sync"
	"time"

	"framecat/commands/internal/capture"
)

const (
	queueBytes  = 8 << 20  // of the data of events that a watcher has not seen
	queueEvents = 64 << 10 // the number of these events

	// streamEvents is how many events a stream may have besides those of bytes, after Opened: two
	// each of Lost and Closed, Reset, Ended. A queue keeps so much room for each open stream, so
	// that it never drops one of them.
	streamEvents = 6

	// restTime is how long a watcher that has seen all rests, unless much comes, before it waits to
	// be woken. While a relay is busy, waking a goroutine for each read would slow down the relay,
	// and so do many short times of work. What is shown comes so much later at most.
	restTime = 50 * time.Millisecond
)

// A queue holds events until a watcher takes them. Adding an event never waits: if there is no
// room, the event is dropped and counted.
//
// Data is kept in a ring of bytes, where the data of an event is in one piece:
//
//	|  used  |   free   |  used  | unused |
//	0       end       start     wrap     queueBytes
//
// Start is the oldest byte in use. A queue that becomes empty starts again at 0, so that a fast
// watcher uses only the first part of the ring.
type queue struct {
	watch Watcher
	wake  chan struct{} // receives when the watcher must go on
	done  chan struct{} // closed when the watcher has seen all, or is given up

	mu         sync.Mutex
	data       []byte  // a ring
	start, end int     // of the bytes in use
	events     []entry // a ring; it grows up to limit
	first      int     // the oldest event
	count      int     // how many there are, with the one that is being watched
	limit      int     // the most events
	open       int     // streams that have begun and not ended
	waiting    bool    // the watcher waits for an event
	resting    bool    // the watcher rests
	closed     bool    // no more events come
	given      bool    // the watcher was given up
	over       bool    // the watcher needs no more events
	missed     Missed
}

// An entry is an event in a queue.
type entry struct {
	at     int64 // in Unix nanoseconds
	lost   int64
	stream int
	pos, n int // where its data is
	dir    uint8
	kind   capture.EventKind
	ends   ends   // of Opened
	why    string // of Reset: see capture.Event
}

// ends are the names of the client and the server of a stream.
type ends struct{ client, server string }

// A track is what a queue knows of a stream.
type track struct {
	ends   ends
	opened bool     // it has the event Opened
	ended  bool     // nothing more comes; what a command did not read may still be read after that
	lost   [2]int64 // bytes dropped since the last event of a direction
	why    string   // of the event Reset
}

// newQueue returns a queue with room for the streams of some connections.
func newQueue(watch Watcher, conns int) *queue {
	q := &queue{
		watch: watch, wake: make(chan struct{}, 1), done: make(chan struct{}),
		data: make([]byte, queueBytes), events: make([]entry, 64), limit: queueEvents + conns*(streamEvents+1),
	}
	go q.run()
	return q
}

// add adds an event of a stream. Data is copied.
func (q *queue) add(t *track, stream int, dir uint8, kind capture.EventKind, at time.Time, data []byte) {
	q.mu.Lock()
	e := entry{at: at.UnixNano(), stream: stream, dir: dir, kind: kind, n: len(data)}
	switch {
	case q.over:
		q.drop(t, dir, int64(len(data)))
	case t.ended:
	case kind == capture.Opened:
		if t.opened = q.has(1 + streamEvents); !t.opened {
			break
		}
		q.open++
		e.ends = t.ends
		q.push(e)
	case kind == capture.Bytes:
		if !t.opened || !q.has(2) || !q.place(&e) {
			q.drop(t, dir, int64(len(data)))
			break
		}
		q.pushLost(t, e)
		copy(q.data[e.pos:], data)
		q.push(e)
	case t.opened:
		if q.pushLost(t, e); kind == capture.Reset || kind == capture.Ended {
			other := e
			other.dir = 1 - dir
			q.pushLost(t, other)
		}
		if kind == capture.Reset {
			e.why = t.why
		}
		if q.push(e); kind == capture.Ended {
			q.open--
			t.ended = true
		}
	}
	wake := q.waiting && q.count > 0 || q.resting && q.crowded()
	if wake {
		q.waiting, q.resting = false, false
	}
	q.mu.Unlock()
	if wake {
		q.wake <- struct{}{}
	}
}

// drop counts bytes that the watcher will not see.
func (q *queue) drop(t *track, dir uint8, n int64) {
	if q.missed.Bytes[dir] += n; !q.over {
		t.lost[dir] += n
		q.missed.Events[dir]++
	}
}

// full reports whether there is no room for a read.
func (q *queue) full() bool {
	room := max(len(q.data)-q.end, q.start-1)
	if q.end < q.start {
		room = q.start - q.end - 1
	}
	return q.over || room < bufferSize || !q.has(2)
}

// crowded reports whether a good part of the queue is in use.
func (q *queue) crowded() bool {
	used := q.end - q.start
	if used < 0 {
		used += len(q.data)
	}
	return used > len(q.data)/4 || q.count > q.limit/4
}

// has reports whether there is room for n events, besides those that open streams may still
// have.
func (q *queue) has(n int) bool { return q.count+q.open*streamEvents+n <= q.limit }

// place finds room for the data of an event, and returns false if there is none.
func (q *queue) place(e *entry) bool {
	switch {
	case q.end < q.start: // the bytes in use go around the end of the ring
		if q.start-q.end <= e.n {
			return false
		}
	case len(q.data)-q.end < e.n:
		if q.start <= e.n {
			return false
		}
		q.end = 0
	}
	e.pos = q.end
	q.end += e.n
	return true
}

// pushLost adds an event Lost before another event of its direction, if bytes were dropped.
func (q *queue) pushLost(t *track, before entry) {
	if n := t.lost[before.dir]; n > 0 {
		t.lost[before.dir] = 0
		q.push(entry{at: before.at, stream: before.stream, dir: before.dir, kind: capture.Lost, lost: n})
	}
}

func (q *queue) push(e entry) {
	if q.count == len(q.events) {
		larger := make([]entry, 2*len(q.events))
		n := copy(larger, q.events[q.first:])
		copy(larger[n:], q.events[:q.first])
		q.events, q.first = larger, 0
	}
	q.events[(q.first+q.count)%len(q.events)] = e
	q.count++
}

// run calls the watcher with each event.
func (q *queue) run() {
	defer close(q.done)
	for {
		e, ok := q.oldest()
		if !ok {
			return
		}
		q.watch.Take(capture.Event{
			Stream: e.stream, Dir: int(e.dir), Kind: e.kind, At: time.Unix(0, e.at), Data: q.data[e.pos : e.pos+e.n : e.pos+e.n], Lost: e.lost,
			Client: e.ends.client, Server: e.ends.server, Why: e.why,
		})
		q.release(e)
		if q.watch.Over != nil && q.watch.Over() {
			q.leave()
			return
		}
	}
}

// leave drops all events, and those that will come.
func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.over = true
	for ; q.count > 0; q.count-- {
		e := &q.events[q.first]
		q.missed.Bytes[e.dir] += int64(e.n)
		q.first = (q.first + 1) % len(q.events)
	}
}

// rest waits for a while, so that the watcher then sees several events in a row.
func (q *queue) rest() {
	q.mu.Lock()
	over := q.closed
	q.resting = !over
	q.mu.Unlock()
	if over {
		return
	}
	timer := time.NewTimer(restTime)
	defer timer.Stop()
	select {
	case <-q.wake:
		return
	case <-timer.C:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.resting { // it was woken at the same time
		<-q.wake
	}
	q.resting = false
}

// oldest waits for an event, and returns the oldest. It returns false if no more come.
func (q *queue) oldest() (entry, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for step := 0; q.count == 0 && !q.closed; step++ {
		q.waiting = step > 1
		q.mu.Unlock()
		switch {
		case step == 1:
			q.rest()
		case step > 1:
			<-q.wake
		case q.watch.Idle != nil:
			q.watch.Idle()
		}
		q.mu.Lock()
	}
	if q.count == 0 || q.given {
		return entry{}, false
	}
	return q.events[q.first], true
}

// release removes the oldest event.
func (q *queue) release(e entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.first = (q.first + 1) % len(q.events)
	if q.count--; e.n > 0 {
		q.start = e.pos + e.n
	}
	if q.count == 0 {
		q.start, q.end = 0, 0
	}
}

// finish is called when no more events come. It waits until the watcher has seen all, but only
// until end, and only while the watcher gets on: it must see an event within the time stuck. What
// the watcher has not begun to see by then is counted as missed.
func (q *queue) finish(end time.Time, stuck time.Duration) Missed {
	q.mu.Lock()
	q.closed = true
	before := q.count
	if q.waiting || q.resting {
		q.waiting, q.resting = false, false
		q.wake <- struct{}{}
	}
	q.mu.Unlock()
	for !q.seen(min(stuck, time.Until(end))) {
		q.mu.Lock()
		now := q.count
		q.mu.Unlock()
		if now == before || !time.Now().Before(end) {
			break
		}
		before = now
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.given = true
	for i := range q.count { // also the first, which the watcher has not finished
		if e := &q.events[(q.first+i)%len(q.events)]; e.kind == capture.Bytes {
			q.missed.Events[e.dir]++
			q.missed.Bytes[e.dir] += int64(e.n)
		}
	}
	return q.missed
}

// seen waits until the watcher has seen all, and returns false if that takes longer than within.
func (q *queue) seen(within time.Duration) bool {
	select {
	case <-q.done:
		return true
	case <-time.After(within):
		return false
	}
}
