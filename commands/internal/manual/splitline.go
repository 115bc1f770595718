package manual

import "strings"

// A typedLine is a command line up to the cursor, split into words as a shell does it
// but for expansion: nothing is evaluated.
type typedLine struct {
	words []string // without their quotes; the last is the one at the cursor
	quote byte     // that is open there, or 0
	cut   int      // the part of the last word that the shell does not replace
}

// splitLine splits a line. Outside quotes, bash replaces only what follows the last of
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
