package framing

import (
	"fmt"
	"strconv"
	"strings"
)

// A knower is a Describer that knows the values of a field at no fixed offset.
type knower interface {
	// known returns the values that have a name: Name as a user may write it, Text as
	// Describe returns it. Other returns the text of a value without a name, or "" if the
	// field cannot have it. If the field is free text, both are nil.
	known(field string) (values []FieldText, other func(value string) string)
}

// Known returns the values of a field in the frames of f, a framing of the row: those that have a
// name, as a user may write them and as Describe returns them, and a function that returns the text
// of a value without a name, or "" if the field cannot have it. Both are nil if the field is free
// text.
func (d *details) Known(f Framing, field string) (values []FieldText, other func(value string) string) {
	for i := range d.Fields {
		if d.Fields[i].Name == field {
			return d.Fields[i].values()
		}
	}
	for ; f != nil; f = unwrap(f) {
		if k, ok := f.(knower); ok {
			return k.known(field)
		}
	}
	return nil, nil
}

// Most returns the largest value of a field at a fixed offset; 0 if the row has no such field that is
// a number.
func (d *details) Most(field string) uint64 {
	for i := range d.Fields {
		if f := &d.Fields[i]; f.Name == field && f.Size <= 8 {
			return f.most()
		}
	}
	return 0
}

// values returns the values of a field at a fixed offset, for Known: names and numbers. A field of more
// than 8 bytes has no number.
func (f *Field) values() (values []FieldText, other func(string) string) {
	if f.Size > 8 {
		return nil, nil
	}
	other = otherThan(f.Names, "%d", f.most())
	if f.Only != "" {
		all := other
		other = func(s string) string {
			if text := all(s); strings.Trim(text, "0123456789") != "" { // names are no numbers
				return text
			}
			return ""
		}
	}
	return f.Names.known(), other
}

// known returns the names, each as Describe returns it.
func (n names) known() (values []FieldText) {
	for _, v := range n {
		values = append(values, FieldText{v.Name, v.Name})
	}
	return values
}

// otherThan returns the function that Known returns for a field with these names whose other
// values are numbers up to most, which Describe writes in this format.
func otherThan(n names, format string, most uint64) func(string) string {
	return func(s string) string {
		digits, base := s, 10
		if hex, ok := strings.CutPrefix(s, "0x"); ok {
			digits, base = hex, 16
		}
		v, err := strconv.ParseUint(digits, base, 64)
		if err != nil || v > most {
			return ""
		}
		if name := n.Of(v); name != "" {
			return name
		}
		return fmt.Sprintf(format, v)
	}
}

// nothing is the function that Known returns for a field whose values all have a name.
func nothing(string) string { return "" }
