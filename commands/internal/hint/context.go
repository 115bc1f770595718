package hint

import (
	"framecat/framing"
	"framecat/framing/detect"
)

// A faultContext is what is known of a frame that could not be read.
type faultContext struct {
	*stream
	e      *framing.Error
	rest   []byte // the stream from the bad frame on
	ended  bool   // the stream ends with head
	before int64  // frames read before
	wire   int64  // bytes of those frames, and of the fill between them
	last   Frame  // the one before; its Size is 0 if it is not known
	limit  int64  // of --max-frame; 0 is none
	place  Place

	buffered []byte // what has arrived from byte at on
	at       int64
	cut      bool        // more of the stream follows them
	streams  bool        // messages that are longer than the limit are passed on as they arrive
	next     *resumption // where frames go on; nil before that was searched
}

// A stream is what is known of its start. It is kept from one fault to the next.
type stream struct {
	f    framing.Framing
	head []byte // how it begins

	weighed  *detect.Scale
	own      detect.Score // of f, once weighed is set
	opens    *bool
	searched bool               // all is what a search finds
	all      []detect.Candidate // by detect.Detect
}

// scale returns the scale of the head.
func (s *stream) scale() *detect.Scale {
	if s.weighed == nil {
		// A head that is not full has ended, or was written at once up to there.
		s.weighed = detect.NewScale(s.head, len(s.head) < HeadSize)
		s.own = s.weighed.Weigh(s.f)
	}
	return s.weighed
}

// score returns how well the framing in use explains the head.
func (s *stream) score() detect.Score {
	s.scale()
	return s.own
}

// opened reports whether the head begins as streams of the framing do.
func (s *stream) opened() bool {
	if s.opens == nil {
		yes := opens(s.f, s.head)
		s.opens = &yes
	}
	return *s.opens
}

// candidates returns what a search finds in the head.
func (s *stream) candidates(ended bool) []detect.Candidate {
	if !s.searched {
		s.all, s.searched = detect.Detect(s.head, ended), true
	}
	return s.all
}

// entry is the row of the framing in use.
func (s *stream) entry() *framing.Entry { return framing.EntryOf(s.f) }

// settled is the evidence, in bits, that settles a question on its own.
const settled = 9
