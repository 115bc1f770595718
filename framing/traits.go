package framing

// traits are facts about a row, for programs that guess or suggest the framing of a stream.
// A row whose Spec names a generic rule also has the traits of that rule.
type traits struct {
	// Generic: it is a rule that protocols build on, or an encoding, and not a protocol.
	Generic bool

	// Rule is the generic rule that its frames follow, as a spec, for a row without a Spec;
	// the name of the row if there is none.
	Rule string

	// Width and Little are the size in bytes and the byte order of the length field, if the
	// rule without its arguments is only such a field and a payload; Width is 0 if not.
	Width  int
	Little bool

	// Length is the rule that writes the length of its frames, as a spec, for a row that is not of the length
	// rule and whose length is not in text; "" if no rule of the table does.
	Length string

	// Usual orders the rows of such a rule by how many protocols use them: 1 is the most common.
	Usual int

	// Narrow: a frame may begin with a length of one byte, and any byte is a valid length.
	Narrow bool

	// Delimited: no length is announced, so any bytes may be part of a frame.
	Delimited bool

	// Sealed: what frames carry is encrypted.
	Sealed bool

	// Text: headers are text, so text in a stream does not suggest another framing.
	Text bool

	// Family: the row is a rule with countless variants (a length field, a delimiter, a
	// size), and a search makes its own variants.
	Family bool

	// Timed: a pause ends a frame, so only a source that knows the time has frames: see ErrPause.
	Timed bool

	// Clear: escapes keep the mark that ends a frame out of every body, and frames have no
	// other sign. So each body without the mark is evidence.
	Clear bool

	// Ends: a checksum shows where a frame ends, and is its trailer. It makes every other value of any byte
	// wrong, but proves only what its own bytes are worth.
	Ends bool

	// Ports are the TCP ports on which its servers usually are.
	Ports []uint16

	// Sign is text that each payload holds, or "".
	Sign string

	// Refines is the row that reads the same frames with less structure, or "".
	Refines string

	// Aliases are other names for it, in lower case. Parse takes them; String returns the name
	// of the row.
	Aliases []string

	// Tries are the specs to try on a stream that another framing can't read.
	Tries []string

	// Openings are first bytes that only streams of this framing have.
	Openings []opening

	// First are bytes with one of which the first message of a stream begins: its payload, or
	// its frame if it has no payload.
	First []string

	// Last is how the payload of the last frame begins that can be read: what follows is
	// encrypted. "" if there is no such frame.
	Last string

	// Begin is the byte with which each payload begins, or "".
	Begin string

	// Words are what each frame begins with, one of them, or each line of it if Lines is set: a frame of a protocol
	// of text, which would otherwise be any text.
	Words []string
	Lines bool

	// Shared are beginnings of frames that other protocols have too: these frames are no evidence.
	Shared []string

	// Handshake is what both ends exchange before the first message, if it is no message of
	// theirs: no translation to another framing can make it up. It has an article.
	Handshake string

	// Upgrade is what the header Upgrade of HTTP calls the protocol.
	Upgrade string

	// ID is where frames have the number by which a reply names its request.
	ID idPlace

	// Strays are bytes that some senders write by mistake at the start of a frame.
	Strays []opening
}

// An idPlace is where the id of a message is in its frame, if it has one.
type idPlace struct {
	Request, Reply int // its offset in a request, and the offset in a reply
	Size           int // in bytes; 0 if there is no id
}

// An opening is how a stream or a frame begins.
type opening struct {
	Start string // the first bytes
	Next  string // the byte after them is one of these; "" is any byte
	More  string // what usually follows Start; "" is nothing that is known
	Means string // what these bytes show, in a few words
	Spec  string // the framing that fits it; "" is the row itself
}
