package framing

import "fmt"

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

// Unusual returns what a protocol forbids about a frame of f with this header, which is read
// nevertheless; "" is nothing.
func (d *details) Unusual(f Framing, header []byte) string {
	if unusual := lenienceOf(f); unusual != nil {
		return unusual(header)
	}
	return ""
}

// note calls Unusual with the first unusual frame of the stream.
func (r *Reader) note(f Frame) {
	if !r.noting() {
		return
	}
	if what := r.lenience(f.Header); what != "" {
		r.noted = true
		r.Unusual(f, what)
	}
}

// noting reports whether the Reader still looks for an unusual frame.
func (r *Reader) noting() bool { return r.lenience != nil && r.Unusual != nil && !r.noted }

// usual is the range of a length that a protocol allows, in a row whose Spec allows others too: some
// programs write them. With strict they are malformed.
type usual struct {
	min, max uint64
	who      string // writes others
}

func (l *length) lenience() func(header []byte) string {
	if l.usual == nil {
		return nil
	}
	return l.unusual
}

func (l *length) unusual(header []byte) string {
	if len(header) < l.offset+l.size {
		return ""
	}
	switch v := l.value(header[l.offset:]) & l.mask; {
	case v < l.usual.min:
		return fmt.Sprintf("length %d is under %d, the least that the protocol allows; %s sends such frames", v, l.usual.min, l.usual.who)
	case v > l.usual.max:
		return fmt.Sprintf("length %d is over %d, the most that the protocol allows; %s sends such frames", v, l.usual.max, l.usual.who)
	}
	return ""
}

// confine makes all unusual lengths malformed.
func (l *length) confine() {
	l.min, l.max = max(l.min, l.usual.min), min(l.max, l.usual.max)
	l.usual = nil
}
