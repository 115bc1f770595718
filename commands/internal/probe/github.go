package probe

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"framecat/commands/internal/report"
)

// Reports for GitHub Actions: annotations, which are workflow commands in the log, and a summary of
// the step in Markdown. See "Workflow commands for GitHub Actions" in its documentation, and
// ActionCommand.cs of github.com/actions/runner for what the runner really accepts.

// A kind is the failed cases of one family.
type kind struct {
	family string
	failed []*Result
	tried  int
}

// kinds returns the families that have failed, in the order of their first failure.
func (s *Summary) kinds() (list []*kind) {
	all := map[string]*kind{}
	for i := range s.Results {
		r := &s.Results[i]
		k := all[r.Family()]
		if k == nil {
			k = &kind{family: r.Family()}
			all[k.family] = k
		}
		k.tried++
		if r.Verdict == Fail {
			if k.failed = append(k.failed, r); len(k.failed) == 1 {
				list = append(list, k)
			}
		}
	}
	return list
}

// The most annotations of one level that GitHub shows for a step.
const mostAnnotations = 10

// Annotations returns a workflow command for each family that has failed. If none has, but some cases
// could not be judged, there is a warning.
func Annotations(s *Summary, p *Plan, t Target) string {
	list := s.kinds()
	if len(list) == 0 && s.Count(Inconclusive) > 0 {
		return command("warning", "framecat probe: "+s.Sentence(), s.Counts())
	}
	var out strings.Builder
	for i, k := range list {
		if i == mostAnnotations-1 && len(list) > mostAnnotations {
			var rest []string
			for _, k := range list[i:] {
				rest = append(rest, k.family)
			}
			out.WriteString(command("error", "framecat probe: more failed", strings.Join(rest, ", ")))
			break
		}
		first := k.failed[0]
		text := report.Sanitize(first.Found())
		if line := t.Repeat(p, first); len(line) <= mostLine {
			text += "\nrepeat: " + report.Sanitize(line)
		}
		out.WriteString(command("error", "framecat probe: "+caseIDs(k.failed)+" failed", text))
	}
	return out.String()
}

// command returns a workflow command. In its title and text, no byte ends it too early.
func command(name, title, text string) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	return "::" + name + " title=" + property.Replace(title) + "::" + data.Replace(text) + "\n"
}

// StepSummary returns a report in Markdown. What comes from the peer or the command line is only in
// code blocks, where nothing is markup.
func StepSummary(s *Summary, p *Plan, t Target) string {
	var out strings.Builder
	fmt.Fprintf(&out, "### framecat probe\n\n%s\n", codeBlock("-f "+report.Sanitize(t.Spec)+" "+report.Sanitize(t.Address)))
	out.WriteString("| verdict | cases |\n|---|---:|\n")
	for _, v := range []Verdict{Fail, Inconclusive, Known, Info, Pass} {
		if n := s.Count(v); n > 0 {
			fmt.Fprintf(&out, "| %s | %d |\n", v, n)
		}
	}
	fmt.Fprintf(&out, "\n**%s** (judged by: %s)\n", s.Sentence(), s.Oracle)
	for _, k := range s.kinds() {
		first := k.failed[0]
		fmt.Fprintf(&out, "\n#### %s: %d of %s failed\n\n", k.family, len(k.failed), report.Count(int64(k.tried), "case"))
		text := caseIDs(k.failed) + "\n" + report.Sanitize(first.Found())
		for line := range strings.Lines(first.Stderr) {
			text += "\nstderr: " + report.Sanitize(strings.TrimRight(line, "\r\n"))
		}
		fmt.Fprintf(&out, "%s\nTo repeat %s:\n\n%s", codeBlock(text), first.ID, codeBlock(report.Sanitize(t.Repeat(p, first))))
	}
	return out.String()
}

// codeBlock returns text as a block of code in Markdown. Its fence is longer than any row of backticks
// in the text.
func codeBlock(text string) string {
	fence := "```"
	for _, row := range regexp.MustCompile("`+").FindAllString(text, -1) {
		if len(row) >= len(fence) {
			fence = row + "`"
		}
	}
	return fence + "\n" + text + "\n" + fence + "\n"
}

// A Guard passes on a log of GitHub Actions in which the peer must not give commands to the runner.
// The runner takes two forms for a command: :: at the start of a line, after any white space, and
// ##[ anywhere in a line. Both get a backslash. Several goroutines may write at once.
type Guard struct {
	Out  io.Writer
	JSON bool // the log is JSON records, which stay the same in value

	mu     sync.Mutex
	begun  bool // there was something else than white space in this line
	colon  bool // that was a colon, and nothing more
	hashes int  // before the next byte
	buf    []byte
}

// Write writes b with its commands broken.
func (g *Guard) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.buf = g.buf[:0]
	for _, c := range b {
		switch old := c == '[' && g.hashes >= 2; {
		case old && g.JSON:
			g.buf = append(g.buf, `\u005b`...)
		case old, c == ':' && g.colon:
			g.buf = append(g.buf, '\\', c)
		default:
			g.buf = append(g.buf, c)
		}
		if c == '#' {
			g.hashes++
		} else {
			g.hashes = 0
		}
		g.colon = c == ':' && !g.begun
		switch {
		case c == '\n' || c == '\r': // the runner takes both for line ends
			g.begun = false
		case c > ' ' && c < 0x7f: // other bytes may be white space
			g.begun = true
		}
	}
	_, err := g.Out.Write(g.buf)
	return len(b), err
}
