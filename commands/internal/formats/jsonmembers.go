package formats

import (
	"bytes"
	"encoding/json"
	"slices"
)

// The members of an object that hold a message.
const (
	keyText = iota
	keyBase64
	keyHex
	keyJSON
	keyHeader
	keyTrailer
	keyCount
)

var keyNames = [keyCount]string{"text", "base64", "hex", "json", "header", "trailer"}

// jsonMembers are the values of these members, as they are written; nil if one is missing.
type jsonMembers [keyCount][]byte

// membersOf returns the members of an object, which is valid JSON. Again is the first key that
// is given twice; "" is none.
func membersOf(object []byte) (m jsonMembers, again string) {
	var few [32][]byte
	seen := few[:0]
	var many map[string]bool // replaces seen, so that the time stays linear
	for i := 1; ; {
		i += spaces(object[i:])
		if object[i] != '"' {
			return m, again // the end of the object
		}
		end := stringEnd(object, i) + 1
		key := keyOf(object[i:end])
		i = end + spaces(object[end:]) + 1 // after the colon
		i += spaces(object[i:])
		end = valueEnd(object, i)
		if n := slices.Index(keyNames[:], string(key)); n >= 0 {
			m[n] = object[i:end]
		}
		if i = end + spaces(object[end:]); object[i] == ',' {
			i++
		}
		if many == nil && len(seen) == len(few) {
			many = map[string]bool{}
			for _, k := range seen {
				many[string(k)] = true
			}
		}
		twice := false
		if many != nil {
			twice, many[string(key)] = many[string(key)], true
		} else {
			twice = slices.ContainsFunc(seen, func(k []byte) bool { return bytes.Equal(k, key) })
			seen = append(seen, key)
		}
		if twice {
			return m, string(key)
		}
	}
}

// keyOf returns the text of a key.
func keyOf(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	return []byte(stringOf(raw))
}

// stringOf returns the text of a JSON string; "" if raw is nil.
func stringOf(raw []byte) (s string) {
	if raw != nil && bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	json.Unmarshal(raw, &s)
	return s
}

// spaces returns how many bytes of white space there are at the start of b.
func spaces(b []byte) (n int) {
	for n < len(b) && (isBlank(b[n]) || b[n] == '\n' || b[n] == '\r') {
		n++
	}
	return n
}

// valueEnd returns where the value of valid JSON ends that starts at i.
func valueEnd(b []byte, i int) int {
	depth := 0
	for ; ; i++ {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // a number or a word ends before the bracket of its object
			}
			depth--
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
}
