package pump

import (
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/framing"
)

// PlaceOf returns what hints need to know of an input: where frames go on after damage is
// searched in what follows, unless the input is live or is read on after a fault.
func PlaceOf(in input.Input, src *input.Source, f framing.Framing, skip bool) hint.Place {
	p := hint.Place{Skips: skip, Command: func(offset int64) string {
		command := in.Inspect(f.String(), offset)
		if in.IsStdin() {
			return "pass the same bytes to " + command
		}
		return "run " + command
	}}
	if !skip && !src.Live() {
		p.Ahead = func() ([]byte, bool) {
			b, ended, err := src.Ahead(hint.AheadSize)
			return b, ended && err == nil
		}
	}
	return p
}
