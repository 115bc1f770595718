package redact

import (
	"strings"

	"framecat/commands/internal/parts"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// WhatNotes follows the words of parts.Help in help.
const WhatNotes = "What WHAT names becomes * of the same length in all that is shown and recorded. --redact-bytes REGEX is --redact /REGEX/. " +
	"What is relayed is never changed. In a JSON string, the text between the quotes is hidden. Any other JSON " +
	"value becomes a string of the same length, or 0 if it is one digit; in json-stream, a number or word that is a whole message becomes a number. A key with dots or brackets is written in quotes, as in jq. With a path, a " +
	"payload that is not valid JSON is hidden whole. A length cannot be hidden, nor can a field that has only some values, or other bytes without which frames are not found, such as the types and lengths in MessagePack. " +
	"Each frame is shown when it is complete. All other bytes are hidden: those in no frame, and those in a frame that is malformed, unfinished or " +
	"longer than --max-frame. With -f auto, the first bytes of a direction are held until its framing is found; if it is not found, all its bytes " +
	"are hidden. The tests of --where are applied to what is shown. The names of connections, and the words of a COMMAND, are not hidden."

// Rules are what is to be redacted.
type Rules struct{ parts.Names }

// ReadRules reads the values of --redact and --redact-bytes. Without any it returns nil. Its
// error is a *report.Failure.
func ReadRules(what, patterns []string) (*Rules, error) {
	if len(what)+len(patterns) == 0 {
		return nil, nil
	}
	r := &Rules{}
	if err := r.Read("redact", what); err != nil {
		return nil, err
	}
	for _, source := range patterns {
		if err := r.ReadPattern("redact-bytes", source); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Check checks that frames with these framings have the header fields of the rules, and are still
// found without them. A field needs to be known in one of the directions. The error is a
// *report.Failure.
func (r *Rules) Check(sides [2]Side) error {
	_, err := r.masks(sides)
	return err
}

// masks is Check, and returns where the fields are in the headers of both directions.
func (r *Rules) masks(sides [2]Side) (masks [2][]parts.Mask, err error) {
	for _, name := range r.Fields {
		known := false
		for dir, side := range sides {
			if side.Auto {
				f := report.Usage("--redact: the header field %s needs a framing that is known", report.Sanitize(name))
				f.Hints = []string{"name the framing: -f SPEC"}
				return masks, f
			}
			field, ok := parts.Field(side.Kind, name)
			if !ok {
				continue
			}
			m := parts.MaskOf(field)
			// In a field that has only some values, a star may be one of them: a false one.
			if field.Only != "" || !fits(side, m) {
				f := report.Usage("--redact: %s of %s cannot be redacted: frames could not be found without it", field.Name, side.Kind.Name)
				f.Hints = []string{"redact the payload in place of it: --redact 0-"}
				return masks, f
			}
			masks[dir] = append(masks[dir], m)
			known = true
		}
		if !known {
			return masks, parts.NoField("redact", name, sides[0].Framing, sides[0].Kind)
		}
	}
	return masks, nil
}

// fits reports whether frames are still found if the bits are overwritten, judging by the examples of
// the row. A length, a magic number, or a bit that makes the header longer does not fit.
func fits(side Side, m parts.Mask) bool {
	for _, x := range side.Kind.Details().Examples() {
		f, err := framing.Parse(x.Spec)
		if err != nil {
			continue
		}
		frame := []byte(strings.ReplaceAll(x.Frame, "|", ""))
		e, err := f.Scan(frame, &framing.Cursor{})
		if err != nil || e.Silent || e.Skip+e.Header > len(frame) {
			continue
		}
		frame = frame[e.Skip:]
		for _, value := range []byte{0, 0xff, star} {
			m.Set(frame[:e.Header], value)
			got, err := f.Scan(frame, &framing.Cursor{})
			if err == framing.ErrMore || err == nil && !same(got, e) || err != nil && value == star {
				return false
			}
		}
	}
	return true
}

// sameExtent reports whether a frame is still found as it was, at the start of b.
func sameExtent(f framing.Framing, b []byte, e framing.Extent) bool {
	got, err := f.Scan(b, &framing.Cursor{})
	return err == nil && got.Skip == 0 && same(got, e)
}

// same reports whether two frames have parts of the same sizes.
func same(a, b framing.Extent) bool {
	return a.Header == b.Header && a.Body == b.Body && a.Trailer == b.Trailer
}
