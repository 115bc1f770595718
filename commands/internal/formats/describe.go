package formats

import "framecat/framing"

// Describe appends the header fields of a frame of f, whose row is e; it may be nil. A frame
// without a message has a different header, so that the fields of the row do not apply to it.
func Describe(dst []framing.FieldText, e *framing.Entry, f framing.Framing, fr framing.Frame) []framing.FieldText {
	if e != nil && !fr.Silent {
		return e.Describe(dst, f, fr)
	}
	if d, ok := f.(framing.Describer); ok && fr.Silent {
		return d.Describe(dst, fr.Header, fr.Body)
	}
	return dst
}
