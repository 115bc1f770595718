package pump

import (
	"errors"
	"io"

	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// NoteOf prints what there is to report of an input that was opened.
func NoteOf(r *report.Reporter, in input.Input, src *input.Source) {
	switch note := src.Note(); {
	case note == "":
	case in.Place() == "":
		r.Note("%s", note)
	default:
		r.Note("%s: %s", in.Place(), note)
	}
}

// PlaceOf returns what hints need to know of an input: where frames go on after damage is
// searched in what follows, unless the input is live or is read on after a fault.
func PlaceOf(in input.Input, src *input.Source, f framing.Framing, limit int64, skip bool) hint.Place {
	p := hint.Place{CanSkip: true, Skips: skip, Command: func(offset int64) string {
		return toRun(in, in.Inspect(f.String(), offset))
	}}
	if in.Recorded == nil {
		p.Unpack = func(program string) string { return in.Unpack(program, f.String()) }
	}
	if skip && looksAhead(src) {
		p.Damage = func(at int64) (hint.Frame, int64, bool) { return hint.Frame{Offset: at}, 0, true }
	}
	if again, _ := src.Again(); again != nil {
		p.Reread = func(offset int64) ([]byte, bool) {
			again, _ := src.Again()
			if _, err := again.Seek(offset-src.Offset, io.SeekStart); err != nil {
				return nil, false
			}
			b, err := io.ReadAll(io.LimitReader(again, hint.AheadSize+1))
			return b[:min(len(b), hint.AheadSize)], err == nil && len(b) <= hint.AheadSize
		}
	}
	if !skip && !src.Live() {
		p.Damage = func(before int64) (bad hint.Frame, next int64, ok bool) { return skips(src, f, limit, before) }
		p.Ahead = func() ([]byte, bool) {
			b, ended, err := src.Ahead(hint.AheadSize)
			return b, ended && err == nil
		}
	}
	return p
}

// skips returns the frame of a file that --on-error skip finds to be damaged, if it begins at an
// offset or before it, and the place where it goes on.
func skips(src *input.Source, f framing.Framing, limit, before int64) (bad hint.Frame, next int64, ok bool) {
	const most = 256 << 20 // it takes less than a second
	again, size := src.Again()
	if again == nil || before-src.Offset > most {
		return bad, 0, false
	}
	r := NewReader(again, f, limit)
	r.FirstOffset, r.Size = src.Offset, size
	Resync(r, f)
	for {
		_, err := r.NextBatch()
		var fault *framing.Error
		switch {
		case err == nil && r.Offset() <= before:
			continue
		case !errors.As(err, &fault) || fault.Start > before:
			return bad, 0, false
		}
		_, err = r.Recover()
		return hint.Frame{Index: fault.Frame, Offset: fault.Start}, r.Offset(), err == nil
	}
}

// toRun says how to run a command on an input: the bytes of standard input are gone.
func toRun(in input.Input, command string) string {
	if in.IsStdin() {
		return "pass the same bytes to " + command
	}
	return "run " + command
}
