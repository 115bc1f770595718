package views

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/framing"
	"framecat/framing/detect"
)

// detect finds the framing of the input and shows the candidates. Ok reports whether the
// best candidate is good enough to go on with.
func (i *inspection) detect() (ok bool, err error) {
	found, err := i.guesses.Detect(i.in, i.src)
	if err != nil {
		return false, err
	}
	all, start, ended := found.All, found.Start, found.Ended
	if !pump.Believable(all) {
		return false, i.undetected(found)
	}
	best := all[0]
	if i.Framing, err = framing.Parse(best.Spec); err != nil {
		return false, err
	}
	i.Kind = best.Entry
	if err := i.Where.Of(i.Kind, i.Framing); err != nil {
		return false, err
	}
	likely := slices.IndexFunc(all, func(c detect.Candidate) bool { return c.Bits < detect.MinBits })
	if likely < 0 {
		likely = len(all)
	}
	seen := ""
	switch {
	case len(start) >= input.DetectSize && !ended:
		seen = "in the first 64 KiB"
	case !ended:
		seen = "so far"
	}
	i.to.candidates(all[:likely], seen, i.again(best))
	if best.Start > 0 {
		i.to.unknown(i.src.Offset)
		i.to.unread(i.src.Offset, start[:best.Start])
		i.src.Offset += int64(best.Start)
		_, err = io.CopyN(io.Discard, i.src.Reader, int64(best.Start))
	}
	return true, err
}

// again returns a line with the command to go on with a candidate.
func (i *inspection) again(c detect.Candidate) string {
	at := int64(0)
	if c.Start > 0 {
		at = i.src.Offset + int64(c.Start)
	}
	return "go on with: " + i.in.Inspect(c.Spec, at)
}

// undetected shows the first bytes of the input, and reports that its framing was not found.
func (i *inspection) undetected(found *pump.Detection) error {
	if !i.RowsSet {
		i.to.limit(unknownRows)
		defer i.to.limit(i.View.Rows)
	}
	const most = 3
	i.to.unknownFraming(found.All[:min(len(found.All), most)])
	i.to.unknown(i.src.Offset)
	err := i.undecoded(i.src.Offset)
	if len(found.Start) > 0 {
		i.to.end(&i.tally)
	}
	if fail := i.flush(); fail != nil {
		return fail
	}
	i.Report.Fail(i.in.Place(), found.Failure())
	return err
}

// unknownRows is how many rows are shown of a stream whose framing is unknown.
const unknownRows = 16

// writeCandidates writes the table of -f auto. Seen names the part of the stream that was
// looked at; "" is the whole stream.
func writeCandidates(w func(string), all []detect.Candidate, seen string) {
	const most = 6
	shown := all[:min(len(all), most)]
	width := len("framing")
	for _, c := range shown {
		width = max(width, len(c.Spec))
	}
	head := fmt.Sprintf("%-*s  %6s  %7s  %8s", width, "framing", "bits", "frames", "leftover")
	if seen != "" {
		head += "  " + seen
	}
	w(head)
	for _, c := range shown {
		line := fmt.Sprintf("%-*s  %6.0f  %7d  %8d", width, c.Spec, c.Bits, c.Frames, c.Leftover)
		if c.Start > 0 {
			line += fmt.Sprintf("  from byte %d", c.Start)
		}
		if len(c.Aliases) > 0 {
			line += "  also " + strings.Join(c.Aliases, ", ")
		}
		w(line)
	}
}
