package detect

import "framecat/framing"

// Repair finds which frame is damaged where a stream of f breaks, and where it goes on:
//
//	r.Resync = detect.Repair // r is a framing.Reader
//
// B begins with frames that could be read, at the offsets in frames; the last of these offsets is
// the place where no frame can be read. The damaged one may be an earlier one, whose length is
// wrong: a length that is too large hides the frames inside it, and after one that is too small
// the rest of the payload is read as frames. Bad is the index in frames of the damaged one, and
// next the offset at which the stream goes on. Without frames, b begins inside a frame.
//
// It is not ok if no chain of frames after the damage is worth MinBits. The limits of Resume
// hold.
func Repair(f framing.Framing, b []byte, frames []int, ended bool) (bad, next int, ok bool) {
	s := search(f, b, maxResume+last(frames), ended)
	if s == nil {
		return 0, 0, false
	}
	if len(frames) == 0 {
		t := s.first(0)
		if t == nil {
			return 0, 0, false
		}
		return 0, t.part.at, true
	}
	return s.repair(frames)
}

func last(frames []int) int {
	if len(frames) == 0 {
		return 0
	}
	return frames[len(frames)-1]
}

// repair compares what the stream is worth if one frame or another is the damaged one: the
// frames before it, and the chain after it.
func (s *resumption) repair(frames []int) (bad, next int, ok bool) {
	worth := make([]float64, len(frames)) // of the frames before each
	for i := range frames[:len(frames)-1] {
		worth[i+1] = worth[i]
		if k := s.at[frames[i]]; k > 0 && s.steps[k-1].part.ext.Body > 0 {
			worth[i+1] += float64(s.steps[k-1].bits)
		}
	}
	most := 0.0
	for i := len(frames) - 1; i >= 0; i-- {
		t := s.first(frames[i] + 1)
		if t == nil {
			continue
		}
		total := worth[i] + float64(t.chain)
		if s.oneByte(frames[i], t.part.at) {
			total += oneByteBonus
		}
		if i < len(frames)-1 {
			least := most + clearly
			if t.part.at < frames[i+1] { // if so, the length of this frame proves nothing
				least -= worth[i+1] - worth[i]
			}
			if total < least || s.joins(t, frames[i+1:]) {
				continue
			}
		}
		if !s.breaks(t, frames) {
			continue
		}
		if !ok || total > most {
			bad, next, ok, most = i, t.part.at, true, total
		}
	}
	if last := len(frames) - 1; ok && bad == last && !s.oneByte(frames[last], next) {
		bad = s.cutBefore(frames, worth, next)
	}
	return bad, next, ok
}

// oneByteBonus is how much more likely it is that one byte of a length is wrong than several.
const oneByteBonus = 12

// cutBefore returns the index of the damaged frame if the last of frames cannot be read, and is
// not damaged in one byte of its length. If a frame before it is, that one was cut: the bytes
// after it are its own.
func (s *resumption) cutBefore(frames []int, worth []float64, next int) int {
	last := len(frames) - 1
	for i := last - 1; i >= 0 && worth[last]-worth[i+1] < clearly; i-- {
		if s.oneByte(frames[i], next) {
			return i
		}
	}
	return last
}

// oneByte reports whether the frame at an offset would end at next if one byte of its header
// were another.
func (s *resumption) oneByte(at, next int) bool {
	a, ok := s.h.framing.(framing.Announcer)
	k := s.at[min(next, len(s.d.b))]
	if !ok || k == 0 {
		return false
	}
	if j := s.at[at]; j > 0 && s.d.repeats(&s.steps[j-1].part) { // zeros among zeros are a header by chance
		return false
	}
	p := &s.steps[k-1].part
	n := p.header - p.at
	size := next - at - n - p.ext.Trailer
	if size < 0 || at+n > len(s.d.b) {
		return false
	}
	own := s.d.b[at : at+n]
	want, err := a.AppendHeader(nil, framing.Marks{Header: own}, int64(size))
	if err != nil {
		want, err = a.AppendHeader(nil, framing.Marks{Header: s.d.b[next : next+n]}, int64(size))
	}
	if err != nil || len(want) != n {
		return false
	}
	differ := 0
	for i := range own {
		if own[i] != want[i] {
			differ++
		}
	}
	return differ <= 1
}

// clearly is how much more evidence there must be that a frame is damaged which could be
// read, than that the first one is which could not.
const clearly = 6

// breaks reports whether the last of frames must be given up for the chain that begins with t.
// It need not if frames follow it, and that chain never meets them. Nor if it is only cut by the
// end of the stream, as that chain is: then the chain is a part of its payload.
func (s *resumption) breaks(t *step, frames []int) bool {
	k := s.at[last(frames)]
	if k == 0 {
		return true
	}
	own := &s.steps[k-1]
	most := implausible * max(s.longest(t), s.longest(own), s.longest(s.follower(&step{part: part{end: frames[0]}})))
	if own.part.cut {
		return own.size() > most || s.d.ended && !s.ending(t).part.cut
	}
	sound := func(t *step) bool {
		end := s.ending(t)
		return end.part.cut && end.size() <= most || !end.part.cut && s.after(&end.part) >= 0
	}
	return !sound(own) || sound(t) && s.meet(own, t)
}

// meet reports whether two chains have a part in common.
func (s *resumption) meet(a, b *step) bool {
	for a != nil && b != nil && a.part.end != b.part.end {
		if a.part.end < b.part.end {
			a = s.follower(a)
		} else {
			b = s.follower(b)
		}
	}
	return a != nil && b != nil
}

// ending returns the last frame of the chain that begins with t.
func (s *resumption) ending(t *step) *step {
	for next := t; next != nil; next = s.follower(t) {
		t = next
	}
	return t
}

// longest returns the size of the longest whole frame in the chain that begins with t.
func (s *resumption) longest(t *step) (size int) {
	for ; t != nil && !t.part.cut; t = s.follower(t) {
		size = max(size, t.size())
	}
	return size
}

func (t *step) size() int {
	e := t.part.ext
	return e.Header + int(e.Body) + e.Trailer
}

// follower returns the frame that begins where t ends, or nil.
func (s *resumption) follower(t *step) *step {
	k := s.at[min(t.part.end, len(s.d.b))]
	if t.part.cut || k == 0 {
		return nil
	}
	return &s.steps[k-1]
}

// joins reports whether the chain that begins with t runs into one of the frames at these
// offsets: then it is a part of the payload before them.
func (s *resumption) joins(t *step, frames []int) bool {
	for at := t.part.at; ; {
		for len(frames) > 0 && frames[0] < at {
			frames = frames[1:]
		}
		if len(frames) == 0 {
			return false
		}
		if frames[0] == at {
			return true
		}
		k := s.at[min(at, len(s.d.b))]
		if k == 0 || s.steps[k-1].part.cut {
			return false
		}
		at = s.steps[k-1].part.end
	}
}
