package views

import "framecat/commands/internal/pump"

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

// use makes the tests of --where fit the framing that was found.
func (f *flow) use() error {
	f.where = f.where.Clone()
	return f.where.Of(f.d.Entry, f.d.Framing, f.dir())
}

// dir returns the direction, if it is known.
func (f *flow) dir() int {
	if f.direction == "" {
		return pump.NoDirection
	}
	return f.d.Dir
}
