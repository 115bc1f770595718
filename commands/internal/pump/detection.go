package pump

import (
	"cmp"
	"fmt"
	"strings"

	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/framing/detect"
)

// A Detection is what -f auto found at the start of a stream.
type Detection struct {
	All   []detect.Candidate // best first
	Start []byte             // the bytes that were looked at
	Ended bool               // they are the whole stream

	file    string // the kind of file that the stream is, if it holds no frames
	unpack  string // the command that decompresses it, or ""
	skipped bool   // it was not searched
	asOther bool   // the only candidate is the framing of what the other end sends
	inside  bool   // the best candidate has the evidence, and a first frame that is longer than all that is looked at
}

// Detect finds the framing of a source. Reading src returns the bytes again.
func (g *Guesses) Detect(in input.Input, src *input.Source) (*Detection, error) {
	var all []detect.Candidate
	sure := false // all has a good candidate, and is up to date
	var server, name string
	if in.Recorded != nil && in.Recorded.Stream.Server != "" {
		server, name = in.Recorded.Stream.Server, in.Recorded.Direction().Name
	}
	start, ended, err := input.Peek(src, func(start []byte) bool {
		all = detect.Detect(start, false)
		sure = Believable(all)
		return sure
	})
	if err != nil {
		return nil, err
	}
	switch {
	case hint.FileKind(start) != "": // see newDetection
	case server != "":
		all = g.find(server, name, start, ended)
	case !sure:
		all = detect.Detect(start, ended)
	}
	d := newDetection(all, start, ended)
	d.skipped, g.skipped = g.skipped, false
	if server != "" && !d.Found() && d.file == "" {
		g.other(in, server, name)
	}
	g.tryOther(d, server, name)
	d.inDirection(in.Dir())
	if program := hint.Unpacker(start); d.file != "" && program != "" && in.Recorded == nil {
		d.unpack = in.Unpack(program, "auto")
	}
	return d, nil
}

// newDetection returns the result of a search. A file of a known kind holds no frames, whatever
// was found.
func newDetection(all []detect.Candidate, start []byte, ended bool) *Detection {
	d := &Detection{All: all, Start: start, Ended: ended, file: hint.FileKind(start)}
	if d.file != "" {
		d.All = nil
	}
	d.inside = len(start) >= input.DetectSize && len(d.All) > 0 && d.All[0].Frames == 0 && d.All[0].Bits >= detect.MinBits
	if !d.Found() {
		d.file = cmp.Or(d.file, hint.Dump(start))
	}
	return d
}

// Found reports whether the best candidate is good enough.
func (d *Detection) Found() bool { return d.asOther || Believable(d.All) || d.inside }

// opens reports whether the best candidate is the opening of a stream, without the framing of what follows it.
func (d *Detection) opens() bool { return d.All[0].Entry.Details().Opens() }

// Guess reports whether the best candidate may do where nothing depends on it but a view, and a
// guess is better than bytes: it has whole frames, and half of the evidence.
func (d *Detection) Guess() bool {
	return len(d.All) > 0 && d.All[0].Frames > 0 && d.All[0].Bits >= detect.MinBits/2
}

// Evidence describes the best candidate, which is good enough.
func (d *Detection) Evidence() string {
	if d.asOther {
		return fmt.Sprintf("took %s, as in the other direction", d.All[0].Spec)
	}
	if !d.Found() {
		return fmt.Sprintf("took %s, a guess with %d of the %d bits of evidence needed", d.All[0].Spec, int(d.All[0].Bits), detect.MinBits)
	}
	because := ""
	if known := d.All[0].Because; len(known) > 0 {
		because = ", helped by " + strings.Join(known, " and ")
	}
	return fmt.Sprintf("found %s with %d bits of evidence%s", d.All[0].Spec, int(d.All[0].Bits), because)
}

// Believable reports whether the best candidate is good enough: it needs the bits of evidence
// and a whole frame.
func Believable(all []detect.Candidate) bool {
	return len(all) > 0 && all[0].Bits >= detect.MinBits && all[0].Frames > 0
}
