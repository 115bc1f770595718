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
	if strings.Contains(reserved, " "+word+" ") {
		word += "_value"
	}
	return word
}

// reserved are the words that Lua, ImHex and the languages for which Kaitai Struct writes parsers
// do not take for a name.
const reserved = " abstract addressof bitfield inf nan padding off on alignas alignof and any as assert async auto await be begin bool boolean break byte case catch chan char " +
	"char16 checked class const constexpr continue decimal def default defer del delegate delete do double elif else elseif end " +
	"ensure enum event except explicit export extends extern fallthrough false final finally fixed float fn for foreach friend from " +
	"func function global go goto if implements implicit import in inline instanceof int interface internal is lambda le let local " +
	"lock long match mutable namespace native new nil no none nonlocal not null object of operator or out override package params parent " +
	"pass private protected public raise range readonly ref register repeat rescue return sbyte sealed select self short signed " +
	"sizeof static str strictfp string struct super switch synchronized template then this throw throws transient true try " +
	"typedef typename typenameof uint ulong undef union unless unsigned until use ushort using var virtual void volatile when " +
	"while with yes yield "

// fresh returns word, with a number if it is used already, and adds it to the used ones.
func fresh(word string, used *[]string) string {
	free := word
	for n := 2; slices.Contains(*used, free); n++ {
		free = fmt.Sprintf("%s_%d", word, n)
	}
	*used = append(*used, free)
	return free
}

// quoted returns text in double quotes, with escapes that Lua and YAML share. What is not
// printable ASCII becomes \xHH, byte by byte.
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
