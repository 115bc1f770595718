package redact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

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
func parsePath(s string) (path []step, at int, err error) {
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

// hideJSON hides the values at some paths in a payload, in out, a copy of it. Where a key is there
// more than once, each is meant. A payload that is not one valid JSON text is hidden whole.
func hideJSON(paths [][]step, payload, out []byte) {
	if !json.Valid(payload) {
		hide(out)
		return
	}
	h := hiding{in: payload, out: out}
	h.value(paths)
}

// mendJSON makes valid JSON again of out, a copy of a valid text in which bytes were overwritten. It
// restores what is outside of values, and hides a number, a word or an escape whole if a byte of it
// was hidden.
func mendJSON(in, out []byte) {
	for at := 0; at < len(in); {
		end := at + 1
		switch c := in[at]; {
		case c == '"':
			for n := 0; in[end] != '"'; end += n {
				if n = 1; in[end] == '\\' {
					if n = 2; in[end+1] == 'u' {
						n = 6
					}
				}
				if !bytes.Equal(in[end:end+n], out[end:end+n]) {
					hide(out[end : end+n])
				}
			}
			out[at], out[end] = '"', '"'
			end++
		case strings.IndexByte("{}[]:, \t\r\n", c) >= 0:
			out[at] = c
		default: // a number or a word
			for end < len(in) && strings.IndexByte(",:]} \t\r\n", in[end]) < 0 {
				end++
			}
			if !bytes.Equal(in[at:end], out[at:end]) {
				hideValue(out[at:end])
			}
		}
		at = end
	}
}

// hide overwrites bytes.
func hide(b []byte) {
	for i := range b {
		b[i] = star
	}
}

// A hiding goes through a valid JSON text once.
type hiding struct {
	in, out []byte
	at      int
}

// value hides the next value if a path ends there, or else what the paths lead to inside it.
func (h *hiding) value(paths [][]step) {
	h.space()
	start := h.at
	for _, p := range paths {
		if len(p) == 0 {
			h.skip()
			hideValue(h.out[start:h.at])
			return
		}
	}
	c := h.in[start]
	if len(paths) == 0 || c != '{' && c != '[' {
		h.skip()
		return
	}
	h.at++
	for i := 0; ; i++ {
		if h.space(); h.in[h.at] == '}' || h.in[h.at] == ']' {
			h.at++
			return
		}
		key := ""
		if c == '{' {
			from := h.at
			h.skip()
			key = text(h.in[from:h.at])
			h.space()
			h.at++ // the colon
		}
		var inside [][]step
		for _, p := range paths {
			if p[0].leadsTo(c == '{', key, i) {
				inside = append(inside, p[1:])
			}
		}
		h.value(inside)
		if h.space(); h.in[h.at] == ',' {
			h.at++
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
func (h *hiding) space() {
	for h.at < len(h.in) && strings.IndexByte(" \t\r\n", h.in[h.at]) >= 0 {
		h.at++
	}
}

// skip passes over a value.
func (h *hiding) skip() {
	depth := 0
	for {
		switch h.in[h.at] {
		case '{', '[':
			depth++
			h.at++
		case '}', ']':
			depth--
			h.at++
		case '"':
			h.at++
			for ; h.in[h.at] != '"'; h.at++ {
				if h.in[h.at] == '\\' {
					h.at++
				}
			}
			h.at++
		case ',', ':', ' ', '\t', '\r', '\n':
			h.at++
		default: // a number or a word
			for h.at < len(h.in) && strings.IndexByte(",:]} \t\r\n", h.in[h.at]) < 0 {
				h.at++
			}
		}
		if depth == 0 {
			return
		}
	}
}

// hideValue overwrites a JSON value so that the text stays valid: what is in the quotes of a
// string, and any other value by a string of the same length, which needs two bytes: a digit
// becomes 0.
func hideValue(b []byte) {
	if len(b) == 1 {
		b[0] = '0'
		return
	}
	hide(b)
	b[0], b[len(b)-1] = '"', '"'
}
