package compare

import (
	"hash/maphash"
	"io"

	"framecat/framing"
)

// A Stream is one of the two streams that a Diff compares.
type Stream struct {
	Reader   *framing.Reader
	Comparer *Comparer
	Saw      func(*framing.Batch) // is called with all frames that were read; may be nil
	Err      error                // why no more frames can be read, after a Diff; nil if the stream has ended

	over   bool          // no more frames can be read
	batch  framing.Batch // that is being read
	at     int           // the next message in it
	held   []framing.Frame
	hashes []uint64 // of the first messages that are held
	size   int      // bytes of the messages that are held
	block  []byte   // where the bytes of the next ones go
	seed   maphash.Seed
	alone  bool // only payloads are compared
}

// The most that is held of each stream, to find out how two streams go on after a difference.
const (
	mostHeld  = 32 << 10 // messages
	mostBytes = 8 << 20  // of them; one message may be larger
)

// load makes the batch have a next message. It reports whether there is one.
func (s *Stream) load() bool {
	for !s.over && (s.at >= len(s.batch.Frames) || s.batch.Silent) {
		var err error
		s.at = 0
		if s.batch, err = s.Reader.NextBatch(); err != nil {
			s.over, s.batch = true, framing.Batch{}
			if err != io.EOF {
				s.Err = err
			}
			break
		}
		if s.Saw != nil {
			s.Saw(&s.batch)
		}
	}
	return s.at < len(s.batch.Frames)
}

// wire returns the bytes of the next frame of the batch.
func (s *Stream) wire() []byte {
	f := s.batch.Frames[s.at]
	return s.batch.Wire[f.Start:f.End]
}

// front returns the next message. It is valid until the next call of load.
func (s *Stream) front() (f framing.Frame, ok bool) {
	if len(s.held) > 0 {
		return s.held[0], true
	}
	if !s.load() {
		return f, false
	}
	return s.batch.Frame(s.at), true
}

// pop passes over the next message.
func (s *Stream) pop() {
	if len(s.held) > 0 {
		s.drop(1)
	} else {
		s.at++
	}
}

// full reports whether no more than the messages that are held can be held.
func (s *Stream) full() bool {
	return len(s.held) >= mostHeld || s.size >= mostBytes || s.exhausted()
}

// exhausted reports whether there are no messages but those that are held.
func (s *Stream) exhausted() bool { return s.over && s.at >= len(s.batch.Frames) }

// hold reads ahead until n messages are held, or as many as there are or can be.
func (s *Stream) hold(n int) {
	for len(s.held) < min(n, mostHeld) && s.size < mostBytes && s.load() {
		f := s.batch.Frame(s.at)
		shared := len(f.Payload) == len(f.Body) && (len(f.Body) == 0 || &f.Payload[0] == &f.Body[0])
		f.Header, f.Body, f.Trailer = s.keep(f.Header), s.keep(f.Body), s.keep(f.Trailer)
		if shared {
			f.Payload = f.Body
		} else {
			f.Payload = s.keep(f.Payload)
		}
		s.held = append(s.held, f)
		s.size += weight(f)
		s.at++
	}
}

// keep copies bytes. Blocks do not grow, so that earlier copies stay valid.
func (s *Stream) keep(b []byte) []byte {
	if len(b) > cap(s.block)-len(s.block) {
		s.block = make([]byte, 0, max(len(b), 16<<10))
	}
	from := len(s.block)
	s.block = append(s.block, b...)
	return s.block[from:len(s.block):len(s.block)]
}

// weight is how many bytes of a message are held.
func weight(f framing.Frame) int { return int(f.Size) + len(f.Payload) }

// drop passes over the first n messages that are held.
func (s *Stream) drop(n int) {
	for _, f := range s.held[:n] {
		s.size -= weight(f)
	}
	clear(s.held[:n])
	s.held, s.hashes = s.held[n:], s.hashes[min(n, len(s.hashes)):]
	if len(s.held) == 0 {
		s.block = nil
	}
}

// sums returns hashes of all messages that are held, which are the same for messages that are equal. Two that
// differ have the same hash once in 2⁶⁴ pairs; the hash has a random seed, so that nobody can make such messages.
func (s *Stream) sums() []uint64 {
	for _, f := range s.held[len(s.hashes):] {
		s.hashes = append(s.hashes, maphash.Bytes(s.seed, s.key(f)))
	}
	return s.hashes
}

// key returns bytes that are the same for messages that are equal.
func (s *Stream) key(f framing.Frame) []byte {
	if s.alone {
		return s.Comparer.Payload(f.Payload)
	}
	return s.Comparer.Key(Message{f.Header, f.Body, f.Trailer, f.Payload})
}
