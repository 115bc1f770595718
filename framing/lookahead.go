package framing

import "strings"

// Methods for programs that guess framings. Package framing/detect declares those of the
// framings as interfaces. Scan would be slower, or could not give the answer.

// Traits returns what detection knows of the row; the zero value for a nil one.
func (d *details) Traits() (t traits) {
	if d == nil {
		return t
	}
	t = d.traits
	for i := range generic {
		t.Generic = t.Generic || generic[i].Name == d.Name
	}
	if d.rule != nil && d.rule.digits == binaryDigits {
		t.Family = true
		if t.Usual > 0 {
			t.Width, t.Little = d.rule.size, d.rule.little
		}
	}
	switch {
	case d.Spec != "":
		name, _, _ := strings.Cut(d.Spec, ":")
		base := Lookup(name).Details().Traits()
		t.Width, t.Little, t.Narrow, t.Delimited, t.Text = base.Width, base.Little, base.Narrow, base.Delimited, base.Text
		if t.Rule = base.Rule; t.Rule == name {
			t.Rule = d.Spec
		}
	case t.Rule == "":
		t.Rule = d.Name
	}
	return t
}

// LengthSize returns the width of the length field.
func (l *length) LengthSize() int { return l.size }

// LengthSize returns the size of the shortest varint.
func (v *varint) LengthSize() int { return 1 }

// Delimiter returns the bytes that end a frame.
func (d *delim) Delimiter() string { return d.mark }

// Delimiter returns "", as there is more than one.
func (o *oneOf) Delimiter() string { return "" }

// Common reports whether a header of the rule may have any bytes besides its length.
func (l *length) Common() bool {
	return l.magic == "" && l.header == l.offset+l.size && l.digits == binaryDigits && l.preset && len(l.fields) == 0
}

// Likely reports, faster than Scan, whether a frame of a length up to most may begin with b.
func (l *length) Likely(b []byte, most uint64) bool {
	if len(b) < l.header {
		return true
	}
	if v := l.value(b[l.offset:]) & l.mask; v < l.min || v > min(l.max, most) || differs(b, l.magicAt, l.magic) >= 0 {
		return false
	}
	for i := range l.fields {
		f := &l.fields[i]
		if v, ok := f.Value(b[:l.header]); ok && f.Only != "" && f.Names.Of(v) == "" {
			return false
		}
	}
	return true
}
