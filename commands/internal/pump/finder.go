package pump

import (
	"io"
	"slices"
	"sync"
	"time"

	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/framing"
	"framecat/framing/detect"
)

// A Finder finds the framings of live streams that belong together, such as what the clients of
// one server send. What it found for one stream is tried first on the next.
type Finder struct {
	Server string // the address of the server, with its port; "" if it is unknown

	mu      sync.Mutex
	last    guess
	busy    bool     // a search is made: one at a time, so that the others have time for their frames
	waiting []queued // for that one; those in few bytes come first, because they take little time
}

// A queued search waits until it may begin.
type queued struct {
	size  int
	begin chan struct{}
}

// begin waits until a search in so many bytes may begin.
func (f *Finder) begin(size int) {
	f.mu.Lock()
	if !f.busy {
		f.busy = true
		f.mu.Unlock()
		return
	}
	s := queued{size, make(chan struct{})}
	at, _ := slices.BinarySearchFunc(f.waiting, size+1, func(w queued, size int) int { return w.size - size })
	f.waiting = slices.Insert(f.waiting, at, s)
	f.mu.Unlock()
	<-s.begin
}

// end lets the next search begin.
func (f *Finder) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy = len(f.waiting) > 0; f.busy {
		close(f.waiting[0].begin)
		f.waiting = slices.Delete(f.waiting, 0, 1)
	}
}

// find returns what detect.Detect does for the start of a stream.
func (f *Finder) find(start []byte, ended bool, other string) []detect.Candidate {
	if len(start) < tooFew {
		return nil
	}
	f.mu.Lock()
	last := f.last
	f.mu.Unlock()
	if c, ok := last.again(start, ended); ok {
		return []detect.Candidate{c}
	}
	f.begin(len(start))
	defer f.end()
	all := detect.Known{Port: portOf(f.Server), Other: other}.Detect(start, ended)
	if Believable(all) && last.keep(all[0], start, ended) {
		f.mu.Lock()
		f.last = last
		f.mu.Unlock()
	}
	return all
}

// A Search finds the framing of one live stream from its first bytes, as they arrive.
//
// It looks at the first bytes that arrive, each time that four times as many have arrived, and when
// the peer pauses; at last at the end of the stream, or when there are as many bytes as
// inspect -f auto looks at. It ends as soon as there is enough evidence.
type Search struct {
	Finder *Finder
	Dir    int                // the direction of the stream; see ForDirection
	Seen   func(start []byte) // called when more has arrived; may be nil
	Silent func(*Detection)   // called once if the peer is silent for a while; may be nil
	Other  framing.Framing    // of the other direction: taken if there is not enough evidence, and the bytes are of it; may be nil

	size     int           // bytes that have arrived
	arrived  time.Time     // when the last of them did
	looked   int           // bytes that were looked at
	took     time.Duration // the time of the last look
	found    *Detection    // by the last look; nil if there was none
	compared int           // bytes that were compared with Other
}

const (
	// pauseTime is the silence after which the bytes that have arrived are looked at.
	pauseTime = 200 * time.Millisecond
	// silentTime is the silence after which Silent is called.
	silentTime = 2 * time.Second
	// growth is how many times as many bytes are worth another look.
	growth = 4
	// rest is how many times as long as a look the next look at a pause waits at least.
	rest = 8
)

// Next reads more of the stream of a peer, and looks at it. It returns framing.ErrWait if more
// must arrive first, and otherwise a Detection with what is known. If that has found no framing,
// the error is how the stream ended, or nil if it has not.
func (s *Search) Next(peer *link.Conn) (*Detection, error) {
	for {
		start, err := peer.Peek(input.DetectSize)
		wait := err == framing.ErrWait
		d, wake := s.Look(start, err != nil && !wait, err == io.EOF)
		peer.WakeAt = wake
		switch {
		case d != nil && wait:
			return d, nil
		case d != nil || wait:
			return d, err
		}
	}
}

// Look takes all bytes that have arrived from the start of the stream on; over means that no more
// will come, and ended that this is because the stream ends. It returns a Detection if the search
// is over. Otherwise it is to be called again when more has arrived, and at the time wake, unless
// that is zero.
func (s *Search) Look(start []byte, over, ended bool) (d *Detection, wake time.Time) {
	now := time.Now()
	if len(start) > s.size {
		s.size, s.arrived = len(start), now
		if s.Seen != nil {
			s.Seen(start)
		}
	}
	over = over || len(start) >= input.DetectSize
	paused := s.size > 0 && !now.Before(s.arrived.Add(s.pause()))
	if over || paused && s.size > s.looked || len(start) > 0 && len(start) >= growth*s.looked {
		other := ""
		if s.Other != nil {
			other = s.Other.String()
		}
		s.found = newDetection(s.Finder.find(start, ended, other), start, ended)
		s.found.inDirection(s.Dir)
		s.looked, s.took = len(start), time.Since(now)
	}
	if s.uncompared() && (over || paused) {
		s.found.tryAs(s.Other.String(), s.Dir)
		s.compared = s.looked
	}
	if over || s.found != nil && (s.found.Found() && !s.found.opens() || s.found.file != "") {
		return s.found, wake
	}
	return nil, s.wake(now)
}

// uncompared reports whether the peer may have sent a frame of the other direction's framing since
// that was tried.
func (s *Search) uncompared() bool { return s.Other != nil && s.size > s.compared }

// pause is how long the peer must be silent for another look.
func (s *Search) pause() time.Duration { return max(pauseTime, rest*s.took) }

// wake returns when to look again although nothing more has arrived. If the peer was silent for
// long enough, it calls Silent.
func (s *Search) wake(now time.Time) time.Time {
	silent := s.arrived.Add(silentTime)
	switch {
	case s.size > s.looked || s.uncompared():
		return s.arrived.Add(s.pause())
	case s.size == 0 || s.Silent == nil:
	case now.Before(silent):
		return silent
	default:
		s.Silent(s.found)
		s.Silent = nil
	}
	return time.Time{}
}
