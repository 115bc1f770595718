package redact

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// WhatHelp explains WHAT: help, manual pages and completion are made from it, and ReadRules reads
// what it describes.
var WhatHelp = []struct{ Word, Text string }{
	{".KEY.KEY", "a value of a JSON payload, such as .params.token"},
	{".KEY[N], .KEY[]", "the element N of an array, from 0, or all: .items[].key"},
	{".", "the whole payload"},
	{"N, N-M, N-", "the bytes N to M of each payload, from 0"},
	{"FIELD", "a header field; framecat framings NAME lists them"},
}

// WhatNotes follows WhatHelp.
const WhatNotes = "What WHAT names becomes * of the same length in all that is shown and recorded, and so does what a REGEX of --redact-bytes matches in a " +
	"header or a payload (Go syntax, matched with bytes). What is relayed is never changed. In a JSON string, the text between the quotes is hidden. Any other JSON " +
	"value becomes a string of the same length, or 0 if it is one digit. A key with dots or brackets is written in quotes, as in jq. With a path, a " +
	"payload that is not valid JSON is hidden whole. A length cannot be hidden, nor can other bytes without which frames are not found. " +
	"Each frame is shown when it is complete. All other bytes are hidden: those in no frame, and those in a frame that is malformed, unfinished or " +
	"longer than --max-frame. With -f auto, the first bytes of a direction are held until its framing is found; if it is not found, all its bytes " +
	"are hidden. The tests of --where are applied to what is shown. The names of connections, and the words of a COMMAND, are not hidden."

// Rules are what is to be redacted.
type Rules struct {
	paths    [][]step
	ranges   [][2]int // first and last byte
	patterns []pump.BytePattern
	fields   []string // names of header fields, as they were given
}

// ReadRules reads the values of --redact and --redact-bytes. Without any it returns nil. Its
// error is a *report.Failure.
func ReadRules(what, patterns []string) (*Rules, error) {
	if len(what)+len(patterns) == 0 {
		return nil, nil
	}
	r := &Rules{}
	for _, w := range what {
		if err := r.add(w); err != nil {
			return nil, err
		}
	}
	for _, source := range patterns {
		p, err := pump.NewBytePattern(source)
		if err != nil {
			f := report.Usage("--redact-bytes: %s", err)
			f.Hints = []string{"for the syntax, see https://golang.org/s/re2syntax"}
			return nil, f
		}
		r.patterns = append(r.patterns, p)
	}
	return r, nil
}

// add adds a value of --redact.
func (r *Rules) add(what string) error {
	switch {
	case strings.IndexAny(what, ".[") == 0:
		path, at, err := parsePath(what)
		if err != nil {
			return wrong(what, at, err.Error())
		}
		r.paths = append(r.paths, path)
	case strings.IndexAny(what, "0123456789") == 0:
		first, last, err := parseRange(what)
		if err != nil {
			return wrong(what, 0, err.Error())
		}
		r.ranges = append(r.ranges, [2]int{first, last})
	default:
		r.fields = append(r.fields, what)
	}
	return nil
}

// parseRange reads N, N-M or N-.
func parseRange(s string) (first, last int, err error) {
	from, to, several := strings.Cut(s, "-")
	first, err = strconv.Atoi(from)
	last = first
	if err == nil && several {
		if last = int(^uint(0)>>1) - 1; to != "" {
			last, err = strconv.Atoi(to)
		}
	}
	switch {
	case err != nil:
		return 0, 0, errors.New("expected bytes such as 4-7, 4- or 4")
	case last < first:
		return 0, 0, fmt.Errorf("byte %d is before byte %d", last, first)
	}
	return first, last, nil
}

// wrong returns the failure for a WHAT that is wrong at an offset.
func wrong(what string, at int, detail string) error {
	shown, before := report.Sanitize(what), len([]rune(report.Sanitize(what[:at])))
	f := report.Usage("--redact: %s\n    %s\n    %s^", detail, shown, strings.Repeat(" ", before))
	f.Hints = []string{"write a JSON path such as .params.token, bytes such as 4-7, or the name of a header field"}
	return f
}

// A mask selects the bits of a header that a field has.
type mask struct {
	at   int
	bits []byte
}

// Check checks that frames with these framings have the header fields of the rules, and are still
// found without them. A field needs to be known in one of the directions. The error is a
// *report.Failure.
func (r *Rules) Check(sides [2]Side) error {
	_, err := r.masks(sides)
	return err
}

// masks is Check, and returns where the fields are in the headers of both directions.
func (r *Rules) masks(sides [2]Side) (masks [2][]mask, err error) {
	for _, name := range r.fields {
		known := false
		for dir, side := range sides {
			if side.Auto {
				f := report.Usage("--redact: the header field %s needs a framing that is known", report.Sanitize(name))
				f.Hints = []string{"name the framing: -f SPEC"}
				return masks, f
			}
			field, ok := find(side.Kind, name)
			if !ok {
				continue
			}
			m := maskOf(field)
			if !fits(side, m) {
				f := report.Usage("--redact: %s of %s cannot be redacted: frames could not be found without it", field.Name, side.Kind.Name)
				f.Hints = []string{"redact the payload in place of it: --redact 0-"}
				return masks, f
			}
			masks[dir] = append(masks[dir], m)
			known = true
		}
		if !known {
			return masks, noField(name, sides[0])
		}
	}
	return masks, nil
}

// find returns the field of a row with this name.
func find(k *framing.Entry, name string) (f framing.Field, ok bool) {
	if k == nil {
		return f, false
	}
	i := slices.IndexFunc(k.Fields, func(f framing.Field) bool { return strings.EqualFold(f.Name, name) })
	if i < 0 {
		return f, false
	}
	return k.Fields[i], true
}

// noField returns the failure for a name that is no field at a fixed place.
func noField(name string, side Side) error {
	kind, names := side.Framing.String(), []string(nil)
	if k := side.Kind; k != nil {
		kind = k.Name
		for _, f := range k.Fields {
			names = append(names, f.Name)
		}
		if slices.ContainsFunc(k.Details().Variable(), func(v string) bool { return strings.EqualFold(v, name) }) {
			f := report.Usage("--redact: %s of %s cannot be redacted: it is at no fixed place", name, kind)
			f.Hints = []string{"if it is in the payload, use --redact-bytes"}
			return f
		}
	}
	f := report.Usage("--redact: %s has no field %s", kind, report.Sanitize(name))
	switch near := report.Nearest(name, names); {
	case near != "":
		f.Hints = []string{"did you mean " + near + "?"}
	case len(names) > 0:
		f.Hints = []string{"the fields of " + kind + " are " + strings.Join(names, ", ")}
	default:
		f.Hints = []string{"a value of a JSON payload is written ." + report.Sanitize(name)}
	}
	return f
}

// maskOf returns the bits of a field.
func maskOf(f framing.Field) mask {
	m := mask{at: f.At, bits: make([]byte, f.Size)}
	for i := range m.bits {
		place := f.Size - 1 - i // of the byte in the number, from the lowest
		if f.Little {
			place = i
		}
		if m.bits[i] = 0xff; f.Mask != 0 {
			m.bits[i] = byte(f.Mask >> (8 * place))
		}
	}
	return m
}

// set sets the bits to those of a byte, in a header that is long enough to have them.
func (m mask) set(header []byte, value byte) {
	if len(header) < m.at+len(m.bits) {
		return
	}
	for i, bits := range m.bits {
		b := &header[m.at+i]
		*b = *b&^bits | value&bits
	}
}

// fits reports whether frames are still found if the bits are overwritten, judging by the examples of
// the row. A length, a magic number, a type that has only some values, or a bit that makes the
// header longer does not fit.
func fits(side Side, m mask) bool {
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
			m.set(frame[:e.Header], value)
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
