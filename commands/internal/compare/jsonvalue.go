package compare

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const space = " \t\r\n" // of JSON

// valueOf returns bytes that are the same for JSON texts of equal value: without spaces, with the members of
// objects in the order of their keys, and with one form for each number and string. Members with the same key keep
// their order. It is not ok for text that is no JSON object or array, or that has no exact value, such as half of a
// surrogate pair.
func valueOf(text []byte) (value []byte, ok bool) {
	text = bytes.TrimLeft(text, space)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' || !utf8.Valid(text) || !json.Valid(text) {
		return nil, false
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	return appendValue(make([]byte, 0, len(text)), in)
}

// appendValue appends the next value of a valid text.
func appendValue(dst []byte, in *json.Decoder) (_ []byte, ok bool) {
	token, _ := in.Token()
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return appendElements(dst, in)
		}
		return appendMembers(dst, in)
	case string:
		dst = strconv.AppendQuote(dst, token)
		return dst, !strings.ContainsRune(token, utf8.RuneError)
	case json.Number:
		return append(dst, numberOf(token.String())...), true
	case bool:
		return strconv.AppendBool(dst, token), true
	}
	return append(dst, "null"...), true
}

func appendElements(dst []byte, in *json.Decoder) (_ []byte, ok bool) {
	dst = append(dst, '[')
	for in.More() {
		if dst, ok = appendValue(dst, in); !ok {
			return nil, false
		}
		dst = append(dst, ',')
	}
	in.Token()
	return append(dst, ']'), true
}

func appendMembers(dst []byte, in *json.Decoder) (_ []byte, ok bool) {
	type member struct {
		key   string
		value []byte
	}
	var all []member
	for in.More() {
		token, _ := in.Token()
		m := member{key: token.(string)}
		if m.value, ok = appendValue(nil, in); !ok || strings.ContainsRune(m.key, utf8.RuneError) {
			return nil, false
		}
		all = append(all, m)
	}
	in.Token()
	slices.SortStableFunc(all, func(a, b member) int { return strings.Compare(a.key, b.key) })
	dst = append(dst, '{')
	for _, m := range all {
		dst = append(strconv.AppendQuote(dst, m.key), ':')
		dst = append(append(dst, m.value...), ',')
	}
	return append(dst, '}'), true
}

// numberOf returns one form for each number: 1.50, 15e-1 and 1.5 are 15e-1. A number with a huge exponent stays
// as it is.
func numberOf(s string) string {
	digits, exponent, given := strings.Cut(strings.ToLower(s), "e")
	shift := 0
	if given {
		var err error
		if shift, err = strconv.Atoi(exponent); err != nil || shift > 1<<30 || shift < -1<<30 {
			return s
		}
	}
	sign := ""
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = "-", rest
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	shift -= len(fraction)
	digits = strings.TrimLeft(whole+fraction, "0")
	short := strings.TrimRight(digits, "0")
	if short == "" {
		return "0"
	}
	return sign + short + "e" + strconv.Itoa(shift+len(digits)-len(short))
}
