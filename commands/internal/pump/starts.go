package pump

import (
	"slices"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/framing"
	"framecat/framing/detect"
)

// Of finds the framing of a direction of a connection from its first bytes. Server is the address
// of the server, and name that of the direction, or "" if it is unknown. If it is not the last call for this direction,
// there may be more bytes later: then nothing is found before there is enough evidence, and little
// time is spent on directions of a kind in which nothing was found.
func (g *Guesses) Of(server, name string, start []byte, last, ended bool) *Detection {
	var all []detect.Candidate
	if last {
		all = g.find(server, name, start, ended)
	} else {
		all = g.early(server, name, start)
	}
	d := newDetection(all, start, ended)
	d.skipped, g.skipped = g.skipped, false
	g.tryOther(d, server, name)
	d.inDirection(slices.Index(capture.Directions[:], name))
	return d
}

// early is find for a stream that has not ended.
func (g *Guesses) early(server, name string, start []byte) []detect.Candidate {
	if len(start) < tooFew {
		return nil
	}
	levels := g.levels(server, name)
	if c, ok := foundAgain(levels[:2], start, false); ok {
		return []detect.Candidate{c}
	}
	for _, e := range levels {
		if e.failed >= e.most {
			return nil
		}
	}
	all := detect.Known{Port: portOf(server)}.Detect(start, false)
	switch {
	case Believable(all) && !all[0].Entry.Details().Opens(): // else what follows an opening is not known yet
	case len(all) > 0 && all[0].Bits >= detect.MinBits: // its first frame is long: see tryAs
		return all
	default:
		return nil
	}
	for _, e := range levels {
		e.learn(all, start, false, 0)
	}
	return all
}

// tryOther takes what was found in the other direction of a server, if a direction of it has no
// better framing, and is of that framing as far as its bytes show.
func (g *Guesses) tryOther(d *Detection, server, name string) {
	if server == "" {
		return
	}
	dir := slices.Index(capture.Directions[:], name)
	if dir < 0 {
		return
	}
	e := g.ends[server+" "+capture.Directions[1-dir]]
	if e == nil || e.found.Spec == "" || e.found.Start > 0 {
		return
	}
	if known := (detect.Known{Port: portOf(server), Other: e.found.Spec}); !d.Found() && d.file == "" && len(d.Start) >= tooFew {
		if all := known.Detect(d.Start, d.Ended); Believable(all) {
			d.All = all
		}
	}
	d.tryAs(e.found.Spec, dir)
}

// other finds the framing of the other direction of a recorded stream, if it is not known: it decides where the
// bytes of this direction alone prove too little.
func (g *Guesses) other(in input.Input, server, name string) {
	dir := slices.Index(capture.Directions[:], name)
	if dir < 0 {
		return
	}
	name = capture.Directions[1-dir]
	if e := g.ends[server+" "+name]; e != nil && e.found.Spec != "" {
		return
	}
	other, ok := in.Other()
	if !ok {
		return
	}
	src, err := other.Open()
	if err != nil { // reading that direction reports it
		return
	}
	defer src.Close()
	start, ended, err := src.Ahead(input.DetectSize)
	if err == nil && hint.FileKind(start) == "" {
		g.find(server, name, start, ended)
	}
}

// tryAs takes a framing that the stream is likely to have, such as that of the other direction, if
// the stream is of it as far as its bytes show, and no other framing has much more evidence than it
// needs.
func (d *Detection) tryAs(spec string, dir int) {
	const much = 2 * detect.MinBits
	spec = neutral(spec)
	found := d.Found()
	likely := len(d.All) > 0 && neutral(d.All[0].Spec) == spec
	inside := likely && d.All[0].Start > 0 // it may have been found in the first frame, which is long
	if found && (d.All[0].Bits >= much || likely) && !inside || d.file != "" || len(d.Start) == 0 {
		return
	}
	f, err := framing.Parse(spec)
	if err != nil {
		return
	}
	directed := ForDirection(f, dir)
	s := detect.NewScale(d.Start, d.Ended).Weigh(directed)
	if s.Broken && !found { // there may be something else before the frames, such as the banner of a server
		if c, ok := detect.Resume(directed, d.Start, d.Ended); ok {
			c.Spec, c.Entry, c.Because = spec, framing.Lookup(spec), []string{detect.OtherDirection}
			d.All, d.asOther = []detect.Candidate{c}, true
		}
		return
	}
	if !s.Broken && s.Tail >= 0 && (likely && !found || inside || s.Frames+s.Empty > 0) {
		d.All = []detect.Candidate{{Spec: spec, Entry: framing.Lookup(spec), Bits: s.Total(), Frames: s.Frames + s.Empty, Leftover: s.Leftover, Because: []string{detect.OtherDirection}}}
		d.asOther = true
	}
}
