// Package export writes a framing down for other programs: as a dissector for Wireshark, a
// format for Kaitai Struct, a pattern for ImHex. Text is the call to make; it takes any framing
// of the length, delimiter and fixed rules, and the protocols that build on them.
//
//	spec → framing.Rule → frame: offsets, sizes and names → a printer for each target
package export

import (
	"fmt"
	"slices"
	"strings"

	"framecat/framing"
)

// Targets are the programs that a framing can be written for.
func Targets() []string { return []string{"wireshark", "kaitai", "imhex"} }

// An UnfitError is the error of Text for a framing that has code of its own.
type UnfitError struct {
	Name string   // its row
	Fit  []string // the rows that can be exported
}

func (e *UnfitError) Error() string {
	return fmt.Sprintf("the framing %s cannot be exported: its frames are not of the length, delimiter or fixed rule", e.Name)
}

// Text returns the framing of a spec for one of the Targets. The error is a *framing.SpecError or
// an *UnfitError.
func Text(target, spec string) (string, error) {
	f, err := framing.Parse(spec)
	if err != nil {
		return "", err
	}
	name, _, _ := strings.Cut(spec, ":")
	k := framing.Lookup(name)
	d, ok := describe(k, f)
	if !ok {
		return "", &UnfitError{k.Name, fit()}
	}
	switch target {
	case "wireshark":
		return wireshark(d), nil
	case "kaitai":
		return kaitai(d), nil
	case "imhex":
		return imhex(d), nil
	}
	panic("export: unknown target " + target)
}

// fit returns the rows that can be exported.
func fit() (names []string) {
	for _, k := range framing.Entries() {
		f, err := framing.Parse(k.Details().Examples()[0].Spec)
		if err != nil {
			continue
		}
		if _, ok := k.Details().Rule(f); ok {
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	return names
}
