package pump

import (
	"fmt"
	"strings"

	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
)

// Failure reports that no framing is sure enough.
func (d *Detection) Failure() *report.Failure {
	f := &report.Failure{Status: report.StatusMalformed, Kind: "unknown framing", Text: d.unknown()}
	switch {
	case d.unpack != "":
		f.Hints = []string{"run " + d.unpack}
	case d.file != "" && !strings.Contains(d.file, ": "): // else it names what to do
		f.Hints = []string{"this kind of file has no frames; framecat needs a recorded stream, or a capture"}
	case d.file == "" && len(d.Start) > 0:
		more := ""
		if len(d.Start) < input.DetectSize {
			more = ", or give a longer part of the stream"
		}
		f.Hints = []string{d.advice("-f", more)}
	}
	return f
}

// PeerFailure is Failure for the stream of a peer, which cannot be read again: it shows what came.
// Flag is the flag that sets the framing.
func (d *Detection) PeerFailure(flag string) *report.Failure {
	f := &report.Failure{Status: report.StatusMalformed, Kind: "unknown framing", Text: d.unknown()}
	if len(d.Start) > 0 {
		f.Hints = []string{hint.Arrived(d.Start), d.advice(flag, "")}
	}
	return f
}

// NotFound returns hints about the start of the stream of a peer that is silent now, and whose framing
// was not found. Flag is the flag that sets it.
func NotFound(start []byte, flag string) []string {
	return newDetection(detect.Detect(start, true), start, true).PeerFailure(flag).Hints
}

// advice returns what to do if no framing is sure enough: to try the likely one, or else to set it
// with the flag. More is another way.
func (d *Detection) advice(flag, more string) string {
	text := hint.TextAs(d.Start, d.Ended)
	switch {
	case d.long() != "":
		return fmt.Sprintf("try %s %s", flag, d.long())
	case text != "" && (len(d.All) == 0 || d.All[0].Bits < weak || d.All[0].Spec == text):
		return fmt.Sprintf("it looks like text; try %s %s", flag, text)
	case len(d.All) > 0 && d.All[0].Bits >= weak:
		return fmt.Sprintf("try %s %s%s", flag, d.All[0].Spec, more)
	}
	return fmt.Sprintf("set the framing with %s%s; for a list of framings, run framecat framings", flag, more)
}

// likely is the size of the longest frame that is likely: the default of --max-frame.
const likely = 16 << 20

// weak is less evidence than a guess needs to be worth a try, in bits.
const weak = 8

// long returns the framing whose first frame is longer than what was looked at, but not than a
// frame that is held in memory; "" if there is a better guess, or none. By chance that has 8 bits.
func (d *Detection) long() string {
	better := float64(weak)
	if len(d.All) > 0 && d.All[0].Frames == 0 { // it has seen no more than the same first header
		better = 2 * weak
	}
	if d.Ended || d.file != "" || len(d.Start) < input.DetectSize || len(d.All) > 0 && d.All[0].Bits >= better {
		return ""
	}
	for _, spec := range [...]string{"u32be", "u32le"} {
		if n := d.first(spec); n > int64(len(d.Start)) && n <= likely {
			return spec
		}
	}
	return ""
}

// first returns the length of the first frame as a framing announces it, or 0.
func (d *Detection) first(spec string) int64 {
	f, err := framing.Parse(spec)
	if err != nil {
		return 0
	}
	e, err := f.Scan(d.Start, new(framing.Cursor))
	if err != nil || !e.Announced {
		return 0
	}
	return int64(e.Header) + e.Body
}

// unknown describes why no framing is sure enough.
func (d *Detection) unknown() string {
	best, looked := "", report.Count(int64(len(d.Start)), "byte")
	switch long := d.long(); {
	case len(d.Start) == 0:
		best = ": the stream is empty"
	case d.file != "":
		best = ": it looks like " + d.file
	case long != "":
		best = fmt.Sprintf("; the best guess, %s, has a first frame of %d bytes, and only %s were looked at", long, d.first(long), looked)
	case d.All == nil && len(d.Start) < tooFew:
		best = ": it has only " + looked
	case d.All == nil && d.skipped:
		best = ", as it was in other streams of this server or port; it was not searched"
	case len(d.All) > 0 && d.All[0].Frames == 0:
		best = fmt.Sprintf("; the best guess, %s, has %d bits of evidence, but no whole frame in %s", d.All[0].Spec, int(d.All[0].Bits), looked)
	case len(d.All) > 0:
		best = fmt.Sprintf("; the best guess, %s, has %d of the %d bits of evidence needed", d.All[0].Spec, int(d.All[0].Bits), detect.MinBits)
	}
	return "the framing of the stream is unknown" + best
}
