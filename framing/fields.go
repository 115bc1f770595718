package framing

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// A Field is a part of a header with a meaning of its own.
//
//	Field{Name: "type", At: 0, Size: 1, Names: …}
//	                                      ┌──────┬─────────────────────┐
//	                                      │ type │ length              │
//	                                      └──────┴─────────────────────┘
type Field struct {
	Name   string
	At     int    // offset in the header, in bytes
	Size   int    // in bytes
	Mask   uint64 // the bits of it that count, shifted down; 0 is all
	Little bool   // least significant byte first
	Names  names  // of values: each has a Value and a Name; smallest first

	// Only is the fault of a value that Names does not have; without it any value
	// is fine. Zero means that the field is reserved: strict refuses other values.
	Only Fault
	Zero bool
}

// Value reads the field from a header. It is not ok if the header is too short, or the
// field longer than 8 bytes.
func (f *Field) Value(header []byte) (v uint64, ok bool) {
	if len(header) < f.At+f.Size || f.Size > 8 {
		return 0, false
	}
	b := header[f.At : f.At+f.Size]
	for i := range b {
		if f.Little {
			v = v<<8 | uint64(b[len(b)-1-i])
		} else {
			v = v<<8 | uint64(b[i])
		}
	}
	if f.Mask != 0 {
		v &= f.Mask
		for m := f.Mask; m&1 == 0; m >>= 1 {
			v >>= 1
		}
	}
	return v, true
}

// most returns the largest value of the field, of up to 8 bytes.
func (f *Field) most() uint64 {
	if f.Mask != 0 {
		return f.Mask >> bits.TrailingZeros64(f.Mask)
	}
	return math.MaxUint64 >> (64 - 8*f.Size)
}

// text returns the field's value as people read it: the protocol's name for it, or the
// number.
func (f *Field) text(header []byte) (text string, ok bool) {
	v, ok := f.Value(header)
	if !ok && len(header) >= f.At+f.Size {
		return hex.EncodeToString(header[f.At:][:f.Size]), true
	}
	if name := f.Names.Of(v); name != "" {
		return name, ok
	}
	return decimal(v), ok
}

// Names are values that have a name.
type names []named

// named is a value and its name.
type named struct {
	Value uint64
	Name  string
}

// Of returns the name of a value, or "".
func (n names) Of(v uint64) string {
	for i := range n {
		if n[i].Value == v {
			return n[i].Name
		}
	}
	return ""
}

// decimal returns a number as fields show it.
func decimal(v uint64) string { return strconv.FormatUint(v, 10) }

// printable returns text from a peer in a form that is safe on a terminal: quoted, with
// escapes, unless it is plain.
func printable(b []byte) string {
	for _, c := range b {
		if c < ' ' || c >= 0x7f {
			return strconv.QuoteToASCII(string(b))
		}
	}
	return string(b)
}

// checkFields looks for a field with a value that is not allowed, in as much of a header as
// has arrived. The fields are in the order of their offsets.
func checkFields(fields []Field, header []byte, strict bool) error {
	for i := range fields {
		f := &fields[i]
		if f.Only == "" && !f.Zero {
			continue
		}
		v, ok := f.Value(header)
		if !ok {
			continue
		}
		if f.Zero && strict && v != 0 {
			at := f.At + slices.IndexFunc(header[f.At:], func(c byte) bool { return c != 0 })
			return malformed(reservedBits, at, "%s is %#x, expected 0", f.Name, v)
		}
		if f.Only != "" && f.Names.Of(v) == "" {
			return malformed(f.Only, f.At, "%s %#x is unknown, expected one of %s", f.Name, v, f.known())
		}
	}
	return nil
}

// known returns the values that have names, as a list to be read.
func (f *Field) known() string {
	var b strings.Builder
	for i, n := range f.Names {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%#x %s", n.Value, n.Name)
	}
	return b.String()
}
