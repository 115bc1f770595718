package manual

import (
	"fmt"
	"slices"
	"strings"

	"framecat/commands/internal/report"
)

// aside are the commands that read no stream, which the front page leaves out.
var aside = []string{"why", "framings", "completion"}

// FrontPage is what framecat prints without a command, in ten lines.
func (p *Program) FrontPage() string {
	h := &page{}
	fmt.Fprintf(h, "framecat %s.\n\n", summary)
	for _, c := range p.Commands {
		if !slices.Contains(aside, c.Name) {
			fmt.Fprintf(h, "  framecat %-9s %s\n", c.Name, c.Summary)
		}
	}
	h.WriteString("\nframecat help COMMAND explains a command; framecat framings lists the framings.\n")
	return h.String()
}

// Help is the help of framecat itself.
func (p *Program) Help(st report.Style) string {
	h := &page{st: st}
	fmt.Fprintf(h, "framecat %s.\n\n%s\n\n  %s\n", summary, report.Wrap(about, 0), usage)
	h.examples(p.Examples)
	h.terms("Commands", p.summaries())
	h.flags(p.Flags)
	h.terms("Values", p.values())
	h.terms("Exit statuses", statusTerms(nil))
	h.terms("Environment", environment)
	h.WriteString("\nframecat help COMMAND explains the flags of a command.\nframecat help json explains the records of -o json.\n")
	return h.String()
}

// Help is the help of a command.
func (c *Command) Help(st report.Style) string {
	h := &page{st: st}
	fmt.Fprintf(h, "framecat %s: %s\n\n%s\n\n  %s\n", c.Name, c.Summary, report.Wrap(c.About, 0), strings.Join(c.Usage(), "\n  "))
	h.examples(c.Examples)
	h.flags(c.Flags)
	for _, s := range c.Sections {
		h.section(s)
	}
	h.terms("Values", c.values())
	if len(c.Statuses) > 0 {
		h.terms("Exit statuses", statusTerms(c.Statuses))
	}
	return h.String()
}
