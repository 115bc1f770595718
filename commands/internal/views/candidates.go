package views

import (
	"fmt"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing/detect"
)

// writeCandidates writes the table of -f auto. Seen names the part of the stream that was
// looked at; "" is the whole stream. A terminal of a width that is too small for columns gets lines.
func writeCandidates(w func(string), all []detect.Candidate, seen string, terminal int) {
	const most = 6
	shown := all[:min(len(all), most)]
	width := len("framing")
	for _, c := range shown {
		width = max(width, len(c.Spec))
	}
	head := fmt.Sprintf("%-*s  %6s  %7s  %8s", width, "framing", "bits", "frames", "leftover")
	narrow := terminal > 0 && terminal < len(head)
	if narrow {
		head = "framings found"
	}
	if seen != "" {
		head += "  " + seen
	}
	w(head)
	for _, c := range shown {
		line := fmt.Sprintf("%-*s  %6d  %7d  %8d", width, c.Spec, int(c.Bits), c.Frames, c.Leftover)
		if narrow {
			line = fmt.Sprintf("%s: %s, %s, leftover %d", c.Spec, report.Count(int64(c.Bits), "bit"), report.Count(int64(c.Frames), "frame"), c.Leftover)
		}
		if c.Start > 0 {
			line += fmt.Sprintf("  from byte %d", c.Start)
		}
		if len(c.Aliases) > 0 {
			line += "  also " + strings.Join(c.Aliases, ", ")
		}
		if len(c.Because) > 0 {
			line += "  helped by " + strings.Join(c.Because, ", ")
		}
		w(line)
	}
}
