package views

import (
	"framecat/commands/internal/pump"
	"framecat/framing"
	"framecat/framing/detect"
)

// A Side is the framing of a direction.
type Side struct {
	pump.Reading
	Auto bool // find the framing
}

// reading returns the framing and the tests that the user gave.
func (o *Options) reading() pump.Reading {
	return pump.Reading{Kind: o.Kind, Framing: o.Framing, Where: o.Where}
}

// decide sets the framing of the input, for its direction: the one that the user gave, or the one that
// is found. Ok reports whether there is one.
func (i *inspection) decide() (ok bool, err error) {
	if i.Auto {
		return i.detect()
	}
	own, err := i.reading.In(i.in.Dir())
	if err != nil {
		return false, err
	}
	i.Framing, i.Where = own.Framing, own.Where
	return true, nil
}

// readingOf returns how to read directions in a framing that was found. Directions share it, so
// that they share what the Engine keeps for a framing.
func (f *flow) readingOf(found detect.Candidate) (*pump.Reading, error) {
	r := f.readings[found.Spec]
	if r == nil {
		parsed, err := framing.Parse(found.Spec)
		if err != nil {
			return nil, err
		}
		if f.readings == nil {
			f.readings = map[string]*pump.Reading{}
		}
		r = &pump.Reading{Kind: found.Entry, Framing: parsed, Where: f.where, Auto: true}
		f.readings[found.Spec] = r
	}
	return r, nil
}

// dir returns the direction, if it is known.
func (f *flow) dir() int {
	if f.direction == "" {
		return pump.NoDirection
	}
	return f.d.Dir
}
