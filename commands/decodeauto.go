package commands

import (
	"io"
	"strings"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/framing"
)

// A finder sets the framing of a Conversion for each input of decode -f auto.
type finder struct {
	o       *decodeOptions
	c       *pump.Conversion
	to      io.Writer
	guesses pump.Guesses
	spec    string // the framing of the input before
	dir     int    // its direction
}

func (d *finder) find(in input.Input, src *input.Source) error {
	found, err := d.guesses.Detect(in, src)
	if err != nil {
		return err
	}
	if !found.Found() {
		return found.Undecided(in, src)
	}
	best := found.All[0]
	if best.Spec != d.spec || in.Dir() != d.dir {
		if err := d.use(best.Spec, in.Dir()); err != nil {
			return err
		}
	}
	d.o.where.Found(best.Entry, d.c.From.Framing, d.dir)
	d.note(in, src, found)
	src.Offset += int64(best.Start)
	_, err = io.CopyN(io.Discard, src.Reader, int64(best.Start))
	return err
}

// note prints what was found. For one of several streams it is short, since there may be many.
func (d *finder) note(in input.Input, src *input.Source, found *pump.Detection) {
	best, place := found.All[0], in.Shown()
	if in.Recorded != nil {
		place = in.Place()
	}
	goOn := "; go on with: " + pump.InspectAs(best, in, src)
	if d.o.report.InSeries() {
		goOn = ""
		if len(d.o.files) < 2 {
			place = strings.TrimPrefix(place, in.Name+": ")
		}
	}
	d.o.report.Found(best.Spec, "%s: %s%s", place, found.Evidence(), goOn)
}

// use makes the Conversion read frames of another framing, or of another direction.
func (d *finder) use(spec string, dir int) error {
	f, err := framing.Parse(spec)
	if err != nil {
		return err
	}
	kind := framing.Lookup(spec)
	f = pump.ForDirection(f, dir)
	out, err := d.o.outOf(kind)
	if err != nil {
		return err
	}
	if err := d.c.To.Flush(); err != nil {
		return err
	}
	d.spec, d.dir, d.c.From = spec, dir, formats.Frames(f)
	if _, any := d.c.To.(formats.StreamsSink); !any { // this one takes messages of any framing
		d.c.To = formats.NewSink(out, d.c.From, d.to, d.o.report)
	}
	return nil
}
