package replay

import (
	"strings"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// mostSearched is how many streams are searched for a framing.
const mostSearched = 16

// findSides finds the framings that are not known, from how streams begin. If that of only one direction is
// found, the other is taken to have the same.
func (t *Tape) findSides(starts []*start, o *Options) error {
	var guesses pump.Guesses
	var bits [2]float64
	var unknown *pump.Detection
	refused := 0
	for i, s := range starts {
		if hello, _ := pump.BeginsTLS(s.bytes[Client], nil); hello {
			s.refused = "it is TLS; record what is inside it, with tap --tls"
			refused++
			continue
		}
		spec := s.upgraded()
		for dir := range t.Sides {
			if o.Sides[dir].Framing != nil || i >= mostSearched || len(s.bytes[dir]) == 0 {
				continue
			}
			found, better := spec, 1e9
			if spec == "" {
				d := guesses.Of(s.server, capture.Directions[dir], s.bytes[dir], true, s.whole[dir])
				if !d.Found() {
					if unknown == nil {
						unknown = d
					}
					continue
				}
				found, better = d.All[0].Spec, d.All[0].Bits
			}
			if t.Sides[dir].Framing != nil && better <= bits[dir] {
				continue
			}
			bits[dir] = better
			if err := t.Sides[dir].set(found); err != nil {
				return err
			}
		}
	}
	if refused == len(starts) {
		return nil
	}
	return t.complete(unknown, o)
}

// complete sets the framing of a direction in which none was found, and makes both fit their directions.
func (t *Tape) complete(unknown *pump.Detection, o *Options) error {
	for dir := range t.Sides {
		own, other := &t.Sides[dir], &t.Sides[1-dir]
		switch {
		case own.Framing == nil && other.Framing != nil:
			*own = *other
		case own.Framing == nil && unknown != nil:
			f := *unknown.Failure()
			f.Text = t.Name + ": " + f.Text
			if len(f.Hints) == 0 {
				f.Hints = []string{"set the framing with -f"}
			}
			return &f
		case own.Framing == nil:
			return &report.Failure{Status: report.StatusMalformed, Text: t.Name + ": the framing of the recording is unknown", Hints: []string{"set it with -f"}}
		}
	}
	for dir := range t.Sides {
		side := &t.Sides[dir]
		if side.Framing = pump.ForDirection(side.Framing, dir); o.Sides[dir].Framing == nil {
			o.Detail("%s %s: found %s", t.Name, capture.Directions[dir], side.Spec)
		}
	}
	return nil
}

// set makes a framing that of the direction.
func (s *Side) set(spec string) error {
	f, err := framing.Parse(spec)
	*s = Side{Framing: f, Kind: framing.Lookup(spec), Spec: spec}
	return err
}

// upgraded returns the framing that follows the heads of an upgrade of HTTP, or "".
func (s *start) upgraded() string {
	size, ok := conversation.HTTPHead(s.bytes[Server], Server)
	if !ok || size == 0 {
		return ""
	}
	var head pump.SwitchHead
	for line := range strings.SplitSeq(string(s.bytes[Server][:size]), "\n") {
		if protocol, over := head.Saw([]byte(line)); over {
			return (&conversation.Stream{Upgraded: protocol}).Spec()
		}
	}
	return ""
}
