package detect

import "testing"

// The methods that package framing has for this package alone are there.
func TestDoors(t *testing.T) {
	for _, row := range []struct {
		spec                        string
		measured, length, delimiter bool
	}{
		{"u8", true, true, false},
		{"erlang:4", true, true, false},
		{"kafka", true, true, false},
		{"varint", true, false, false},
		{"lines", false, false, true},
		{"mllp", false, false, true},
		{"any:0x0a,0x0d", false, false, true},
		{"slip", false, false, false},
	} {
		f := parse(t, row.spec)
		_, isMeasured := f.(measured)
		_, isLength := f.(lengthRule)
		_, isDelimiter := f.(delimiter)
		if isMeasured != row.measured || isLength != row.length || isDelimiter != row.delimiter {
			t.Errorf("%s: measured %t, a length rule %t, a delimiter %t; want %t %t %t",
				row.spec, isMeasured, isLength, isDelimiter, row.measured, row.length, row.delimiter)
		}
	}
}
