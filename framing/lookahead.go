package framing

// Methods for framing/detect, which declares them as interfaces: what its search asks of
// a framing that Scan would answer slowly, or not at all.

// LengthSize is the width of the length field.
func (l *length) LengthSize() int { return l.size }

// LengthSize is that of the shortest varint.
func (v *varint) LengthSize() int { return 1 }

// Delimiter is what ends a frame; it looks for nothing else.
func (d *delim) Delimiter() string { return d.mark }

// Delimiter is "": any one of the bytes ends a frame.
func (o *oneOf) Delimiter() string { return "" }

// Common reports whether the rule demands nothing of a header but its length.
func (l *length) Common() bool {
	return l.magic == "" && l.header == l.offset+l.size && l.digits == binaryDigits && l.row != nil && len(l.row.Fields) == 0
}

// Likely reports, faster than Scan, whether a frame of a length up to most may begin with b.
func (l *length) Likely(b []byte, most uint64) bool {
	if len(b) < l.header {
		return true
	}
	if v := l.value(b[l.offset:]) & l.mask; v < l.min || v > min(l.max, most) || differs(b, l.magicAt, l.magic) >= 0 {
		return false
	}
	if l.row == nil {
		return true
	}
	for i := range l.row.Fields {
		f := &l.row.Fields[i]
		if v, ok := f.Value(b[:l.header]); ok && f.Only != "" && f.Names.Of(v) == "" {
			return false
		}
	}
	return true
}
