package framing

import "fmt"

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
