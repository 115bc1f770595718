package views

import (
	"errors"
	"strings"

	"framecat/commands/internal/conversation"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/framing/detect"
)

// A Side is the framing of a direction.
type Side struct {
	pump.Reading
	Auto bool // find the framing
}

// Find finds the framing of a direction from its first bytes.
func (t *timeline) Find(d *conversation.Direction, h conversation.Handler, start []byte, last, ended bool) (decided bool, skip int, err error) {
	f := h.(*flow)
	if d.Framing != nil { // only the head of an upgrade may come before its frames
		skip, ok := conversation.HTTPHead(start, d.Dir)
		if !ok || hint.ReadsHead(d.Framing, start[:skip]) {
			skip = 0
		}
		return ok || last, skip, nil
	}
	found := t.guesses.Of(d.Stream.Server, f.direction, start, last, ended)
	switch {
	case found.Found():
		return true, found.All[0].Start, f.accept(found)
	case last && t.sides != nil && found.Guess():
		return true, found.All[0].Start, f.accept(found)
	case last:
		const most = 3
		failure, guesses := found.Failure(), found.All[:min(len(found.All), most)]
		f.news = func() {
			f.to.turn(&f.turn)
			f.to.unknownFraming(guesses)
			if f.live && !f.JSON {
				f.to.event(d.Stream, d.Dir, d.At(), "unknown", failure.Text)
			}
			f.fail(failure, true)
		}
	}
	return last, 0, nil
}

// accept makes what was found the framing of the direction.
func (f *flow) accept(found *pump.Detection) error {
	reading, err := f.readingOf(found.All[0])
	if err != nil {
		return err
	}
	if err = f.use(reading); err == nil {
		f.where.Count()
		text, all := strings.TrimPrefix(strings.TrimPrefix(found.Evidence(), "found "), "took "), found.All[:1]
		f.news = func() {
			f.found(text, all)
			f.checkWhere()
		}
	}
	return err
}

// checkWhere reports that no message in the framing that was found for a relayed connection can meet
// --where, once.
func (f *flow) checkWhere() {
	var never *report.Failure
	if f.live && !f.unfit && errors.As(f.where.Unfit(), &never) {
		f.unfit = true
		f.to.flush()
		f.Report.Fork().Fail("", never)
	}
}

// use makes a framing that of the direction.
func (f *flow) use(reading *pump.Reading) error {
	own, err := reading.In(f.dir())
	if err == nil {
		f.d.Framing, f.d.Entry, f.where = own.Framing, own.Kind, own.Where
	}
	return err
}

// found shows the framing that was found for the direction.
func (f *flow) found(text string, all []detect.Candidate) {
	f.counts.framing = f.d.Framing.String()
	f.to.turn(&f.turn)
	if f.JSON {
		f.to.candidates(all, "", "")
		return
	}
	f.to.event(f.d.Stream, f.d.Dir, f.d.At(), "found", text)
}

// goOn opens the direction after an upgrade.
func (f *flow) goOn() error {
	if f.silent = f.d.Stream.Upgraded == conversation.TLS; f.silent {
		return nil
	}
	spec := f.d.Stream.Spec()
	if f.d.Finding = spec == ""; f.d.Finding {
		return nil
	}
	reading, err := f.readingOf(detect.Candidate{Spec: spec, Entry: framing.Lookup(spec)})
	if err != nil {
		return err
	}
	f.counts.framing = spec
	return f.use(reading)
}

// Upgraded shows that another protocol follows.
func (f *flow) Upgraded(to string) {
	f.announce()
	f.to.upgraded(&f.turn, to)
}

// announce shows what was found, before the first of what comes in the direction.
func (f *flow) announce() {
	if news := f.news; news != nil {
		f.news = nil
		news()
	}
}

// begin makes the direction the one that what is shown next is about.
func (f *flow) begin() {
	f.announce()
	f.to.turn(&f.turn)
}

// Undecoded counts bytes that are not decoded. Those before the first frame, and of a direction
// without a framing, are shown.
func (f *flow) Undecoded(offset int64, b []byte) {
	f.count(pump.Counts{Undecoded: int64(len(b))})
	if f.silent || f.d.Framing != nil && offset >= f.d.Skip() {
		return
	}
	f.begin()
	f.to.unknown(offset)
	f.to.unread(offset, b)
	if upgrade := f.d.Entry.Details().Traits().Upgrade; upgrade != "" && f.d.Dir == 1 && offset+int64(len(b)) == f.d.Skip() {
		f.to.upgraded(&f.turn, upgrade) // the head of an HTTP answer came before the frames
	}
}

// Ended shows what was found, if nothing else was shown.
func (f *flow) Ended() { f.announce() }

// readingOf returns how to read directions in a framing that was found. Directions share it, so
// that they share what the Engine keeps for a framing.
func (f *flow) readingOf(found detect.Candidate) (*pump.Reading, error) {
	r := f.readings[found.Spec]
	if r == nil {
		parsed, err := framing.Parse(pump.Joined(found.Spec, f.Join))
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
