// Package records names the JSON records that commands print with -o json, and their keys.
//
// Start with All, which is the table. framecat-json(5) is made from it, and the tests call
// Check with each record that a command prints: so the manual and the commands agree.
package records

// A Kind is what the value of a key is, as the manual calls it.
type Kind string

const (
	Integer Kind = "integer"
	Number  Kind = "number"
	Boolean Kind = "boolean"
	Text    Kind = "string"
	Time    Kind = "time" // a string in the format of RFC 3339, in UTC, with nanoseconds
	Hex     Kind = "hex"  // a string of hex digits
	Base64  Kind = "base64"
	Texts   Kind = "array of strings"
	Object  Kind = "object"
	Objects Kind = "array of objects"
	Any     Kind = "any value"
)

// A Key is a key of a record.
type Key struct {
	Name string
	Kind Kind
	Text string // what the value is
	When string // when the key appears; "" is always
	// Words are all values that the string may have; nil is any.
	Words []string
	// Keys are those of the Object, or of each of the Objects; nil if their names vary. If Like
	// is the name of a record, they are its keys, which the manual does not repeat.
	Keys []Key
	Like string
}

// A Record is one type of record. Its keys are printed after the key type, whose value is the
// Name of the record, in the order of Keys, but in a frame of a capture wire is printed before size.
type Record struct {
	Name string
	Text string // what the record is for
	Keys []Key
}

// All returns the records.
func All() []Record { return table() }
