package framing

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A SpecError is a spec that Parse does not understand.
type SpecError struct {
	Spec   string
	Pos    int      // offset in Spec of what is wrong
	Detail string   // what is wrong with it
	Got    string   // the wrong word, if only certain words are possible; else ""
	Words  []string // the possible words
	Hint   string   // what to do about it, if that is known
}

func (e *SpecError) Error() string {
	return fmt.Sprintf("bad framing %q: %s", e.Spec, e.Detail)
}

// settings are the arguments of a spec. The first error sticks.
type settings struct {
	spec   string
	args   []arg
	row    *Entry // the row that the spec names, if it is short for a generic rule
	lookup func(name string) *Entry
	part   func(spec string) (Framing, *Entry, error) // makes a framing of an argument that is a spec, and finds its row
	end    end                                        // that sends the stream; only roles depend on it
	known  []string                                   // keys that the framing asked for, to be listed in errors
	err    *SpecError
}

type arg struct {
	key, value string // unescaped
	raw        string // key=value as it was written, unescaped
	pos, at    int    // of the argument and of its value in the spec
	word       bool   // there is no "="
	source     string // as it was written
	preset     bool   // it is from the Spec of a row, not from the user
	used       bool
}

// read splits the arguments, which start at pos in the spec.
func (s *settings) read(rest string, pos int, any bool) error {
	if !any {
		return nil
	}
	for {
		a := arg{pos: pos, at: pos, word: true}
		n, text := 0, strings.Builder{}
		for n < len(rest) && rest[n] != ',' {
			size, c, err := unescapeByte(rest[n:])
			if err != nil {
				return &SpecError{Spec: s.spec, Pos: pos + n, Detail: err.Error()}
			}
			if c == '=' && size == 1 && a.word {
				a.word, a.key, a.at = false, text.String(), pos+n+1
			}
			text.WriteByte(c)
			n += size
		}
		a.raw = text.String()
		if a.word {
			a.key = a.raw
		} else {
			a.value = a.raw[len(a.key)+1:]
		}
		if a.raw == "" {
			return &SpecError{Spec: s.spec, Pos: pos, Detail: "an argument is missing"}
		}
		a.source = rest[:n]
		s.args = append(s.args, a)
		if n == len(rest) {
			return nil
		}
		rest, pos = rest[n+1:], pos+n+1
	}
}

// unescapeByte reads one byte of a value, which may be written as an escape.
func unescapeByte(s string) (size int, c byte, err error) {
	if s[0] != '\\' {
		return 1, s[0], nil
	}
	if len(s) < 2 {
		return 0, 0, fmt.Errorf(`a backslash must be followed by one of n r t 0 e \ , xHH`)
	}
	switch s[1] {
	case 'n':
		return 2, '\n', nil
	case 'r':
		return 2, '\r', nil
	case 't':
		return 2, '\t', nil
	case '0':
		return 2, 0, nil
	case 'e':
		return 2, 0x1b, nil
	case '\\', ',':
		return 2, s[1], nil
	case 'x':
		if len(s) >= 4 {
			if v, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
				return 4, byte(v), nil
			}
		}
		return 0, 0, fmt.Errorf(`\x needs two hex digits`)
	}
	_, n := utf8.DecodeRuneInString(s[1:])
	return 0, 0, fmt.Errorf(`there is no escape %#q: use \n \r \t \0 \e \\ \, \xHH`, s[:1+n])
}

// String returns the spec as it was given, without the keys of the checksum.
func (s *settings) String() string {
	w := newSpec(s.row.Name)
	for _, a := range s.args {
		if !a.preset && a.key != "crc" && !strings.HasPrefix(a.key, "crc-") {
			w.arg("%s", a.source)
		}
	}
	return w.b.String()
}

func (s *settings) fail(pos int, format string, args ...any) {
	if s.err == nil {
		s.err = &SpecError{Spec: s.spec, Pos: pos, Detail: fmt.Sprintf(format, args...)}
	}
}

// failOn is fail for values that contradict each other; nil is none.
func (s *settings) failOn(c *conflict) {
	if c != nil && s.err == nil {
		s.fail(s.at(c.keys...), "%s", c.text)
		s.err.Hint = c.hint
	}
}

// find returns the argument with this key, or nil. The user's overrides the
// row's.
func (s *settings) find(key string) *arg {
	s.known = append(s.known, key)
	var a *arg
	for i := range s.args {
		if s.args[i].key == key && !s.args[i].used {
			if a != nil && !a.preset {
				s.fail(s.args[i].pos, "%s is given twice", key)
			}
			a = &s.args[i]
			a.used = true
		}
	}
	return a
}

func (s *settings) has(key string) bool {
	return slices.ContainsFunc(s.args, func(a arg) bool { return a.key == key })
}

// users returns the user's argument with the first of the keys that has one, or nil.
func (s *settings) users(keys ...string) *arg {
	for _, key := range keys {
		for i := range s.args {
			if a := &s.args[i]; a.key == key && !a.preset {
				return a
			}
		}
	}
	return nil
}

// at returns where the value of that argument is in the spec, or else where the arguments
// begin.
func (s *settings) at(keys ...string) int {
	if a := s.users(keys...); a != nil {
		return a.at
	}
	name, _, _ := strings.Cut(s.spec, ":")
	return min(len(name)+1, len(s.spec))
}

// given is find for a key that must have a value.
func (s *settings) given(key string) *arg {
	a := s.find(key)
	if a != nil && (a.word || a.value == "") {
		s.fail(a.pos, "%s needs a value", key)
		return nil
	}
	return a
}

// first takes the first argument as a bare value, "=" and all.
func (s *settings) first() *arg {
	if len(s.args) == 0 {
		return nil
	}
	a := &s.args[0]
	a.bare()
	return a
}

// bare makes the whole argument a value.
func (a *arg) bare() {
	a.used, a.value, a.at = true, a.raw, a.pos
}

// unused fails on an argument that the framing does not have.
func (s *settings) unused() {
	for _, a := range s.args {
		if a.used || s.err != nil {
			continue
		}
		name, _, _ := strings.Cut(s.spec, ":")
		if len(s.known) == 0 {
			s.fail(a.pos, "%s takes no such argument", name)
			return
		}
		s.fail(a.pos, "%s has no key %q; it has %s", name, a.key, strings.Join(s.known, " "))
		s.err.Got, s.err.Words = a.key, s.known
		if right := s.keyMeant(&a); right != "" {
			s.err.Hint = "write " + right
		}
	}
}

// keyMeant returns what to write for an argument whose key is none that the framing has, or "".
func (s *settings) keyMeant(a *arg) string {
	right := synonymOf("", a.key)
	if a.word && checksumNamed(a.key) != nil {
		right = "crc=" + a.key
	}
	key, value, _ := strings.Cut(right, "=")
	switch {
	case !s.knows(key):
		return ""
	case a.word || strings.ToUpper(value) != value:
		return right
	}
	if key == "crc" && checksumNamed(a.value) == nil {
		return right
	}
	given := a.source[a.at-a.pos:] // better than the placeholder
	return key + "=" + cmp.Or(synonymOf(key, given), given)
}

// knows reports whether the framing asked for a key.
func (s *settings) knows(key string) bool { return slices.Contains(s.known, key) }

// A conflict is a reason why values do not fit together, and the keys that set them.
type conflict struct {
	text string
	keys []string
	hint string // what to do about it, or ""
}
