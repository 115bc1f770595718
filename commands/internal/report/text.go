package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// PageWidth is the width of help and of long hints, in characters.
const PageWidth = 80

// Wrap breaks text into lines of at most PageWidth characters. All lines start at column
// indent; the caller has already printed the indentation of the first.
func Wrap(text string, indent int) string {
	var b strings.Builder
	col := indent
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case col+1+n > PageWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			col = indent
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(word)
		col += n
	}
	return b.String()
}

// Count formats a number with its unit: "1 reply", "2 replies", "3 bytes".
func Count(n int64, unit string) string {
	switch stem, ok := strings.CutSuffix(unit, "y"); {
	case n == 1:
		return "1 " + unit
	case ok:
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// QuoteArg quotes an argument for a shell, if it needs quotes. What could control a terminal is
// written as $'…' does, so that the line can be shown and pasted.
func QuoteArg(s string) string {
	switch {
	case Sanitize(s) != s:
		return quoteEscaped(s)
	case s != "" && s[0] != '=' && !strings.ContainsAny(s, " \\'\"`$&|;<>()*?[]#~!{}^"):
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// quoteEscaped quotes an argument as $'…'. Bytes are octal numbers of three digits, which all
// shells read in the same way, whatever follows them.
func quoteEscaped(s string) string {
	q := []byte("$'")
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n':
			q = append(q, `\n`...)
		case r == '\t':
			q = append(q, `\t`...)
		case r == '\'' || r == '\\':
			q = append(q, '\\', byte(r))
		case r == utf8.RuneError && n == 1 || Unsafe(r):
			for _, c := range []byte(s[i : i+n]) {
				q = fmt.Appendf(q, `\%03o`, c)
			}
		default:
			q = append(q, s[i:i+n]...)
		}
		i += n
	}
	return string(append(q, '\''))
}

// Bytes formats a number of bytes with a suitable unit.
func Bytes(n float64) string {
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if n < 1000 || unit == "GiB" {
			return fmt.Sprintf("%.4g %s", n, unit)
		}
		n /= 1024
	}
	return ""
}
