package manual

import (
	"fmt"
	"strings"
)

// A manPage is a page in the man macros as it is put together.
type manPage struct{ strings.Builder }

func newManPage(name, section, volume, summary, version, date string) *manPage {
	m := &manPage{}
	date, _, _ = strings.Cut(date, "T")
	fmt.Fprintf(m, ".TH \"%s\" \"%s\" \"%s\" \"%s\" \"%s\"\n.nh\n.ad l\n",
		roff(strings.ToUpper(name)), section, date, roff("framecat "+version), volume)
	m.macro("SH", "NAME")
	m.text(name + " \x00 " + summary)
	return m
}

func (m *manPage) macro(name string, args ...string) {
	m.WriteString("." + name)
	for _, a := range args {
		fmt.Fprintf(m, " \"%s\"", roff(a))
	}
	m.WriteByte('\n')
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

// text writes text that is filled; a zero byte becomes the dash after a name.
func (m *manPage) text(text string) {
	const width = 78 // of the source
	col := 0
	for word := range strings.FieldsSeq(text) {
		if word = roff(word); word == "\x00" {
			word = `\-`
		}
		switch {
		case col > 0 && col+1+len(word) > width:
			m.WriteByte('\n')
			col = 0
		case col > 0:
			m.WriteByte(' ')
			col++
		}
		m.WriteString(word)
		col += len(word)
	}
	m.WriteByte('\n')
}

// term begins an explanation of word.
func (m *manPage) term(word, text string) {
	fmt.Fprintf(m, ".TP\n\\fB%s\\fR\n", roff(word))
	m.text(text)
}

// verbatim writes lines that are not filled.
func (m *manPage) verbatim(lines string) {
	fmt.Fprintf(m, ".PP\n.RS 4\n.EX\n%s\n.EE\n.RE\n", roff(lines))
}

func (m *manPage) examples(examples []Example) {
	m.macro("SH", "EXAMPLES")
	for i, x := range examples {
		if i > 0 {
			m.WriteString(".PP\n")
		}
		what := capital(x.Text)
		if !strings.HasSuffix(what, "?") {
			what += ":"
		}
		m.text(what)
		m.verbatim(x.Line)
	}
}

// terms writes a section of words and what they mean, or nothing if there are none.
func (m *manPage) terms(title string, terms []Term) {
	if len(terms) > 0 {
		m.macro("SH", title)
		m.list(terms)
	}
}

// section writes a section of a command's page.
func (m *manPage) section(s Section) {
	m.macro("SH", strings.ToUpper(s.Title))
	m.list(s.Terms)
	if s.Text != "" {
		if len(s.Terms) > 0 {
			m.WriteString(".PP\n")
		}
		m.text(s.Text)
	}
}

func (m *manPage) list(terms []Term) {
	for _, t := range terms {
		m.term(t.Word, t.Text)
	}
}

// capital makes the first letter of a sentence a capital, unless the first word is a name
// such as gRPC.
func capital(s string) string {
	if word, _, _ := strings.Cut(s, " "); strings.ToLower(word) != word {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (m *manPage) flags(flags []Flag) {
	m.macro("SH", "OPTIONS")
	groups := grouped(flags)
	for _, g := range groups {
		if len(groups) > 1 {
			m.macro("SS", g[0].Group)
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
			fmt.Fprintf(m, ".TP\n%s\n", word)
			m.text(f.Meaning())
		}
	}
}
