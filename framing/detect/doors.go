package detect

import "framecat/framing"

// What some framings of package framing say of themselves beyond its interfaces: they
// have these methods for this package alone. What is true of a whole row of the table
// is in its framing.Traits.

// A measured framing has a length field.
type measured interface {
	// LengthSize is the least number of bytes that the field takes.
	LengthSize() int
}

// A lengthRule is a configuration of the generic length rule.
type lengthRule interface {
	// Likely reports, faster than Scan, whether a frame whose length is most at most may
	// begin with b.
	Likely(b []byte, most uint64) bool
	// Common reports whether the rule demands nothing of a header but its length.
	Common() bool
}

// A delimiter framing looks for the end of a frame and for nothing else.
type delimiter interface {
	// Delimiter is what ends a frame, or "" if any one of several bytes does.
	Delimiter() string
}

// delimits reports whether f does nothing but look for the end of a frame.
func delimits(f framing.Framing) bool {
	_, ok := f.(delimiter)
	return ok
}

func endian(little bool) string {
	if little {
		return "le"
	}
	return "be"
}
