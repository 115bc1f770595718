package commands

import (
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/report"
)

// helpUsage says what framecat help is for; it is no command of urfave/cli's.
const helpUsage = "explain framecat, or the command that follows"

// aside are the commands that are about framecat itself.
var aside = []string{"framings", "completion"}

// frontPage says in ten lines what framecat is.
func frontPage(app *cli.App) string {
	var b strings.Builder
	fmt.Fprintf(&b, "framecat %s.\n\n", app.Usage)
	for _, c := range app.Commands {
		if c.Name != aside[0] && c.Name != aside[1] {
			fmt.Fprintf(&b, "  framecat %-9s %s\n", c.Name, c.Usage)
		}
	}
	b.WriteString("\nframecat framings lists what -f can name, framecat help COMMAND explains one.\n")
	return b.String()
}

// A term is a word that help explains.
type helpTerm struct{ word, text string }

var valueTerms = []helpTerm{
	{"SPEC", "a framing and its keys, as fixed:188 or u16be:offset=2,counts=frame"},
	{"FORMAT", "lines raw hex base64 escaped json, for -o dir:PATH too, or a SPEC"},
	{"SIZE", "bytes: 4096, 0x1000, 64KiB or 16M (= MiB)"},
	{"DURATION", "250ms, 1m30s, or a number of seconds"},
}

var environment = []helpTerm{
	{"FRAMECAT_FRAMING", "the SPEC, if -f gives none"},
	{"NO_COLOR", "if it is not empty: no colours, unless --color asks for them"},
	{"CLICOLOR_FORCE", "if it is neither empty nor 0: colours in pipes and files too"},
}

// statuses are what scripts act upon.
var statuses = []helpTerm{
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

func (h *helpText) examples(command string) {
	h.head("Examples")
	for _, x := range usageExamples()[command] {
		fmt.Fprintf(h, "  %s\n    %s\n", h.st.Faint("# "+x.what), x.line)
	}
}

func (h *helpText) terms(title string, terms []helpTerm) {
	indent := 0
	for _, t := range terms {
		indent = max(indent, len(t.word)+4)
	}
	h.head(title)
	for _, t := range terms {
		h.row(t.word, t.text, indent)
	}
}

// Where flags are explained: in one column for all groups but those that need another.
const flagIndent, widestIndent = 28, 36

func (h *helpText) flags(flags []cli.Flag) {
	groups := grouped(flags)
	for _, g := range groups {
		if len(groups) == 1 {
			g.title = "Flags"
		}
		h.head(g.title)
		indent := flagIndent
		for _, r := range g.rows {
			if n := utf8.RuneCountInString(r.usage()) + 4; n <= widestIndent {
				indent = max(indent, n)
			}
		}
		for _, r := range g.rows {
			h.row(r.usage(), r.meaning(), indent)
		}
	}
}

// appHelp is the help of framecat itself.
func appHelp(app *cli.App, st report.Style) string {
	h := &helpText{st: st}
	fmt.Fprintf(h, "framecat %s.\n\n  %s\n", app.Usage, app.UsageText)
	h.examples("")
	var commands []helpTerm
	for _, c := range app.Commands {
		commands = append(commands, helpTerm{c.Name, c.Usage})
	}
	h.terms("Commands", append(commands, helpTerm{"help", helpUsage}))
	h.flags([]cli.Flag{helpFlag, versionFlag})
	h.terms("Values of flags", usedTerms(app))
	h.terms("Exit statuses", statuses)
	h.terms("Environment", environment)
	return h.String()
}

// usedTerms are the words that stand for values of some command.
func usedTerms(app *cli.App) (used []helpTerm) {
	seen := map[string]bool{}
	for _, c := range app.Commands {
		for _, f := range c.Flags {
			seen[newFlagRow(f).value] = true
		}
	}
	for _, t := range valueTerms {
		if seen[t.word] {
			used = append(used, t)
		}
	}
	return used
}

// commandHelp is the help of a command: the first paragraph of its Description, its
// examples and flags, the other paragraphs.
func commandHelp(c *cli.Command, st report.Style) string {
	h := &helpText{st: st}
	first, rest, _ := strings.Cut(c.Description, "\n\n")
	fmt.Fprintf(h, "framecat %s: %s\n\n%s\n\n  %s\n", c.Name, c.Usage, fill(first), c.UsageText)
	h.examples(c.Name)
	h.flags(allFlags(c))
	if rest != "" {
		for p := range strings.SplitSeq(rest, "\n\n") {
			h.WriteString("\n" + fill(p) + "\n")
		}
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

// help prints the help of framecat, or of the command called name.
func help(app *cli.App, out *os.File, name, color string) error {
	st := report.NewStyle(out, color)
	if name == "" || name == "help" {
		return report.PrintText(out, appHelp(app, st))
	}
	c := app.Command(name)
	if c == nil {
		return unknownCommand(app, name)
	}
	return report.PrintText(out, commandHelp(c, st))
}
