package manual

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"framecat/framing"
)

// manPages are the manual pages by the names of their files, made of the tables that
// help is made of.
func (m *Program) manPages(version, date string) map[string]string {
	pages := map[string]string{
		"framecat.1":          appPage(m, version, date),
		"framecat-framings.7": framingsPage(version, date),
	}
	for _, c := range m.Commands {
		pages["framecat-"+c.Name+".1"] = commandPage(m, &c, version, date)
	}
	return pages
}

// A manPage is a page in the man macros as it is put together.
type manPage struct{ strings.Builder }

func newManPage(name, section, volume, summary, version, date string) *manPage {
	p := &manPage{}
	date, _, _ = strings.Cut(date, "T")
	fmt.Fprintf(p, ".TH \"%s\" \"%s\" \"%s\" \"%s\" \"%s\"\n.nh\n.ad l\n",
		roff(strings.ToUpper(name)), section, date, roff("framecat "+version), volume)
	p.macro("SH", "NAME")
	p.text(name + " \x00 " + summary)
	return p
}

func (p *manPage) macro(name string, args ...string) {
	p.WriteString("." + name)
	for _, a := range args {
		fmt.Fprintf(p, " \"%s\"", roff(a))
	}
	p.WriteByte('\n')
}

// roff writes text so that it stays as it is: a hyphen that is typed, a quote that is
// straight, no line that is taken for a macro.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, `"`, `\(dq`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}

// text writes text that is filled; a zero byte stands for the dash behind a name.
func (p *manPage) text(text string) {
	const width = 78 // of the source
	col := 0
	for word := range strings.FieldsSeq(text) {
		if word = roff(word); word == "\x00" {
			word = `\-`
		}
		switch {
		case col > 0 && col+1+len(word) > width:
			p.WriteByte('\n')
			col = 0
		case col > 0:
			p.WriteByte(' ')
			col++
		}
		p.WriteString(word)
		col += len(word)
	}
	p.WriteByte('\n')
}

// term begins an explanation of word.
func (p *manPage) term(word, text string) {
	fmt.Fprintf(p, ".TP\n\\fB%s\\fR\n", roff(word))
	p.text(text)
}

// verbatim writes lines that are not filled.
func (p *manPage) verbatim(lines string) {
	fmt.Fprintf(p, ".PP\n.RS 4\n.EX\n%s\n.EE\n.RE\n", roff(lines))
}

func (p *manPage) examples(examples []Example) {
	p.macro("SH", "EXAMPLES")
	for i, x := range examples {
		if i > 0 {
			p.WriteString(".PP\n")
		}
		what := capital(x.Text)
		if !strings.HasSuffix(what, "?") {
			what += ":"
		}
		p.text(what)
		p.verbatim(x.Line)
	}
}

func (p *manPage) terms(title string, terms []Term) {
	p.macro("SH", title)
	for _, t := range terms {
		p.term(t.Word, t.Text)
	}
}

// capital begins a sentence, unless its first word is a name, as gRPC.
func capital(s string) string {
	if word, _, _ := strings.Cut(s, " "); strings.ToLower(word) != word {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// seeAlso ends a page with the others.
func (p *manPage) seeAlso(m *Program, self string) string {
	p.macro("SH", "SEE ALSO")
	var others []string
	add := func(name, section string) {
		if name+"."+section != self {
			others = append(others, fmt.Sprintf(`.BR \%%%s (%s)`, roff(name), section)) // \% keeps it whole
		}
	}
	add("framecat", "1")
	if m != nil {
		for _, c := range m.Commands {
			add("framecat-"+c.Name, "1")
		}
	}
	add("framecat-framings", "7")
	p.WriteString(strings.Join(others, ",\n") + "\n")
	return p.String()
}

func appPage(m *Program, version, date string) string {
	p := newManPage("framecat", "1", "User Commands", summary, version, date)
	p.macro("SH", "SYNOPSIS")
	p.text(usage)
	p.macro("SH", "DESCRIPTION")
	p.text(aboutFramecat)
	p.terms("COMMANDS", m.summaries())
	p.flags(m.Flags)
	p.terms("VALUES OF FLAGS", m.usedTerms())
	p.terms("EXIT STATUS", statuses)
	p.terms("ENVIRONMENT", environment)
	p.examples(m.Examples)
	return p.seeAlso(m, "framecat.1")
}

func commandPage(m *Program, c *Command, version, date string) string {
	p := newManPage("framecat-"+c.Name, "1", "User Commands", c.Summary, version, date)
	p.macro("SH", "SYNOPSIS")
	p.text(c.Usage())
	p.macro("SH", "DESCRIPTION")
	p.text(c.About)
	p.flags(c.Flags)
	section := "DESCRIPTION"
	for _, paragraph := range c.Notes {
		statuses, ok := strings.CutPrefix(paragraph, "Statuses: ")
		switch {
		case ok:
			p.macro("SH", "EXIT STATUS")
			paragraph = statuses
		case section == "DESCRIPTION":
			section = "NOTES"
			p.macro("SH", section)
		default:
			p.WriteString(".PP\n")
		}
		p.text(paragraph)
	}
	p.examples(c.Examples)
	return p.seeAlso(m, "framecat-"+c.Name+".1")
}

func (p *manPage) flags(flags []Flag) {
	p.macro("SH", "OPTIONS")
	groups := grouped(flags)
	for _, g := range groups {
		if len(groups) > 1 {
			p.macro("SS", g[0].Group)
		}
		for _, f := range g {
			names := f.Names()
			for i, n := range names {
				names[i] = `\fB` + roff(n) + `\fR`
			}
			word := strings.Join(names, ", ")
			if f.Value != "" {
				word += ` \fI` + roff(string(f.Value)) + `\fR`
			}
			fmt.Fprintf(p, ".TP\n%s\n", word)
			p.text(f.Meaning())
		}
	}
}

const (
	aboutFramecat = `TCP hands over a stream of bytes, not messages. A framing marks in it where each
message ends: a length in front, a delimiter behind, a fixed size. framecat puts
messages into frames, takes them out again, and shows where they are.`

	specGrammar = `SPEC  = NAME [ ":" ARG *( "," ARG ) ]
ARG   = KEY "=" VALUE | WORD
VALUE = text, with the escapes \n \r \t \0 \e \\ \, \xHH;
        bytes are also 0x and hex digits`
)

// framingsPage is the table of framings.
func framingsPage(version, date string) string {
	p := newManPage("framecat-framings", "7", "Miscellaneous Information", "framings that framecat knows", version, date)
	p.macro("SH", "DESCRIPTION")
	p.text("The flag -f SPEC names how frames are marked, by a row of this table and arguments:")
	p.verbatim(specGrammar)
	p.macro("SH", "FRAMINGS")
	for _, k := range framing.Kinds() {
		p.framing(&k)
	}
	return p.seeAlso(nil, "framecat-framings.7")
}

func (p *manPage) framing(k *framing.Kind) {
	p.macro("SS", cmp.Or(k.Usage, k.Name))
	p.text(capital(k.Summary) + ".")
	known := facts(k, plainest(k))
	if k.Layout != "" {
		known = slices.Insert(known, 0, Term{"layout", k.Layout})
	}
	for _, fact := range known {
		if fact.Word == "is" {
			fact.Text = breakSpec(fact.Text, 60, 0)
		}
		for line := range strings.SplitSeq(capital(fact.Word)+": "+fact.Text, "\n") {
			p.WriteString(".br\n")
			p.text(line)
		}
	}
	if lender := keyLender(k); lender != "" {
		p.WriteString(".br\n")
		p.text("Keys: those of " + lender)
	}
	for _, f := range fieldTerms(k) {
		p.term(f.Word, f.Text)
	}
	if like := firstWithKeys(k); like != k.Name && len(k.Keys()) > 1 {
		p.WriteString(".br\n")
		p.text("Keys: those of " + like)
		return
	}
	for _, key := range k.Keys() {
		p.term(key.Name, key.Help)
	}
}

// firstWithKeys is the name of the first row that has the same keys.
func firstWithKeys(k *framing.Kind) string {
	rows := framing.Kinds()
	return rows[slices.IndexFunc(rows, func(row framing.Kind) bool { return slices.Equal(row.Keys(), k.Keys()) })].Name
}
