package report

import (
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCount(t *testing.T) {
	for _, row := range []struct {
		n    int64
		unit string
		want string
	}{
		{0, "byte", "0 bytes"},
		{1, "byte", "1 byte"},
		{2, "byte", "2 bytes"},
		{1, "reply", "1 reply"},
		{0, "reply", "0 replies"},
		{2, "reply", "2 replies"},
		{-1, "byte", "-1 bytes"},
		{9223372036854775807, "frame", "9223372036854775807 frames"},
	} {
		if got := Count(row.n, row.unit); got != row.want {
			t.Errorf("%d %s: %q, want %q", row.n, row.unit, got, row.want)
		}
	}
}

// Lines end at spaces and are full: the first word of a line would not fit on the line before.
func TestWrap(t *testing.T) {
	long := strings.Repeat("x", 90)
	for _, row := range []struct {
		text   string
		indent int
		want   string
	}{
		{"", 4, ""},
		{"  a \n b  ", 4, "a b"},
		{strings.Repeat("1234 ", 16), 0, strings.Repeat("1234 ", 15) + "1234"},
		{strings.Repeat("1234 ", 16), 1, strings.Repeat("1234 ", 15) + "1234"},
		{strings.Repeat("1234 ", 16), 2, strings.Repeat("1234 ", 14) + "1234\n  1234"},
		{strings.Repeat("äöüß ", 16), 0, strings.Repeat("äöüß ", 15) + "äöüß"},
		{"a " + long + " b", 2, "a\n  " + long + "\n  b"},
	} {
		got := Wrap(row.text, row.indent)
		if got != row.want {
			t.Errorf("%q at column %d: %q, want %q", row.text, row.indent, got, row.want)
		}
		for _, line := range strings.Split(strings.Repeat(" ", row.indent)+got, "\n") {
			if n := utf8.RuneCountInString(line); n > PageWidth && !strings.Contains(line, long) {
				t.Errorf("%q at column %d: a line has %d characters", row.text, row.indent, n)
			}
		}
	}
}

// Characters that could control a terminal, change the order of text or end a line are escaped.
// The others are kept.
func TestSanitize(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"plain text", "plain text"},
		{"Grüße, 世界 😀", "Grüße, 世界 😀"},
		{`C:\new`, `C:\new`},
		{"a\nb\tc\rd", `a\nb\tc\rd`},
		{"\x1b[31mred", `\x1b[31mred`},
		{"\x00\x7f", `\x00\x7f`},
		{"\u009b31m", `\u009b31m`},
		{"\u202eabc\u2066", `\u202eabc\u2066`},
		{"\U000e0001", `\U000e0001`},
		{"a\u2028b\u2029c", `a\u2028b\u2029c`},
		{"\ufeffzero\u200bwidth", `\ufeffzero\u200bwidth`},
		{"a\xffb\xc3", `a\xffb\xc3`},
		{"\ufffd", "\ufffd"},
	} {
		if got := Sanitize(row.text); got != row.want {
			t.Errorf("%+q: %s, want %s", row.text, got, row.want)
		}
	}
}

// Each byte is written in a different way.
func TestAppendEscapedByte(t *testing.T) {
	seen := map[string]int{}
	for i := range 256 {
		s := string(AppendEscapedByte(nil, byte(i)))
		if before, ok := seen[s]; ok {
			t.Errorf("%d and %d are both written %s", before, i, s)
		}
		seen[s] = i
	}
	for c, want := range map[byte]string{'a': "a", ' ': " ", '~': "~", '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, 0: `\x00`, 0x7f: `\x7f`, 0xff: `\xff`} {
		if got := string(AppendEscapedByte(nil, c)); got != want {
			t.Errorf("%#x: %s, want %s", c, got, want)
		}
	}
}

// A quoted argument that is copied to a shell has its original value. It cannot control the
// terminal that shows it.
func TestQuoteArg(t *testing.T) {
	for arg, want := range map[string]string{
		"plain": "plain", "": "''", "a b": "'a b'", `delim:\r\n`: `'delim:\r\n'`, "it's": `'it'\''s'`, "$HOME": "'$HOME'", "a;b": "'a;b'", "-x": "-x", "é": "é",
		"u16be:offset=2": "u16be:offset=2", "=x": "'=x'", "a^b": "'a^b'",
		"a\nb": `$'a\nb'`, "a\tb c": `$'a\tb c'`, "\x1b[31mred": `$'\033[31mred'`, "\x1b1": `$'\0331'`, "it's\r": `$'it\'s\015'`, "\\\x7f": `$'\\\177'`,
		"\xff": `$'\377'`, "\u009b": `$'\302\233'`, "é\u202e": `$'é\342\200\256'`,
	} {
		got := QuoteArg(arg)
		if got != want {
			t.Errorf("%q: %s, want %s", arg, got, want)
		}
		if shell, err := exec.LookPath("bash"); err == nil {
			if back, err := exec.Command(shell, "-c", "printf %s. "+got).Output(); string(back) != arg+"." {
				t.Errorf("%s: a shell reads %q, %v; want %q", got, back, err, arg)
			}
		}
		if Sanitize(got) != got {
			t.Errorf("%q: %q can control a terminal", arg, got)
		}
	}
}
