package framing

// Traits are what a row of the table knows for programs that guess which framing a
// stream has. A row that stands for a generic rule has the traits of that rule too.
type Traits struct {
	// Generic: it is a rule that protocols are made of, or an encoding; no protocol.
	Generic bool

	// Family: the row is one rule with countless variants (a length field, a delimiter, a size):
	// a search makes variants of its own.
	Family bool

	// Clear: escapes keep the mark that ends a frame out of all bodies, and nothing else
	// tells a frame from chance: so each body without the mark is evidence.
	Clear bool

	// Refines is the row of the same frames with less meaning in them, or "".
	Refines string
}

// Traits returns what is known of the row.
func (k *Kind) Traits() Traits {
	t := k.traits
	for i := range generic {
		t.Generic = t.Generic || generic[i].Name == k.Name
	}
	t.Family = t.Family || k.rule != nil && k.rule.digits == binaryDigits
	return t
}
