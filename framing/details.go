package framing

import (
	"slices"
)

// details are the part of an Entry that help, completion, manual pages, hints and
// framing/detect are made of. Its name is not exported because it belongs to the program,
// not to the API: its methods come and go with what the program shows.
type details Entry

// Details returns what the row knows that only help texts and searches ask for. Its
// methods are not part of the API.
func (e *Entry) Details() *details { return (*details)(e) }

// Keys are the arguments that the row has.
func (d *details) Keys() []key {
	if d.rule == nil {
		return d.keys
	}
	return slices.DeleteFunc(slices.Concat(d.keys, lengthKeys), func(k key) bool {
		return d.rule.digits != binaryDigits && (k == maskKey || k == signedKey)
	})
}

// Examples are at least one for each form that the framing has.
func (d *details) Examples() []example { return d.examples }

// Tells are the names of the fields that stand at no fixed place.
func (d *details) Tells() []string { return d.tells }

// Default describes the header that encode writes if a message brings none.
func (d *details) Default() string { return d.header }

// Out is the format that suits the payloads better than lines; "" if none does.
func (d *details) Out() string { return d.out }

// Layout is the parts of a frame with their sizes, in one line; "" for a length rule.
func (d *details) Layout() string { return d.layout }

// Checksums are the values of the key crc.
func (d *details) Checksums() (names []string) {
	for _, c := range checksums {
		names = append(names, c.name)
		if c.size > 1 {
			names = append(names, c.name+"-be", c.name+"-le")
		}
	}
	return names
}
