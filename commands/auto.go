package commands

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
)

// autoFlag is framingFlag where the framing may be left out.
func autoFlag() cli.Flag {
	f := *framingFlag
	f.DefaultText = "$FRAMECAT_FRAMING or auto"
	return &f
}

// autoFraming says whether the framing is to be found: for -f auto, or where neither
// -f nor the environment names one; then it was not asked for.
func autoFraming(c *cli.Context) (auto, asked bool) {
	spec := c.String("framing")
	if !c.IsSet("framing") {
		spec = os.Getenv("FRAMECAT_FRAMING")
	}
	return spec == "" || spec == "auto", spec == "auto"
}

// detect finds the framing of an input and shows what it may be. It says whether to
// go on with the best.
func (i *inspection) detect(src *input.Source, in input.Input) (found bool, err error) {
	var all []detect.Candidate
	sure := false // all is of start, and enough
	start, ended, err := input.Peek(src, func(start []byte) bool {
		all = detect.Detect(start, false)
		sure = told(all)
		return sure
	})
	if err != nil {
		return false, err
	}
	what := hint.FileKind(start)
	switch {
	case what != "":
		all = nil
	case !sure:
		all = detect.Detect(start, ended)
	}
	if !told(all) {
		best := ""
		switch {
		case len(start) == 0:
			best = ": it is empty"
		case what != "":
			best = ": this looks like " + what
		case len(all) > 0 && all[0].Frames == 0:
			best = fmt.Sprintf("; the best guess, %s, has no whole frame in %s", all[0].Spec, report.Count(int64(len(start)), "byte"))
		case len(all) > 0:
			best = fmt.Sprintf("; the best guess, %s, has %d bits of evidence of the %d it takes", all[0].Spec, int(all[0].Bits), detect.MinBits)
		}
		f := &report.Failure{Status: report.StatusMalformed, Text: "can't tell how the stream is framed" + best}
		if len(start) > 0 {
			hint := "name it with -f"
			if what == "" && len(start) < input.DetectSize {
				hint += ", or give more of the stream"
			}
			f.Hints = []string{hint + ": framecat framings lists the framings"}
		}
		i.report.Fail(in.Place(), f)
		i.to.unknown(src.Offset)
		err := i.undecoded(src, src.Offset)
		if len(start) > 0 {
			i.to.end(&i.tally)
		}
		return false, err
	}
	best := all[0]
	f, err := framing.Parse(best.Spec)
	if err != nil {
		return false, err
	}
	i.framing, i.kind = f, best.Kind
	if err := i.where.of(i.kind, f); err != nil {
		return false, err
	}
	again := "go on with: framecat inspect -f " + quoteArg(best.Spec)
	if best.Start > 0 {
		again += fmt.Sprintf(" -s %d", src.Offset+int64(best.Start))
	}
	if in.Label() != "" {
		again += " " + quoteArg(in.Name)
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
	i.to.candidates(all[:likely], seen, again)
	if best.Start > 0 {
		i.to.unknown(src.Offset)
		i.to.unread(src.Offset, start[:best.Start])
		src.Offset += int64(best.Start)
		_, err = io.CopyN(io.Discard, src.Reader, int64(best.Start))
	}
	return true, err
}

// told says whether the best candidate can be believed: an opening alone is none.
func told(all []detect.Candidate) bool {
	return len(all) > 0 && all[0].Bits >= detect.MinBits && all[0].Frames > 0
}

// writerAt calls f with what is written and its offset.
func writerAt(offset int64, f func(int64, []byte)) io.Writer {
	return writerFunc(func(b []byte) {
		f(offset, b)
		offset += int64(len(b))
	})
}

// quoteArg quotes an argument for a shell, if that is needed.
func quoteArg(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n\\'\"`$&|;<>()*?[]#~!{}") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// writeCandidates writes the table of -f auto; seen says in what part of the stream, if
// not in all of it.
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
