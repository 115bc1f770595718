package framing

import "slices"

// An Entry is one row of the table of framings: what Parse knows about a name. It must
// not be changed.
type Entry struct {
	Name    string
	Usage   string  // the name with its arguments; "" if it takes none of its own
	Summary string  // one line
	Source  string  // where the rule is written down
	Spec    string  // the generic rule that the name is short for; "" if it is a rule of its own
	Fields  []Field // of the header, in the order of their offsets; those at fixed places only

	// The rest is for the command line only; see Details.
	group    string   // the row's group in lists, in one word
	layout   string   // parts with their sizes, | between header, body and trailer; "" for a length rule
	variable []string // names of the fields at no fixed offset, which Describe reads
	numeric  []string // those of variable that are numbers, unless their value has a name
	counts   string   // what the length counts
	limits   string
	header   string // the header that encode writes if a message brings none
	out      string // the format that suits its payloads better than lines, if one does
	examples []example
	keys     []key // its own: Details().Keys has them all
	roles    ends  // values of the key role
	traits   traits
	join     *joinRule // how messages are cut into frames; nil if each frame is one
	opens    bool      // its frames open a stream that goes on with another framing

	parse    func(*Entry, *settings) (Framing, error)
	describe func(dst []FieldText, header, body []byte) []FieldText // in a preset: as Describer
	rule     *length                                                // the rule that the name means, in a row of the length rule
	head     *sized                                                 // the framing of the row, if its header shows all
	usual    *usual                                                 // in a preset: what the protocol allows, if Spec allows more
	check    func(l *length, header []byte, v uint64) error         // in a preset: checks what Spec can't express
	fill     func(header []byte, size int64)                        // in a preset: fills in a header that is written what else depends on the payload's size
}

// An example is a payload and its frame in Go's string syntax, with | between
// header, body and trailer and ~ after fill.
type example struct{ Spec, Payload, Frame string }

// unwrap returns the Framing that f wraps, or nil.
func unwrap(f Framing) Framing {
	if w, ok := f.(interface{ Unwrap() Framing }); ok {
		return w.Unwrap()
	}
	return nil
}

// A wholeDescriber is a Framing that reads the fields of a frame from all its bytes.
type wholeDescriber interface {
	describe(dst []FieldText, f Frame) []FieldText
}

// Describe appends the fields of one frame of f, a framing of this entry, to dst: those of
// Fields that its header has, and those at no fixed offset.
func (e *Entry) Describe(dst []FieldText, f Framing, frame Frame) []FieldText {
	for i := range e.Fields {
		if text, ok := e.Fields[i].text(frame.Header); ok {
			dst = append(dst, FieldText{e.Fields[i].Name, text})
		}
	}
	switch {
	case len(e.variable) == 0:
		return dst
	case e.describe != nil:
		return e.describe(dst, frame.Header, frame.Body)
	}
	for ; f != nil; f = unwrap(f) {
		if w, ok := f.(wholeDescriber); ok {
			return w.describe(dst, frame)
		}
		if d, ok := f.(Describer); ok {
			return d.Describe(dst, frame.Header, frame.Body)
		}
	}
	return dst
}

// strict reports whether the row refuses anything only if strict is given.
func (e *Entry) strict() bool {
	return slices.ContainsFunc(e.keys, func(key key) bool { return key.Name == "strict" })
}
