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
func (p *Program) manPages(version, date string) map[string]string {
	pages := map[string]string{
		"framecat.1":          appPage(p, version, date),
		"framecat-framings.7": framingsPage(version, date),
		"framecat-json.5":     recordsPage(version, date),
	}
	for _, c := range p.Commands {
		pages["framecat-"+c.Name+".1"] = commandPage(p, &c, version, date)
	}
	return pages
}

// seeAlso ends a page with the others.
func (m *manPage) seeAlso(p *Program, self string) string {
	m.macro("SH", "SEE ALSO")
	var others []string
	add := func(name, section string) {
		if name+"."+section != self {
			others = append(others, fmt.Sprintf(`.BR \%%%s (%s)`, roff(name), section)) // \% prevents hyphenation
		}
	}
	add("framecat", "1")
	if p != nil {
		for _, c := range p.Commands {
			add("framecat-"+c.Name, "1")
		}
	}
	add("framecat-json", "5")
	add("framecat-framings", "7")
	m.WriteString(strings.Join(others, ",\n") + "\n")
	return m.String()
}

func appPage(p *Program, version, date string) string {
	m := newManPage("framecat", "1", "User Commands", summary, version, date)
	m.macro("SH", "SYNOPSIS")
	m.text(usage)
	m.macro("SH", "DESCRIPTION")
	m.text(about)
	m.terms("COMMANDS", p.summaries())
	m.flags(p.Flags)
	m.terms("VALUES", p.values())
	m.terms("EXIT STATUS", statusTerms(nil))
	m.terms("ENVIRONMENT", environment)
	m.examples(p.Examples)
	return m.seeAlso(p, "framecat.1")
}

func commandPage(p *Program, c *Command, version, date string) string {
	m := newManPage("framecat-"+c.Name, "1", "User Commands", c.Summary, version, date)
	m.macro("SH", "SYNOPSIS")
	for i, form := range c.Usage() {
		if i > 0 {
			m.WriteString(".br\n")
		}
		m.text(form)
	}
	m.macro("SH", "DESCRIPTION")
	m.text(c.About)
	m.flags(c.Flags)
	for _, s := range c.Sections {
		m.section(s)
	}
	m.terms("VALUES", c.values())
	m.terms("EXIT STATUS", statusTerms(c.Statuses))
	m.examples(c.Examples)
	return m.seeAlso(p, "framecat-"+c.Name+".1")
}

// framingsPage is the table of framings.
func framingsPage(version, date string) string {
	m := newManPage("framecat-framings", "7", "Miscellaneous Information", "framings that framecat knows", version, date)
	m.macro("SH", "DESCRIPTION")
	m.text("The flag -f SPEC chooses how frames are marked. A SPEC is the name of a framing, perhaps with arguments:")
	m.list(Grammar.Terms)
	m.WriteString(".PP\n")
	m.text("A layout names the parts of a frame with their sizes in bytes, as in \"length:4 | payload\". " +
		"A bar separates header, payload and trailer.")
	m.macro("SH", "FRAMINGS")
	for _, k := range framing.Entries() {
		m.framing(&k)
	}
	return m.seeAlso(nil, "framecat-framings.7")
}

func (m *manPage) framing(k *framing.Entry) {
	m.macro("SS", cmp.Or(k.Usage, k.Name))
	m.text(capital(k.Summary) + ".")
	known := facts(k, plainest(k))
	if k.Details().Layout() != "" {
		known = slices.Insert(known, 0, Term{"layout", k.Details().Layout()})
	}
	for _, fact := range known {
		if fact.Word == "same as" {
			fact.Text = breakSpec(fact.Text, 60, 0)
		}
		for line := range strings.SplitSeq(capital(fact.Word)+": "+fact.Text, "\n") {
			m.WriteString(".br\n")
			m.text(line)
		}
	}
	if lender := keyLender(k); lender != "" {
		m.WriteString(".br\n")
		m.text("Keys: those of " + lender)
	}
	for _, f := range fieldTerms(k) {
		m.term(f.Word, f.Text)
	}
	if like := firstWithKeys(k); like != k.Name && len(k.Details().Keys()) > 1 {
		m.WriteString(".br\n")
		m.text("Keys: those of " + like)
		return
	}
	for _, key := range k.Details().Keys() {
		m.term(key.Name, key.Help)
	}
}

// firstWithKeys is the name of the first row that has the same keys.
func firstWithKeys(k *framing.Entry) string {
	rows := framing.Entries()
	return rows[slices.IndexFunc(rows, func(row framing.Entry) bool { return slices.Equal(row.Details().Keys(), k.Details().Keys()) })].Name
}
