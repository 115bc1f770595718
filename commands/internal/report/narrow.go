package report

import (
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// TerminalWidth returns the width of a terminal in columns, or 0 if f is no terminal.
func TerminalWidth(f *os.File) int {
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && IsTerminal(f) {
		return width
	}
	return 0
}

// PrintPage is Print for a page of PageWidth columns, such as help. It is made narrower for a
// terminal that has fewer.
func (s System) PrintPage(text string) error { return s.Print(Narrow(text, TerminalWidth(s.Stdout))) }

// A pageLine is a line of a page: perhaps a term, and text that begins at a column.
type pageLine struct {
	indent int
	term   string
	at     int // the column of text
	text   string
}

// Narrow lays out a page again if a terminal has fewer columns than PageWidth; 0 is no terminal. Lines
// that were wrapped are put together first. Commands stay on one line, so that they can be copied, and
// so do words that are too long.
func Narrow(page string, width int) string {
	if width <= 0 || width >= PageWidth {
		return page
	}
	var b strings.Builder
	lines := strings.Split(strings.TrimSuffix(page, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		l, size := readLine(lines[i]), columns(lines[i])
		switch {
		case i > 0 && strings.HasPrefix(strings.TrimLeft(lines[i-1], " \x1b[0123456789;m"), "# "):
			b.WriteString("  " + strings.TrimLeft(lines[i], " ") + "\n")
			continue
		case strings.ContainsAny(lines[i], "┌│└"), i+1 < len(lines) && strings.Contains(lines[i+1], "┌"): // a picture
			b.WriteString(clip(lines[i], width) + "\n")
			continue
		}
		first := i
		for i+1 < len(lines) {
			next := readLine(lines[i+1])
			word, _, _ := strings.Cut(next.text, " ")
			if next.text == "" || next.term != "" || next.at != l.at || size+1+columns(word) <= PageWidth {
				break
			}
			l.text += " " + next.text
			size = columns(lines[i+1])
			i++
		}
		if i == first && size <= width {
			b.WriteString(lines[i] + "\n")
			continue
		}
		l.write(&b, width)
	}
	return b.String()
}

// readLine reads a line of a page. Two spaces or more end a term.
func readLine(line string) (l pageLine) {
	l.text = strings.TrimLeft(line, " ")
	l.indent = len(line) - len(l.text)
	l.at = l.indent
	if term, text, ok := strings.Cut(l.text, "  "); ok {
		gap := len(text) - len(strings.TrimLeft(text, " "))
		code, _, end := strings.Cut(text[gap:], "m") // of a colour that ends in the gap
		if end = end && strings.HasPrefix(code, "\x1b[") && strings.HasPrefix(text[gap+len(code)+1:], " "); end {
			term += code + "m"
			text = text[gap+len(code)+1:]
			l.at += gap
			gap = len(text) - len(strings.TrimLeft(text, " "))
		}
		l.term, l.text = term, text[gap:]
		l.at += columns(term) + 2 + gap
	}
	return l
}

// write writes the line. Text that begins in the right half of the page goes below its term.
func (l *pageLine) write(b *strings.Builder, width int) {
	indent, col := min(l.indent, width/8), 0
	put := func(s string) {
		b.WriteString(s)
		col += columns(s)
	}
	put(strings.Repeat(" ", indent))
	hang := indent
	if l.term != "" {
		hang = l.at
		if hang > width/2 {
			hang = indent + 2
		}
		for i, word := range strings.Fields(l.term) {
			if i > 0 && col+1+columns(word) > width {
				b.WriteString("\n")
				col = 0
				put(strings.Repeat(" ", indent+2))
			} else if i > 0 {
				put(" ")
			}
			put(word)
		}
		if col+2 > hang {
			b.WriteString("\n")
			col = 0
		}
		put(strings.Repeat(" ", hang-col))
	}
	for i, word := range strings.Fields(l.text) {
		if i > 0 && col+1+columns(word) > width {
			b.WriteString("\n")
			col = 0
			put(strings.Repeat(" ", hang))
		} else if i > 0 {
			put(" ")
		}
		put(word)
	}
	b.WriteString("\n")
}

// columns returns how many columns a text takes on a terminal, without the codes of colours.
func columns(s string) (n int) {
	for s != "" {
		if rest, ok := strings.CutPrefix(s, "\x1b["); ok {
			_, s, _ = strings.Cut(rest, "m")
			continue
		}
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		n++
	}
	return n
}

// clip returns the start of a text that fits some columns.
func clip(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	end := len(s)
	for columns(s[:end]) >= width {
		_, size := utf8.DecodeLastRuneInString(s[:end])
		end -= size
	}
	return s[:end] + "…"
}
