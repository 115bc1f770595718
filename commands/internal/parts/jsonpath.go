package parts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// A Path leads to values of a JSON text. Without steps it is the whole text.
type Path []step

// A step leads from a JSON value to one inside it: to the member with this key of an object, to
// the element with this index of an array, or to all members and elements.
type step struct {
	kind  stepKind
	key   string
	index int
}

type stepKind uint8

const (
	toKey stepKind = iota
	toIndex
	toAll
)

// parsePath reads a path, as jq writes it:
//
//	PATH  = "." / 1*( "." KEY / [ "." ] INDEX )
//	KEY   = a word without . [ ] or " / a JSON string
//	INDEX = "[" [ number / JSON string ] "]"
//
// Without steps it is the whole text. At is the offset of what is wrong.
func parsePath(s string) (path Path, at int, err error) {
	if s == "." {
		return nil, 0, nil
	}
	for at < len(s) {
		rest := s[at:]
		dot := strings.HasPrefix(rest, ".")
		if dot {
			rest = rest[1:]
		}
		var to step
		n := 0 // the length of what is read
		switch {
		case strings.HasPrefix(rest, "[]"):
			to, n = step{kind: toAll}, 2
		case strings.HasPrefix(rest, `["`):
			if to.key, n, err = pathString(rest[1:]); err != nil {
				return nil, at, err
			}
			if n++; !strings.HasPrefix(rest[n:], "]") {
				return nil, len(s) - len(rest) + n, fmt.Errorf("expected ] after the key")
			}
			n++
		case strings.HasPrefix(rest, "["):
			end := strings.IndexByte(rest, ']')
			to.kind = toIndex
			if to.index, err = strconv.Atoi(rest[1:max(1, end)]); end < 0 || err != nil || to.index < 0 {
				return nil, len(s) - len(rest), fmt.Errorf("expected [], or a number from 0 or a key in quotes between [ and ]")
			}
			n = end + 1
		case !dot:
			return nil, at, fmt.Errorf("expected . or [")
		case strings.HasPrefix(rest, `"`):
			if to.key, n, err = pathString(rest); err != nil {
				return nil, at, err
			}
		default:
			if n = strings.IndexAny(rest, `.[]"`); n < 0 {
				n = len(rest)
			}
			to.key = rest[:n]
			if n == 0 {
				return nil, len(s) - len(rest), fmt.Errorf("expected a key")
			}
			if odd := strings.IndexAny(to.key, " \t,*|?()"); odd >= 0 { // of jq, or a list
				return nil, len(s) - len(rest) + odd, fmt.Errorf("a key with %q is written in quotes; for several values, give the flag several times", to.key[odd])
			}
		}
		path = append(path, to)
		at = len(s) - len(rest) + n
	}
	return path, 0, nil
}

// pathString reads a JSON string at the start of s; n is its length.
func pathString(s string) (text string, n int, err error) {
	in := json.NewDecoder(strings.NewReader(s))
	if err := in.Decode(&text); err != nil {
		return "", 0, fmt.Errorf("the key in quotes is no JSON string")
	}
	return text, int(in.InputOffset()), nil
}

// EachValue calls found with the place of each value at one of the paths in a JSON text, from the first
// on. Where a key is there more than once, each is meant. Of a value inside another one that is found, it is not
// called. It reports whether the text is one valid JSON text.
func EachValue(paths []Path, text []byte, found func(start, end int)) bool {
	if !json.Valid(text) {
		return false
	}
	w := walk{in: text, found: found}
	w.value(paths)
	return true
}

// A walk goes through a valid JSON text once.
type walk struct {
	in    []byte
	at    int
	found func(start, end int)
}

// value finds the next value if a path ends there, or else what the paths lead to inside it.
func (w *walk) value(paths []Path) {
	w.space()
	start := w.at
	for _, p := range paths {
		if len(p) == 0 {
			w.skip()
			w.found(start, w.at)
			return
		}
	}
	c := w.in[start]
	if len(paths) == 0 || c != '{' && c != '[' {
		w.skip()
		return
	}
	w.at++
	for i := 0; ; i++ {
		if w.space(); w.in[w.at] == '}' || w.in[w.at] == ']' {
			w.at++
			return
		}
		key := ""
		if c == '{' {
			from := w.at
			w.skip()
			key = text(w.in[from:w.at])
			w.space()
			w.at++ // the colon
		}
		var inside []Path
		for _, p := range paths {
			if p[0].leadsTo(c == '{', key, i) {
				inside = append(inside, p[1:])
			}
		}
		w.value(inside)
		if w.space(); w.in[w.at] == ',' {
			w.at++
		}
	}
}

// leadsTo reports whether the step leads to the member of an object with this key, or to the
// element of an array with this index.
func (s step) leadsTo(member bool, key string, index int) bool {
	switch s.kind {
	case toKey:
		return member && s.key == key
	case toIndex:
		return !member && s.index == index
	}
	return true
}

// text returns what a JSON string means.
func text(quoted []byte) (s string) {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	json.Unmarshal(quoted, &s)
	return s
}

// space passes over white space.
func (w *walk) space() {
	for w.at < len(w.in) && strings.IndexByte(" \t\r\n", w.in[w.at]) >= 0 {
		w.at++
	}
}

// skip passes over a value.
func (w *walk) skip() {
	depth := 0
	for {
		switch w.in[w.at] {
		case '{', '[':
			depth++
			w.at++
		case '}', ']':
			depth--
			w.at++
		case '"':
			w.at++
			for ; w.in[w.at] != '"'; w.at++ {
				if w.in[w.at] == '\\' {
					w.at++
				}
			}
			w.at++
		case ',', ':', ' ', '\t', '\r', '\n':
			w.at++
		default: // a number or a word
			for w.at < len(w.in) && strings.IndexByte(",:]} \t\r\n", w.in[w.at]) < 0 {
				w.at++
			}
		}
		if depth == 0 {
			return
		}
	}
}
