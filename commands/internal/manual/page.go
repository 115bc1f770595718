package manual

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"framecat/commands/internal/report"
)

// A page is a page of help as it is put together.
type page struct {
	strings.Builder
	st report.Style
}

func (h *page) head(title string) { fmt.Fprintf(h, "\n%s\n", h.st.Strong(title)) }

// row writes a word and what it means, from column indent on. A longer word moves its
// meaning to the right, or to the next line if there is no room for it.
func (h *page) row(word, text string, indent int) {
	line := "  " + word + strings.Repeat(" ", max(2, indent-2-utf8.RuneCountInString(word)))
	if at := utf8.RuneCountInString(line); at+utf8.RuneCountInString(text) <= report.PageWidth {
		indent = at
	} else if at > indent {
		line = "  " + word + "\n" + strings.Repeat(" ", indent)
	}
	h.WriteString(line + report.Wrap(text, indent) + "\n")
}

func (h *page) rows(terms []Term) {
	indent := 0
	for _, t := range terms {
		indent = max(indent, utf8.RuneCountInString(t.Word)+4)
	}
	for _, t := range terms {
		h.row(t.Word, t.Text, indent)
	}
}

// terms writes words and what they mean below a title, or nothing if there are none.
func (h *page) terms(title string, terms []Term) {
	if len(terms) > 0 {
		h.head(title)
		h.rows(terms)
	}
}

func (h *page) section(s Section) {
	h.head(s.Title)
	h.rows(s.Terms)
	if s.Text != "" {
		if len(s.Terms) > 0 {
			h.WriteString("\n")
		}
		h.WriteString("  " + report.Wrap(s.Text, 2) + "\n")
	}
}

func (h *page) examples(examples []Example) {
	h.head("Examples")
	for _, x := range examples {
		fmt.Fprintf(h, "  %s\n    %s\n", h.st.Faint("# "+x.Text), x.Line)
	}
}

// Where flags are explained: in one column for all groups but those that need another.
const flagIndent, widestIndent = 28, 36

func (h *page) flags(flags []Flag) {
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
