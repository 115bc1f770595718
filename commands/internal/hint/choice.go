package hint

import (
	"slices"
	"strings"

	"framecat/framing"
	"framecat/framing/detect"
)

// What an alternative must have, in bits: at all, and more than the framing in use. It is
// more if nothing shows that a frame ends where the stream does. A farther one must have
// clearly more than a nearer one.
const (
	least, leastCut = 5, 9
	lead, leadCut   = 5, 16
	clearly         = 3
)

// favour is what counts for the framing in use: bits for each byte of its headers after the
// first, which any byte can be. The user named it, so that they are what they should be.
// Without a payload, the first four do not count: they may be zeros of something else.
const favour = 8

// standing is what an alternative must beat: the evidence for the framing in use.
func (c *faultContext) standing() float64 {
	own := c.score()
	if c.e.Fault != framing.Truncated {
		return own.Total()
	}
	headers := own.Headers - (own.Frames - own.Empty)
	headers += max(-own.Empty, own.EmptyHeaders-4*own.Empty)
	return own.Total() + favour*float64(headers)
}

// alternative names the one that explains the stream from its start and has most bits, or
// what the whole search finds if that is something else.
func (c *faultContext) alternative() string {
	if c.score().Frames > 0 && c.e.Fault == framing.Truncated && c.entry().Details().Traits().Delimited || c.opened() {
		return "" // it explains its frames, and counts too little for them
	}
	near, found := c.nearest(), c.found()
	switch {
	case found != nil && (near == nil || !sameRule(parsed(near.spec), parsed(found.spec))):
		near = found
	case near == nil:
		return ""
	}
	return near.why + ": try -f " + near.spec
}

// nearest is the alternative that has most bits.
func (c *faultContext) nearest() (best *alternative) {
	most := 0.0
	badSum := c.e.Fault == framing.Checksum // without it, all would fit
	for _, a := range alternatives(c.f) {
		f, err := framing.Parse(a.spec)
		if err != nil || f.String() == c.f.String() || isSum(a.why) && !mayFit(f, c.head) {
			continue
		}
		if badSum && !isSum(a.why) && (!strings.Contains(a.spec, "crc=") || fits(f, c.head) != nil) {
			continue
		}
		got := c.scale().Weigh(f)
		if got.Broken || c.limit > 0 && got.Longest > c.limit || !got.Exact() && !c.runs(got) {
			continue
		}
		need := max(c.standing()+lead, least)
		if !got.Exact() {
			need = max(c.standing()+leadCut, leastCut)
		}
		if got.Total() >= max(need, most) {
			best, most = &alternative{f.String(), a.why}, got.Total()+clearly
		}
	}
	return best
}

// laxer names a framing with a check less, if the bytes from the fault on are frames of it. The
// frames before are no evidence for it: they fit both.
func (c *faultContext) laxer() string {
	if c.before == 0 || c.ofBody() || c.e.Fault == framing.Truncated {
		return ""
	}
	scale := detect.NewScale(c.rest, false)
	for _, a := range alternatives(c.f) {
		f := parsed(a.spec)
		if f == nil || !strings.HasPrefix(a.why, without) {
			continue
		}
		got := scale.Weigh(f)
		if !got.Broken && got.Frames > 0 && (c.limit == 0 || got.Longest <= c.limit) && got.Total() >= least {
			if strings.HasPrefix(a.why, without+"magic=") && c.passesNext(sizeOf(f, c.rest)) {
				return ""
			}
			return a.why + ": try -f " + f.String()
		}
	}
	return ""
}

// passesNext reports whether many frames passed the check before the bad one, and the next one
// does after n bytes: then the bad one is damaged, and the check is right.
func (c *faultContext) passesNext(n int64) bool {
	return c.before >= settled && n > 0 && n < int64(len(c.rest)) && c.sizeOf(c.rest[n:]) > 0
}

// runs reports whether a score whose last frame is cut is that of a good run of frames: the
// stream must go on, and so far that the end of its first frame may not be there.
func (c *faultContext) runs(got detect.Score) bool {
	return !c.ended && (got.Frames > 1 || len(c.head) == HeadSize)
}

// found returns the framing that a search finds in most of the head, or nil if there is good
// evidence for the framing in use. Against some evidence for that, there must be four times as
// much: a few bytes look like frames of almost anything.
func (c *faultContext) found() *alternative {
	own := c.standing()
	if c.score().Frames == 0 {
		own = 0
	}
	if c.entry().Details().Traits().Delimited || own >= 2*detect.MinBits || c.e.Fault == framing.Checksum || FileKind(c.head) != "" {
		return nil
	}
	all := c.candidates(c.ended)
	if len(all) == 0 {
		return nil
	}
	best := all[0]
	if best.Bits < detect.MinBits || own >= settled && best.Bits < 4*own || best.Start > 0 || best.Frames < 3 || 4*best.Leftover >= len(c.head) ||
		sameRule(parsed(best.Spec), c.f) || slices.Contains(best.Aliases, c.entry().Name) {
		return nil
	}
	if c.e.Fault == framing.Truncated && c.score().Frames == 0 && best.Bits < 2*detect.MinBits { // it may be nothing but cut
		return nil
	}
	if c.e.Fault == framing.Truncated && c.entry().Details().Traits().Text && framing.EntryOf(parsed(best.Spec)).Details().Traits().Delimited {
		return nil // its headers end as lines do
	}
	return &alternative{best.Spec, "the stream reads as " + best.Entry.Name}
}
