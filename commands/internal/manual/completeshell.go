package manual

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A typedLine is a command line up to the cursor, split into words as a shell does it
// but for expansion: nothing is evaluated.
type typedLine struct {
	words []string // without their quotes; the last is the one at the cursor
	quote byte     // that is open there, or 0
	cut   int      // the part of the last word that the shell does not replace
}

// splitLine splits a line. Unquoted, bash goes on replacing a word behind each of
// breaks. The character escape takes away the meaning of the next.
func splitLine(line, breaks string, escape byte) typedLine {
	var t typedLine
	var word []byte
	inWord := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case t.quote == '\'' && c != '\'', t.quote == '"' && c != '"' && c != escape:
			word = append(word, c)
		case c == escape && i+1 < len(line):
			i++
			if t.quote == '"' && !strings.ContainsRune("\"\\$`", rune(line[i])) {
				word = append(word, c)
			}
			word, inWord = append(word, line[i]), true
		case t.quote != 0: // closes
			t.quote, t.cut = 0, len(word)
		case c == '\'' || c == '"':
			t.quote, t.cut, inWord = c, len(word), true
		case c == ' ' || c == '\t' || c == '\n':
			if inWord {
				t.words = append(t.words, string(word))
			}
			word, inWord, t.cut = nil, false, 0
		default:
			word, inWord = append(word, c), true
			if strings.IndexByte(breaks, c) >= 0 {
				t.cut = len(word)
			}
		}
	}
	t.words = append(t.words, string(word))
	return t
}

// bashAnswer is what bash puts into the line. It replaces only what stands behind the
// last of breaks, shows candidates as they are, and adds no blank by itself.
func (m *Program) bashAnswer(line, breaks, kind, columns string) string {
	t := splitLine(line, breaks, '\\')
	if len(t.words) < 2 {
		return ""
	}
	c := m.complete(t.words[1:])
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

// quoteFor writes text so that bash reads it as it is, behind an open quote or none.
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
func (m *Program) powershellAnswer(encoded string) string {
	line, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return ""
	}
	t := splitLine(string(line), "", '`')
	if len(t.words) < 2 {
		return ""
	}
	c := m.complete(t.words[1:])
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
