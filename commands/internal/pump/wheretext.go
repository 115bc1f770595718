package pump

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
)

// TestHelp explains the tests of --where: help, manual pages and completion are made from it,
// and readCondition reads what it describes:
//
//	TEST  = NAME OP VALUE *( "," VALUE )
//	OP    = "=" | "!=" | "~" | "!~" | "<" | ">" | "<=" | ">="
//	VALUE = text with C escapes, \, and \/ | "/" REGEXP "/"
var TestHelp = []struct{ Word, Text string }{
	{"NAME=VALUE", "the header field NAME has this value: a name or a number"},
	{"NAME!=VALUE", "the header field NAME has another value, or is missing"},
	{"NAME~TEXT", "the value contains TEXT; NAME!~TEXT: it does not"},
	{"payload=TEXT", "the payload is TEXT; payload!=TEXT: it is not"},
	{"payload~TEXT", "the payload contains TEXT"},
	{"payload!~TEXT", "the payload does not contain TEXT"},
	{"size>N", "the payload has more than N bytes; also < >= <= = !="},
	{"index=N", "the message has the number N, from 0; also != < > <= >="},
}

// TestNotes follows TestHelp.
const TestNotes = "A frame must meet the tests of all --where flags. Commas separate alternatives, of which one must hold: " +
	"type=Query,Parse; with != and !~ none may hold. Bytes may be written as C escapes such as " + `\n and \xff, a comma as \, ` +
	`and a slash as \/. Text between two slashes is a regular expression (Go syntax), which is matched with bytes: payload~/^GET/. ` +
	"A value that only one end of a connection sends, such as type=Execute of postgres, is no error in the other direction: no message has it. " +
	"Upper and lower case differ only in payloads and regular expressions. A shell needs quotes around tests with <, >, !, spaces or " +
	`backslashes: --where 'size>1000'. framecat framings NAME lists the header fields of a framing. ` +
	"With -f auto, no message matches in streams whose framing has no such field or value."

// A condition is one test of --where as the user wrote it: it compares a header field, the
// payload, or a number with values, of which one must hold.
type condition struct {
	field, op string
	values    []value
	text      string // the whole test
}

// A value is what a condition compares with: text, or a regular expression.
type value struct {
	text   string // without escapes
	regexp *regexp.Regexp
	source string // of regexp, in which a slash is a slash
	at     int    // its offset in the test
}

// String returns the condition in a form that readCondition reads as the same condition.
func (c condition) String() string {
	var b strings.Builder
	b.WriteString(c.field + c.op)
	for i, v := range c.values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(v.String())
	}
	return b.String()
}

func (v value) String() string {
	if v.regexp != nil {
		return "/" + escapeSlashes(v.source) + "/"
	}
	var b []byte
	for i, c := range []byte(v.text) {
		if c == ',' || i == 0 && strings.IndexByte("/=~", c) >= 0 {
			b = append(b, '\\', c)
			continue
		}
		b = report.AppendEscapedByte(b, c)
	}
	return string(b)
}

// escapeSlashes writes each slash of a regular expression as \/.
func escapeSlashes(source string) string {
	var b strings.Builder
	for i := 0; i < len(source); i++ {
		switch {
		case source[i] == '/':
			b.WriteByte('\\')
		case source[i] == '\\' && i+1 < len(source):
			b.WriteByte('\\')
			i++
		}
		b.WriteByte(source[i])
	}
	return b.String()
}

// operators are the ways to compare, each before those that it begins with.
var operators = []string{"!=", "!~", "<=", ">=", "=", "~", "<", ">"}

// readCondition reads a value of --where. Its error is a *report.Failure.
func readCondition(text string) (condition, error) {
	c := condition{text: text}
	start := strings.IndexAny(text, "=!~<>")
	if start < 0 {
		return c, c.wrong(len(text), "there is nothing to compare with, expected an operator such as = or ~", unquoted(text))
	}
	c.field = strings.TrimSpace(text[:start])
	if c.field == "" {
		return c, c.wrong(0, "a name is missing before the "+text[start:start+1], "")
	}
	i := slices.IndexFunc(operators, func(op string) bool { return strings.HasPrefix(text[start:], op) })
	if i < 0 {
		return c, c.wrong(start+1, "expected = or ~ after the !", "")
	}
	c.op = operators[i]
	at := start + len(c.op)
	if after := text[at:]; strings.HasSuffix(c.op, "=") && (strings.HasPrefix(after, "=") || strings.HasPrefix(after, "~")) {
		hint := fmt.Sprintf(`write %s= for "is", %[1]s~ for "contains", and \%s for a value that begins with %[2]s`, c.field, after[:1])
		return c, c.wrong(at, fmt.Sprintf("found %s after %s, expected a value", after[:1], c.op), hint)
	}
	for {
		v, n, err := c.readValue(at)
		if err != nil {
			return c, err
		}
		c.values = append(c.values, v)
		if at += n; at == len(text) {
			return c, nil
		}
		at++ // a comma
		if text[at:] == "" || text[at] == ',' {
			return c, c.wrong(at, "a value is missing after the comma", `write \, for a comma in a value`)
		}
	}
}

// readValue reads the value at an offset of the test, up to a comma or the end. N is its
// length.
func (c *condition) readValue(at int) (v value, n int, err error) {
	v.at = at
	rest := c.text[at:]
	if strings.HasPrefix(rest, "/") {
		return c.readRegexp(v)
	}
	var b []byte
	for n < len(rest) && rest[n] != ',' {
		size, char := 1, rest[n]
		switch {
		case char != '\\':
		case n+1 < len(rest) && isPunctuation(rest[n+1]):
			size, char = 2, rest[n+1]
		default:
			if size, char, err = formats.Unescape([]byte(rest[n:])); err != nil {
				return v, 0, c.wrong(at+n, err.Error(), `write \n, \xff or another C escape, and \\ for a backslash`)
			}
		}
		b = append(b, char)
		n += size
	}
	v.text = string(b)
	return v, n, nil
}

func isPunctuation(c byte) bool {
	return c > ' ' && c < 0x7f && !('0' <= c && c <= '9') && !('a' <= c|0x20 && c|0x20 <= 'z')
}

// readRegexp reads the regular expression at the place of v.
func (c *condition) readRegexp(v value) (value, int, error) {
	rest := c.text[v.at:]
	const hint = `a regular expression is between two slashes, with \/ for a slash in it; a text that begins with a slash is written \/…`
	var source strings.Builder
	n := 1
	for ; n < len(rest) && rest[n] != '/'; n++ {
		if rest[n] == '\\' && n+1 < len(rest) {
			if n++; rest[n] != '/' {
				source.WriteByte('\\')
			}
		}
		source.WriteByte(rest[n])
	}
	if n == len(rest) {
		return v, 0, c.wrong(v.at, "the regular expression has no end, expected another /", hint)
	}
	if n++; n < len(rest) && rest[n] != ',' {
		return v, 0, c.wrong(v.at+n, "found text after the regular expression, expected a comma or the end", hint)
	}
	v.source = source.String()
	re, err := compileBytes(v.source, c.op == "=" || c.op == "!=")
	if err != nil {
		return v, 0, c.wrong(v.at, err.Error(), "for the syntax, see https://golang.org/s/re2syntax")
	}
	v.regexp = re
	return v, n, nil
}

// unquoted is a hint for a test that may have lost its end to the shell, or "".
func unquoted(text string) string {
	if name := strings.ToLower(text); name == "size" || name == "index" {
		return fmt.Sprintf("in a shell, write the test in quotes: --where '%s>1000'", name)
	}
	return ""
}

// wrong returns the failure for a test whose part at this offset is wrong. Without a hint, it
// has one about all tests.
func (c *condition) wrong(at int, detail, hint string) error {
	if hint == "" {
		hint = "write a test such as type=Query, size>1000 or payload~TEXT; framecat help decode explains TEST"
	}
	shown, caret := report.Sanitize(c.text), len([]rune(report.Sanitize(c.text[:at])))
	f := report.Usage("--where: %s\n    %s\n    %s^", detail, shown, strings.Repeat(" ", caret))
	f.Hints = []string{hint}
	return f
}
