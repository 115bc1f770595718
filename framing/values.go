package framing

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The values of a spec's arguments: switches, numbers, sizes, bytes, choices.

func (s *settings) word(key string) bool {
	a := s.find(key)
	if a != nil && !a.word {
		s.fail(a.at, "%s takes no value", key)
	}
	return a != nil
}

func (s *settings) integer(key string, def, low, high int64) int64 {
	a := s.given(key)
	if a == nil {
		return def
	}
	return s.parseInt(a, low, high)
}

// number returns s in a form that strconv reads with base 0: decimal, or 0x and hex digits.
// No other form is accepted.
func number(s string) string {
	digits := strings.TrimPrefix(s, "-")
	switch {
	case strings.ContainsAny(s, "_+"), strings.HasPrefix(s, "--"):
		return ""
	case strings.HasPrefix(digits, "0x"):
		return s
	case digits == "", strings.Trim(digits, "0123456789") != "":
		return ""
	}
	digits = strings.TrimLeft(digits, "0") // no octal
	return s[:len(s)-len(strings.TrimPrefix(s, "-"))] + cmp.Or(digits, "0")
}

func (s *settings) parseInt(a *arg, low, high int64) int64 {
	n, err := strconv.ParseInt(number(a.value), 0, 64)
	if err != nil {
		s.fail(a.at, "%q is not a number, expected decimal or 0x and hex digits", a.value)
	} else if n < low || n > high {
		s.fail(a.at, "%s is out of range, expected %d to %d", a.value, low, high)
	}
	return n
}

func (s *settings) unsigned(key string, def uint64) uint64 {
	a := s.given(key)
	if a == nil {
		return def
	}
	n, err := strconv.ParseUint(number(a.value), 0, 64)
	if err != nil {
		s.fail(a.at, "%q is not a number, expected decimal or 0x and hex digits", a.value)
	}
	return n
}

func (s *settings) size(key string, def uint64) uint64 {
	a := s.given(key)
	if a == nil {
		return def
	}
	n, err := parseSize(a.value)
	if err != nil {
		s.fail(a.at, "%s", err)
	}
	return uint64(n)
}

// sizeUpTo is size for a bound that may not be above that of the framing.
func (s *settings) sizeUpTo(key string, def, most int64) int64 {
	a := s.given(key)
	if a == nil {
		return def
	}
	n, err := parseSize(a.value)
	switch {
	case err != nil:
		s.fail(a.at, "%s", err)
	case n > most:
		s.fail(a.at, "%d is over %d, the largest possible value", n, most)
	}
	return n
}

func (s *settings) bytes(key string) string {
	a := s.given(key)
	if a == nil {
		return ""
	}
	return s.parseBytes(a)
}

// parseBytes reads escaped text, or 0x and hex digits.
func (s *settings) parseBytes(a *arg) string {
	if !strings.HasPrefix(a.source[a.at-a.pos:], "0x") {
		return a.value
	}
	v := a.value[2:]
	out := make([]byte, 0, len(v)/2)
	for i := 0; i+1 < len(v); i += 2 {
		c, err := strconv.ParseUint(v[i:i+2], 16, 8)
		if err != nil {
			s.fail(a.at+2+i, "%q are not hex digits", v[i:i+2])
			return ""
		}
		out = append(out, byte(c))
	}
	if len(v)%2 != 0 || v == "" {
		s.fail(a.at, "0x needs two hex digits for each byte")
	}
	return string(out)
}

// choice returns the index of the value among the words.
func (s *settings) choice(key string, def int, words ...string) int {
	a := s.given(key)
	if a == nil {
		return def
	}
	for i, w := range words {
		if a.value == w {
			return i
		}
	}
	s.wrongWord(a, words, "%s is one of %s", key, strings.Join(words, " "))
	return def
}

// on reads a switch whose default is on: KEY=off turns it off; KEY=on and KEY are on.
func (s *settings) on(key string) bool { return s.either(key, "on", "off") }

// either reads a switch that has words for both of its values. The first is the default, and
// what KEY without a value means.
func (s *settings) either(key, yes, no string) bool {
	a := s.find(key)
	if a == nil || a.word || a.value == yes || a.value == no {
		return a == nil || a.word || a.value == yes
	}
	s.wrongWord(a, []string{yes, no}, "%s is %s or %s", key, yes, no)
	return true
}

// wrongWord is fail for a value that is not one of the words.
func (s *settings) wrongWord(a *arg, words []string, format string, args ...any) {
	if s.err == nil {
		s.fail(a.at, format, args...)
		s.err.Got, s.err.Words = a.value, words
		if right := synonymOf(a.key, a.value); right != "" {
			s.err.Hint = "write " + a.key + "=" + right
		}
	}
}

// parseSize reads a number of bytes: 4096, 0x1000, 64KiB, 16M (= MiB).
func parseSize(s string) (int64, error) {
	digits, shift := s, 0
	for i, unit := range []string{"K", "M", "G", "T"} {
		for _, suffix := range []string{unit + "iB", unit} {
			if d, ok := strings.CutSuffix(digits, suffix); ok && shift == 0 {
				digits, shift = d, 10*(i+1)
			}
		}
	}
	if digits == s {
		digits = strings.TrimSuffix(s, "B")
		if strings.HasPrefix(s, "0x") {
			digits = s
		}
	}
	n, err := strconv.ParseInt(number(digits), 0, 64)
	far := errors.Is(err, strconv.ErrRange) && n > 0
	if err != nil && !far || n < 0 {
		if right := strings.ReplaceAll(strings.ToUpper(s), "IB", "iB"); right != s {
			if _, err := parseSize(right); err == nil {
				return 0, fmt.Errorf("%q is not a size: write %s", s, right)
			}
		}
		return 0, fmt.Errorf("%q is not a size: write 4096, 0x1000, 64KiB or 16M", s)
	}
	if far || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("size %s is too large", s)
	}
	return n << shift, nil
}
