package manual

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CompleteCommand is what the completion scripts call. It reads tables, and never
// runs a command or looks at a file.
const CompleteCommand = "__complete"

// Complete answers a completion script. Words come as they are typed, without
// their quotes; bash and PowerShell give the line:
//
//	words WORD…                       zsh, fish
//	bash LINE BREAKS TYPE COLUMNS     COMP_LINE, COMP_WORDBREAKS, COMP_TYPE
//	powershell LINE                   in base64
//
// The first line of the answer is what to complete: words, files or dirs, then a tab and
// the part of the word that stays. Each other line is a candidate, a tab and its help.
func (p *Program) Complete(args []string) string {
	switch {
	case len(args) > 1 && args[0] == "words":
		return wordsAnswer(p.complete(args[1:]))
	case len(args) == 5 && args[0] == "bash":
		return p.bashAnswer(args[1], args[2], args[3], args[4])
	case len(args) == 2 && args[0] == "powershell":
		return p.powershellAnswer(args[1])
	}
	return ""
}

func wordsAnswer(c completion) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\t%s\n", c.kind, c.prefix)
	for _, x := range c.list {
		fmt.Fprintf(&b, "%s\t%s\n", x.Word, x.Text)
	}
	return b.String()
}

// open reports whether something must follow a candidate at once.
func open(text string) bool { return text != "" && strings.ContainsAny(text[len(text)-1:], ":=,~/") }

// bashAnswer is what bash puts into the line. It replaces only what follows the
// last of breaks, shows candidates as they are, and adds no blank by itself.
func (p *Program) bashAnswer(line, breaks, kind, columns string) string {
	t := splitLine(line, breaks, '\\')
	if len(t.words) < 2 {
		return ""
	}
	c := p.complete(t.words[1:])
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", c.kind)
	listing := kind == "63" || kind == "33" || kind == "64" // else bash would insert the help
	width, _ := strconv.Atoi(columns)
	long := 0
	for _, x := range c.list {
		long = max(long, utf8.RuneCountInString(x.Word))
	}
	for _, x := range c.list {
		whole := c.prefix + x.Word
		if t.cut > len(whole) {
			continue
		}
		text := quoteFor(whole[t.cut:], t.quote)
		switch {
		case listing && len(c.list) > 1 && x.Text != "":
			text += clipped(strings.Repeat(" ", long-utf8.RuneCountInString(x.Word)+2)+"("+x.Text+")", width-utf8.RuneCountInString(text)-2)
		case !open(whole) && t.quote == 0:
			text += " "
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

// clipped is text in no more than n columns.
func clipped(text string, n int) string {
	r := []rune(text)
	if n < 1 || len(r) <= n {
		return text
	}
	return string(r[:n-1]) + "…"
}

// quoteFor writes text so that bash reads it as it is, after an open quote or none.
func quoteFor(text string, quote byte) string {
	special := "\\\"$`"
	switch quote {
	case '\'':
		return text
	case 0:
		special = " \t\n\\'\"`$&|;<>()[]{}*?!#"
	}
	var b strings.Builder
	for _, c := range []byte(text) {
		if strings.IndexByte(special, c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// powershellAnswer completes whole words, in quotes where PowerShell would take them
// apart.
func (p *Program) powershellAnswer(encoded string) string {
	line, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return ""
	}
	t := splitLine(string(line), "", '`')
	if len(t.words) < 2 {
		return ""
	}
	c := p.complete(t.words[1:])
	for i, x := range c.list {
		whole := c.prefix + x.Word
		if t.quote != 0 || strings.ContainsAny(whole, ",;|&(){}$`'\" ") {
			whole = "'" + strings.ReplaceAll(whole, "'", "''") + "'"
		}
		c.list[i].Word = whole
	}
	c.prefix = ""
	return wordsAnswer(c)
}
