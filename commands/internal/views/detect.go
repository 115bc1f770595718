package views

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
)

// detect finds the framing of the input and shows the candidates. Found reports whether the
// best candidate is good enough to go on with.
func (i *inspection) detect() (found bool, err error) {
	var all []detect.Candidate
	sure := false // all has a good candidate, and is up to date
	start, ended, err := input.Peek(i.src, func(start []byte) bool {
		all = detect.Detect(start, false)
		sure = believable(all)
		return sure
	})
	if err != nil {
		return false, err
	}
	file := hint.FileKind(start)
	switch {
	case file != "":
		all = nil
	case i.in.Recorded != nil && i.in.Recorded.Stream.Server != "":
		all = i.guesses.find(i.in.Recorded.Stream.Server+" "+i.in.Recorded.Direction().Name, start, ended)
	case !sure:
		all = detect.Detect(start, ended)
	}
	if !believable(all) {
		return false, i.undetected(start, file, all)
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

// undetected reports that the framing was not found, and shows the bytes of the input.
func (i *inspection) undetected(start []byte, file string, all []detect.Candidate) error {
	best := ""
	switch {
	case len(start) == 0:
		best = ": the stream is empty"
	case file != "":
		best = ": it looks like " + file
	case all == nil && len(start) < tooFew:
		best = fmt.Sprintf(": it has only %s", report.Count(int64(len(start)), "byte"))
	case all == nil && i.guesses.skipped:
		best = ", as it was in other streams of this server; it was not searched"
		i.guesses.skipped = false
	case len(all) > 0 && all[0].Frames == 0:
		best = fmt.Sprintf("; the best guess, %s, has no whole frame in %s", all[0].Spec, report.Count(int64(len(start)), "byte"))
	case len(all) > 0:
		best = fmt.Sprintf("; the best guess, %s, has %d of the %d bits of evidence needed", all[0].Spec, int(all[0].Bits), detect.MinBits)
	}
	f := &report.Failure{Status: report.StatusMalformed, Text: "the framing of the stream is unknown" + best}
	if len(start) > 0 {
		hint := "set the framing with -f"
		if file == "" && len(start) < input.DetectSize {
			hint += ", or give a longer part of the stream"
		}
		f.Hints = []string{hint + "; for a list of framings, run framecat framings"}
	}
	i.Report.Fail(i.in.Place(), f)
	i.to.unknown(i.src.Offset)
	err := i.undecoded(i.src.Offset)
	if len(start) > 0 {
		i.to.end(&i.tally)
	}
	return err
}

// believable reports whether the best candidate is good enough: it needs the bits of evidence
// and a whole frame.
func believable(all []detect.Candidate) bool {
	return len(all) > 0 && all[0].Bits >= detect.MinBits && all[0].Frames > 0
}

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
