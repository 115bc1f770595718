package input

import (
	"cmp"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/report"
)

// Pairs returns the streams of two inputs that are to be compared: the only one of each, or those of two captures
// that have the same number and direction. One that the other capture does not have is compared with an empty one.
func Pairs(all [2]Streams) (pairs [][2]Input, err error) {
	if all[0].Len() <= 1 && all[1].Len() <= 1 {
		return [][2]Input{{all[0].first(), all[1].first()}}, nil
	}
	for i, s := range all {
		if s.capture == nil {
			return nil, oneOfMany(all[1-i], all[1-i].in.argument())
		}
	}
	a, b := 0, 0
	for a < all[0].Len() || b < all[1].Len() {
		order := 0
		switch {
		case a == all[0].Len():
			order = 1
		case b == all[1].Len():
			order = -1
		default:
			order = compareRefs(all[0].refs[a], all[1].refs[b])
		}
		pair := [2]Input{nothing(all[0].in), nothing(all[1].in)}
		if order <= 0 {
			pair[0], a = all[0].At(a), a+1
		}
		if order >= 0 {
			pair[1], b = all[1].At(b), b+1
		}
		pairs = append(pairs, pair)
	}
	return pairs, nil
}

// compareRefs orders the directions of streams as captures list them.
func compareRefs(a, b capture.Ref) int {
	return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Dir, b.Dir))
}

// first returns the first stream; an empty one if there is none.
func (s Streams) first() Input {
	if s.Len() == 0 {
		return nothing(s.in)
	}
	return s.At(0)
}

// nothing returns an input without bytes that has the name of another.
func nothing(in Input) Input {
	empty := ""
	return Input{Name: in.Name, Stdin: in.Stdin, length: -1, text: &empty}
}

// oneOfMany returns the failure for a capture with several directions, of which one is to be chosen.
func oneOfMany(all Streams, argument string) error {
	f := report.Usage("a stream can be compared with one direction only, and the capture has %s", all.count())
	f.Hints = []string{"choose one with --stream N --direction c2s or s2c; to list them, run framecat inspect --list" + argument}
	return f
}

// Other returns the other direction of a recorded stream as an input, if there are bytes in it.
func (in Input) Other() (Input, bool) {
	r := in.Recorded
	if r == nil || len(r.Stream.Dirs) < 2 || r.Stream.Dirs[1-r.Ref.Dir].Bytes == 0 {
		return in, false
	}
	in.Recorded = &recorded{r.packed, r.capture, r.Stream, capture.RefOf(int(r.Ref.Stream), int(1-r.Ref.Dir))}
	in.seek, in.length = 0, -1
	return in, true
}
