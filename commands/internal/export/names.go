package export

import (
	"fmt"
	"slices"
	"strings"
)

// identifier returns a name as a word of lower case letters, digits and underscores that begins
// with a letter.
func identifier(name string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		default:
			b.WriteByte('_')
		}
	}
	word := strings.Trim(b.String(), "_")
	if word == "" || word[0] >= '0' && word[0] <= '9' {
		word = "n" + word
	}
	return word
}

// fresh returns word, with a number if it is used already, and adds it to the used ones.
func fresh(word string, used *[]string) string {
	free := word
	for n := 2; slices.Contains(*used, free); n++ {
		free = fmt.Sprintf("%s_%d", word, n)
	}
	*used = append(*used, free)
	return free
}

// quoted returns text in double quotes, with the escapes that Lua and YAML share: those of single
// bytes. Text that is not printable ASCII becomes \xHH, byte by byte.
func quoted(text string) string { return `"` + escaped(text, `"\`) + `"` }

// plain returns text for a comment: it cannot end the line.
func plain(text string) string { return escaped(text, "") }

// escaped writes a backslash before each of the special characters, and other bytes than
// printable ASCII as \xHH.
func escaped(text, special string) string {
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		case strings.IndexByte(special, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// A printer writes lines of code.
type printer struct{ strings.Builder }

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}
