package framing

// A lenient Framing reads frames that its protocol forbids, because programs write them.
type lenient interface {
	// lenience returns a function that returns what is unusual about a frame with this header, or
	// ""; nil if the framing reads only what its protocol allows.
	lenience() func(header []byte) string
}

// lenienceOf returns the lenience of f, or nil.
func lenienceOf(f Framing) func(header []byte) string {
	for ; f != nil; f = unwrap(f) {
		if l, ok := f.(lenient); ok {
			return l.lenience()
		}
	}
	return nil
}
