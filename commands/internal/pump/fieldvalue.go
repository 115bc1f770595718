package pump

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"framecat/framing"
)

// knownValues are the values that a field can have.
type knownValues struct {
	// names are the values that have a name: Name as a user may write it, Text as Describe
	// returns it.
	names []framing.FieldText
	// other returns the text of a value without a name, or "" if there is no such value. It
	// is nil for free text.
	other func(string) string
}

// knownOf returns the values of a field of frames of f, whose row is k.
func knownOf(k *framing.Entry, f framing.Framing, field string) (known knownValues) {
	known.names, known.other = k.Details().Known(f, field)
	return known
}

// free reports whether the field can have any text.
func (k knownValues) free() bool { return k.other == nil }

// find returns the text that Describe returns for a value as a user writes it. Ok is false if the
// field cannot have the value. A name may be written in another case, with _ or - for blanks.
func (k knownValues) find(s string) (text string, ok bool) {
	blanks := strings.NewReplacer("_", " ", "-", " ")
	s = strings.TrimSpace(s)
	for _, n := range k.names {
		if n.Name == s {
			return n.Text, true
		}
	}
	for _, n := range k.names {
		if strings.EqualFold(blanks.Replace(n.Name), blanks.Replace(s)) {
			return n.Text, true
		}
	}
	text = k.other(s)
	return text, text != ""
}

// contains reports whether the text of some value may contain a part.
func (k knownValues) contains(part string) bool {
	for _, n := range k.names {
		if containsFold(n.Text, part) {
			return true
		}
	}
	return len(k.names) == 0 || k.other(part) != ""
}

// match reports whether a regular expression may match the text of some value.
func (k knownValues) match(re *regexp.Regexp) bool {
	var m byteMatcher
	for _, n := range k.names {
		if m.match(re, []byte(n.Text)) {
			return true
		}
	}
	const most = math.MaxUint16
	for v := range most + 1 {
		if text := k.other(fmt.Sprint(v)); text != "" && m.match(re, []byte(text)) {
			return true
		}
	}
	return len(k.names) == 0 || k.other(fmt.Sprint(most+1)) != "" // one of many numbers
}

// words returns the names that a user would write, without those of one letter.
func (k knownValues) words() (words []string) {
	for _, n := range k.names {
		if len(n.Name) > 2 || n.Name == n.Text {
			words = append(words, n.Name)
		}
	}
	return words
}
