package manual

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"framecat/commands/internal/report"
)

// helpSummary says what framecat help is for; it is no command of urfave/cli's.
const helpSummary = "explain framecat, or the command that follows"

// aside are the commands that are about framecat itself.
var aside = []string{"framings", "completion"}

// The program in one line, and its command line.
const (
	summary = "knows where messages end: netcat, xxd and cat for framed byte streams"
	usage   = "framecat COMMAND [flags] [FILE...]"
)

// FrontPage says in ten lines what framecat is.
func (p *Program) FrontPage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "framecat %s.\n\n", summary)
	for _, c := range p.Commands {
		if c.Name != aside[0] && c.Name != aside[1] {
			fmt.Fprintf(&b, "  framecat %-9s %s\n", c.Name, c.Summary)
		}
	}
	b.WriteString("\nframecat framings lists what -f can name, framecat help COMMAND explains one.\n")
	return b.String()
}

var valueTerms = []Term{
	{"SPEC", "a framing and its keys, as fixed:188 or u16be:offset=2,counts=frame"},
	{"FORMAT", "lines raw hex base64 escaped json, for -o dir:PATH too, or a SPEC"},
	{"SIZE", "bytes: 4096, 0x1000, 64KiB or 16M (= MiB)"},
	{"DURATION", "250ms, 1m30s, or a number of seconds"},
}

var environment = []Term{
	{"FRAMECAT_FRAMING", "the SPEC, if -f gives none"},
	{"NO_COLOR", "if it is not empty: no colours, unless --color asks for them"},
	{"CLICOLOR_FORCE", "if it is neither empty nor 0: colours in pipes and files too"},
}

// statuses are what scripts act upon.
var statuses = []Term{
	{"0", "done"},
	{"1", "reading, writing or the network failed"},
	{"2", "usage"},
	{"3", "a malformed or over-long frame, or unreadable input"},
	{"4", "the stream ends inside a frame"},
	{"5", "a message does not fit the output format or the framing"},
	{"6", "fewer replies came than --expect"},
	{"124", "--timeout passed"},
	{"130, 143", "ended by SIGINT, by SIGTERM; listen, ended by one of them, 0"},
}

// A helpText is help as it is put together.
type helpText struct {
	strings.Builder
	st report.Style
}

func (h *helpText) head(title string) { fmt.Fprintf(h, "\n%s\n", h.st.Strong(title)) }

// row writes a word and what it means from column indent on. A word that reaches
// further moves its meaning.
func (h *helpText) row(word, text string, indent int) {
	line := "  " + word + strings.Repeat(" ", max(2, indent-2-utf8.RuneCountInString(word)))
	if at := utf8.RuneCountInString(line); at+utf8.RuneCountInString(text) <= report.PageWidth {
		indent = at
	} else if at > indent {
		line = "  " + word + "\n" + strings.Repeat(" ", indent)
	}
	h.WriteString(line + report.Wrap(text, indent) + "\n")
}

func (h *helpText) examples(examples []Example) {
	h.head("Examples")
	for _, x := range examples {
		fmt.Fprintf(h, "  %s\n    %s\n", h.st.Faint("# "+x.Text), x.Line)
	}
}

func (h *helpText) terms(title string, terms []Term) {
	indent := 0
	for _, t := range terms {
		indent = max(indent, len(t.Word)+4)
	}
	h.head(title)
	for _, t := range terms {
		h.row(t.Word, t.Text, indent)
	}
}

// Where flags are explained: in one column for all groups but those that need another.
const flagIndent, widestIndent = 28, 36

func (h *helpText) flags(flags []Flag) {
	groups := grouped(flags)
	for _, g := range groups {
		title := g[0].Group
		if len(groups) == 1 {
			title = "Flags"
		}
		h.head(title)
		indent := flagIndent
		for _, f := range g {
			if n := utf8.RuneCountInString(f.Usage()) + 4; n <= widestIndent {
				indent = max(indent, n)
			}
		}
		for _, f := range g {
			h.row(f.Usage(), f.Meaning(), indent)
		}
	}
}

// Help is the help of framecat itself.
func (p *Program) Help(st report.Style) string {
	h := &helpText{st: st}
	fmt.Fprintf(h, "framecat %s.\n\n  %s\n", summary, usage)
	h.examples(p.Examples)
	h.terms("Commands", p.summaries())
	h.flags(p.Flags)
	h.terms("Values of flags", p.usedTerms())
	h.terms("Exit statuses", statuses)
	h.terms("Environment", environment)
	return h.String()
}

// usedTerms are the words that stand for values of some command.
func (p *Program) usedTerms() (used []Term) {
	for _, t := range valueTerms {
		if p.uses(t.Word) {
			used = append(used, t)
		}
	}
	return used
}

// Help is the help of a command.
func (c *Command) Help(st report.Style) string {
	h := &helpText{st: st}
	fmt.Fprintf(h, "framecat %s: %s\n\n%s\n\n  %s\n", c.Name, c.Summary, fill(c.About), c.Usage())
	h.examples(c.Examples)
	h.flags(c.Flags)
	for _, note := range c.Notes {
		h.WriteString("\n" + fill(note) + "\n")
	}
	return h.String()
}

// fill makes a paragraph of text, as it is if it fits.
func fill(text string) string {
	for line := range strings.Lines(text) {
		if utf8.RuneCountInString(line) > report.PageWidth+1 {
			return report.Wrap(text, 0)
		}
	}
	return text
}
