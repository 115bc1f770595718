package hint

import (
	"slices"

	"framecat/framing"
)

// rule is the generic rule that f follows, as a spec: f itself if it is one.
func rule(f framing.Framing) string {
	if k := framing.EntryOf(f); k != nil && k.Details().Traits().Rule != k.Name {
		return k.Details().Traits().Rule
	}
	return f.String()
}

// plainLength reports whether f is a length with a payload after it and no protocol,
// with arguments or without.
func plainLength(f framing.Framing) bool {
	k := framing.EntryOf(f)
	return k != nil && k.Spec == "" && k.Details().Traits().Width > 0
}

// plainLengths are the rows of such lengths, the most usual first.
func plainLengths() (lengths []*framing.Entry) {
	kinds := framing.Entries()
	for i := range kinds {
		if kinds[i].Details().Traits().Usual > 0 {
			lengths = append(lengths, &kinds[i])
		}
	}
	slices.SortFunc(lengths, func(a, b *framing.Entry) int { return a.Details().Traits().Usual - b.Details().Traits().Usual })
	return lengths
}

// parsed is the framing of a spec, or nil if there is none.
func parsed(spec string) framing.Framing {
	f, err := framing.Parse(spec)
	if err != nil {
		return nil
	}
	return f
}

func sameRule(a, b framing.Framing) bool { return rule(a) == rule(b) }

// payloadSize is the least size of a payload that is size bytes on the wire.
func payloadSize(f framing.Framing, size int64) int64 {
	if esc, ok := f.(framing.Escaper); ok {
		return esc.MinPayload(size)
	}
	return size
}
