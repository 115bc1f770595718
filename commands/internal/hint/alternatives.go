package hint

import (
	"slices"
	"strings"

	"framecat/framing"
)

// An alternative is another framing that the stream may have.
type alternative struct{ spec, why string }

const (
	otherOrder    = "the length is plausible in the other byte order"
	countsAll     = "it would fit if the length counted the header"
	countsItself  = "it would fit if the length counted itself"
	countsRest    = "it would fit if the length did not count the header"
	otherWidth    = "a length field of another width would fit"
	otherWidthAll = otherWidth + ", one that counts itself"
	without       = "without "
)

// alternatives are the framings that f may have been taken for, the nearest first.
func alternatives(f framing.Framing) (all []alternative) {
	name, keys, _ := strings.Cut(f.String(), ":")
	add := func(why, name string, keys ...string) {
		if spec := strings.Join(keys, ","); spec != "" {
			name += ":" + spec
		}
		all = append(all, alternative{name, why})
	}
	var given []string
	if keys != "" {
		given = strings.Split(keys, ",") // an escaped comma makes a spec that Parse refuses
	}
	if order, keys := otherOrderOf(f); order != "" {
		add(otherOrder, order, keys)
	}
	width, lengths := 0, plainLengths()
	if plainLength(f) {
		width = framing.EntryOf(f).Details().Traits().Width
		if !strings.Contains(keys, "counts=") && !strings.Contains(keys, "adjust=") {
			add(countsAll, name, append([]string{"counts=frame"}, given...)...)
			if strings.Contains(keys, "offset=") {
				add(countsItself, name, append([]string{"counts=itself"}, given...)...)
			}
		}
		for _, other := range lengths {
			if keys != "" && other.Details().Traits().Width != width {
				add(otherWidth, other.Name, keys)
			}
		}
	}
	for i, key := range given {
		rest := slices.Delete(slices.Clone(given), i, i+1)
		switch k, _, _ := strings.Cut(key, "="); k {
		case "counts":
			add(countsRest, name, rest...)
		case "crc", "crc-from", "crc-counted", "prefix": // the first ones are tried below, the last is for writing
		default:
			add(without+key+" it would fit", name, rest...)
		}
	}
	all = append(all, otherSums(f)...)
	for _, other := range lengths {
		switch {
		case other.Name == name: // that is f with checks dropped, which it fits for being lax
		case other.Details().Traits().Width == width || keys != "" || width == 0:
			add("the stream reads as "+other.Name, other.Name)
			add("the stream reads as "+other.Name+" that counts itself", other.Name, "counts=frame")
		default:
			add(otherWidth, other.Name)
			add(otherWidthAll, other.Name, "counts=frame")
		}
	}
	for _, k := range framing.Entries() {
		for _, spec := range k.Details().Traits().Tries {
			why := "the stream reads as " + spec
			if k.Details().Traits().Narrow {
				why = "a " + spec + " length would fit"
			}
			add(why, spec)
		}
	}
	return all
}

// otherOrderOf is the length rule of f in the other byte order, without the header that
// the rule writes; name is "" if f has no such rule.
func otherOrderOf(f framing.Framing) (name, keys string) {
	name, keys, _ = strings.Cut(rule(f), ":")
	if i := strings.Index(keys, "prefix="); i >= 0 && rule(f) != f.String() { // it is the last key
		keys = strings.TrimSuffix(keys[:i], ",")
	}
	return swapped(name), keys
}

// swapped is the plain length of the same width in the other byte order, or "".
func swapped(name string) string {
	k := framing.Lookup(name)
	if k == nil || k.Details().Traits().Width < 2 {
		return ""
	}
	for _, other := range plainLengths() {
		if a, b := k.Details().Traits(), other.Details().Traits(); a.Width == b.Width && a.Little != b.Little {
			return other.Name
		}
	}
	return ""
}
