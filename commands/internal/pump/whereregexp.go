package pump

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Regular expressions of --where and --redact-bytes match bytes, so that \xff is the byte FF and not U+00FF in
// UTF-8, and a payload may be no UTF-8 at all. Package regexp matches UTF-8. So each byte is
// written as the character with its number: in the regular expression, and in a payload
// that has bytes over 7F.

// compileBytes compiles a regular expression over bytes. Whole means that it must match all of
// a text and not only a part.
func compileBytes(source string, whole bool) (*regexp.Regexp, error) {
	chars := string(appendChars(nil, source))
	re, err := regexp.Compile(chars)
	if err == nil && whole {
		re, err = regexp.Compile(`\A(?:` + chars + `)\z`)
	}
	var wrong *syntax.Error
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("the regular expression is wrong: %s: %q", wrong.Code, wrong.Expr)
	}
	return re, err
}

// appendChars appends each byte of s as the character with its number.
func appendChars[T string | []byte](dst []byte, s T) []byte {
	for i := range len(s) {
		dst = utf8.AppendRune(dst, rune(s[i]))
	}
	return dst
}

// A byteMatcher matches regular expressions with bytes.
type byteMatcher struct{ chars []byte }

// maxChars is the most memory that a byteMatcher keeps from one text to the next.
const maxChars = 1 << 20

func (m *byteMatcher) match(re *regexp.Regexp, b []byte) bool {
	if isASCII(b) {
		return re.Match(b)
	}
	m.chars = appendChars(m.chars[:0], b)
	ok := re.Match(m.chars)
	if cap(m.chars) > maxChars {
		m.chars = nil
	}
	return ok
}

// A BytePattern is a regular expression that matches bytes, as those of --where do.
type BytePattern struct{ re *regexp.Regexp }

// NewBytePattern compiles a regular expression in Go syntax.
func NewBytePattern(source string) (BytePattern, error) {
	re, err := compileBytes(source, false)
	return BytePattern{re}, err
}

// Each calls found with the place of each match in b.
func (p BytePattern) Each(b []byte, found func(start, end int)) {
	if isASCII(b) {
		for _, m := range p.re.FindAllIndex(b, -1) {
			found(m[0], m[1])
		}
		return
	}
	at, char := 0, 0 // the same place in b and in its characters
	place := func(to int) int {
		for ; char < to; at++ {
			char += utf8.RuneLen(rune(b[at]))
		}
		return at
	}
	for _, m := range p.re.FindAllIndex(appendChars(nil, b), -1) {
		start := place(m[0])
		found(start, place(m[1]))
	}
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// containsFold is strings.Contains without regard to case.
func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}
