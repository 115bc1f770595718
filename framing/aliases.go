package framing

import (
	"slices"
	"strings"
)

// rowOf returns the row with this name, or nil.
func rowOf(name string) *Entry {
	for _, k := range rows {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// byAlias returns the row that has this other name, or nil. Other programs write names in other
// ways: RESP, redis, be32 or uint32_be.
func byAlias(name string) *Entry {
	name = strings.ToLower(name)
	for _, k := range rows {
		if k.Name == name || slices.Contains(k.traits.Aliases, name) {
			return k
		}
	}
	if name = numberName(name); name != "" {
		return rowOf(name)
	}
	return nil
}

// numberName returns the name of the row for a number as programming languages call it, with its
// byte order before or after it: u32be for be32, uint32be, uint32_be and u32_be; "" if it has
// no byte order. A byte has none.
func numberName(name string) string {
	name = strings.NewReplacer("_", "", "-", "").Replace(strings.TrimSuffix(name, "_t")) // uint8_t
	for _, order := range []string{"be", "le", ""} {
		bits, found := strings.CutPrefix(name, order)
		if !found || order == "" || strings.Trim(bits, "0123456789") != "" {
			bits, found = strings.CutSuffix(name, order)
			n, unsigned := strings.CutPrefix(bits, "uint")
			if !unsigned {
				n, unsigned = strings.CutPrefix(bits, "u")
			}
			bits, found = n, found && unsigned
		}
		switch {
		case !found:
		case bits == "8":
			return "u8"
		case order != "" && slices.Contains([]string{"16", "24", "32", "64"}, bits):
			return "u" + bits + order
		}
	}
	return ""
}
