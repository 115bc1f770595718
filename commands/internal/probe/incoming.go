package probe

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"framecat/commands/internal/compare"
	"framecat/framing"
)

// A Reply is a whole frame that the peer sent.
type Reply = compare.Message

// mostKept limits what is kept of the bytes that are in no frame.
const mostKept = 64 << 10

const (
	// mostReplied limits the bytes of replies that are kept.
	mostReplied = 64 << 20
	// replyCost is what keeping a reply takes, besides its bytes.
	replyCost = 128
)

var errReplies = errors.New("the replies have more than 64 MiB")

// incoming is what the peer sends on one connection. A goroutine of its own reads it.
type incoming struct {
	unasked *unasked      // are no replies
	changed chan struct{} // signalled after each change
	ended   chan struct{} // closed when nothing more comes

	mu      sync.Mutex
	replies []Reply
	held    int       // bytes of replies
	stray   []byte    // bytes between frames
	tail    []byte    // bytes after the last whole frame
	fault   error     // of a frame that cannot be read
	err     error     // that ended the stream, if it was no fault
	last    time.Time // when bytes came last, other than those of messages that are no replies
	before  time.Time // the same, before the bytes of the tail
}

// receive reads the frames of f that come on a connection, and leaves out those that are no replies.
func receive(nc net.Conn, f framing.Framing, limit int64, u *unasked) *incoming {
	in := &incoming{unasked: u, changed: make(chan struct{}, 1), ended: make(chan struct{}), last: time.Now()}
	go in.read(nc, f, limit)
	return in
}

func (in *incoming) read(nc net.Conn, f framing.Framing, limit int64) {
	defer close(in.ended)
	r := framing.NewReader(&noted{nc, in}, f)
	r.Max, r.BufferSize = limit, 4<<10
	r.Fill = func(b []byte) {
		in.note(func() {
			in.stray = append(in.stray, b[:min(len(b), mostKept-len(in.stray))]...)
			in.take(len(b))
		})
	}
	for {
		frame, err := r.Next()
		if in.held > mostReplied {
			err = errReplies
		}
		if err != nil {
			in.note(func() { in.end(err) })
			io.Copy(io.Discard, nc) // the peer must not have to wait for us
			return
		}
		in.note(func() {
			size := len(frame.Header) + len(frame.Body) + len(frame.Trailer)
			in.take(size)
			in.held += size + replyCost
			if frame.Silent {
				return
			}
			reply := Reply{Header: bytes.Clone(frame.Header), Body: bytes.Clone(frame.Body), Trailer: bytes.Clone(frame.Trailer), Payload: bytes.Clone(frame.Payload)}
			if !in.unasked.has(reply) {
				in.replies = append(in.replies, reply)
				in.before = in.last
			} else if len(in.tail) == 0 {
				in.last = in.before
			}
		})
	}
}

// take removes from the tail what has turned out to be part of a frame, or between frames.
func (in *incoming) take(n int) { in.tail = in.tail[min(n, len(in.tail)):] }

// end notes the error that ends the frames. A stream that ends inside a frame has a tail.
func (in *incoming) end(err error) {
	var e *framing.Error
	if err == errReplies || errors.As(err, &e) && !errors.Is(err, io.ErrUnexpectedEOF) {
		in.fault = err
	}
	in.err = err
}

func (in *incoming) note(change func()) {
	in.mu.Lock()
	change()
	in.mu.Unlock()
	select {
	case in.changed <- struct{}{}:
	default:
	}
}

// noted reads a connection, and notes what came.
type noted struct {
	nc net.Conn
	in *incoming
}

func (n *noted) Read(p []byte) (int, error) {
	k, err := n.nc.Read(p)
	n.in.note(func() {
		if k > 0 {
			if len(n.in.tail) == 0 {
				n.in.before = n.in.last
			}
			n.in.last = time.Now()
			n.in.tail = append(n.in.tail, p[:k]...)
		}
	})
	return k, err
}

// count returns how many replies have come, and when bytes came last.
func (in *incoming) count() (n int, last time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.replies), in.last
}

// unfinished reports whether a part of a reply has come.
func (in *incoming) unfinished() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.tail) > 0
}

// over reports whether nothing more comes.
func (in *incoming) over() bool {
	select {
	case <-in.ended:
		return true
	default:
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.err != nil
}
