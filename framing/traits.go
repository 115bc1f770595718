package framing

// traits are what a row of the table knows for programs that guess which framing a
// stream has, or advise one. A row whose Spec names a generic rule has what is true of
// the frames of that rule too.
type traits struct {
	// Generic: it is a rule that protocols are made of, or an encoding; no protocol.
	Generic bool

	// Rule is the generic rule that its frames follow, as a spec of a row without a Spec;
	// the row's own name if there is none.
	Rule string

	// Width and Little are the size in bytes and the byte order of the length field, where
	// the rule is nothing but such a field with a payload after it, and arguments; 0 if not.
	Width  int
	Little bool

	// Usual orders the rows of such a rule by how many protocols use them: 1 is the most usual.
	Usual int

	// Narrow: a whole frame may begin with a length of one byte, which any byte can be.
	Narrow bool

	// Delimited: no length is announced, so that any bytes may be part of a frame.
	Delimited bool

	// Text: headers are text, so that text is no sign of another framing.
	Text bool

	// Family: the row is one rule with countless variants (a length field, a delimiter, a
	// size): a search makes variants of its own.
	Family bool

	// Clear: escapes keep the mark that ends a frame out of all bodies, and nothing else
	// sets a frame apart from chance: so each body without the mark is evidence.
	Clear bool

	// Refines is the row of the same frames with less meaning in them, or "".
	Refines string

	// Aliases are names that other programs use for it. Parse does not know them.
	Aliases []string

	// Tries are the specs worth a trial on a stream that another framing can't read.
	Tries []string

	// Openings are ways in which a stream of it begins and others do not.
	Openings []opening

	// Strays are what some senders write by mistake where a frame must begin.
	Strays []opening
}

// An opening is how a stream or a frame begins.
type opening struct {
	Start string // the first bytes
	Next  string // the byte after them is one of these; "" is any byte
	Means string // what that shows, in a few words
	Spec  string // what it should be read as; "" is the row itself
}
