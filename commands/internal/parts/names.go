// Package parts names parts of messages: values of JSON payloads, bytes, header fields, and what a regular
// expression matches.
//
// Read reads the names from the values of a flag. What is done with the parts, such as to hide them or not to
// compare them, is up to the packages that use this one.
package parts

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

// Help explains the words that Read reads. Help and manual pages are made from it.
var Help = []struct{ Word, Text string }{
	{".KEY.KEY", "a value of a JSON payload, such as .params.token"},
	{".KEY[N], .KEY[]", "the element N of an array, from 0, or all: .items[].key"},
	{".", "the whole payload"},
	{"N, N-M, N-", "the bytes N to M of each payload, from 0"},
	{"/REGEX/", "what matches in a header or a payload (Go syntax, bytes)"},
	{"FIELD", "a header field; framecat framings NAME lists them"},
}

// Names are parts of messages.
type Names struct {
	Paths    []Path
	Ranges   [][2]int // first and last byte of payloads
	Patterns []pump.BytePattern
	Fields   []string // of headers, as they were given
}

// Read adds the values of a flag. Its error is a *report.Failure.
func (n *Names) Read(flag string, values []string) error {
	for _, what := range values {
		if err := n.add(flag, what); err != nil {
			return err
		}
	}
	return nil
}

func (n *Names) add(flag, what string) error {
	switch {
	case strings.IndexAny(what, ".[") == 0:
		path, at, err := parsePath(what)
		if err != nil {
			return wrong(flag, what, at, err.Error())
		}
		n.Paths = append(n.Paths, path)
	case strings.IndexAny(what, "0123456789") == 0:
		first, last, err := parseRange(what)
		if err != nil {
			return wrong(flag, what, 0, err.Error())
		}
		n.Ranges = append(n.Ranges, [2]int{first, last})
	case strings.HasPrefix(what, "/"):
		source, ended := strings.CutSuffix(what[1:], "/")
		if !ended || source == "" {
			return wrong(flag, what, len(what), "expected a regular expression between / and /")
		}
		return n.ReadPattern(flag, source)
	default:
		n.Fields = append(n.Fields, what)
	}
	return nil
}

// ReadPattern adds a regular expression, the value of a flag.
func (n *Names) ReadPattern(flag, source string) error {
	p, err := pump.NewBytePattern(source)
	if err != nil {
		f := report.Usage("--%s: %s", flag, err)
		f.Hints = []string{"for the syntax, see https://golang.org/s/re2syntax"}
		return f
	}
	n.Patterns = append(n.Patterns, p)
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

// wrong returns the failure for a value that is wrong at an offset.
func wrong(flag, what string, at int, detail string) error {
	shown, before := report.Sanitize(what), len([]rune(report.Sanitize(what[:at])))
	f := report.Usage("--%s: %s\n    %s\n    %s^", flag, detail, shown, strings.Repeat(" ", before))
	f.Hints = []string{"write a JSON path such as .params.token, bytes such as 4-7, a regular expression such as /[0-9]+/, or the name of a header field"}
	return f
}

// Field returns the field of a row with this name.
func Field(k *framing.Entry, name string) (f framing.Field, ok bool) {
	if k == nil {
		return f, false
	}
	i := slices.IndexFunc(k.Fields, func(f framing.Field) bool { return strings.EqualFold(f.Name, name) })
	if i < 0 {
		return f, false
	}
	return k.Fields[i], true
}

// NoField returns the failure for a name, a value of a flag, that is no field at a fixed place in the headers
// of f. K is the row of f; nil if it has none.
func NoField(flag, name string, f framing.Framing, k *framing.Entry) *report.Failure {
	kind, names := f.String(), []string(nil)
	if k != nil {
		kind = k.Name
		for _, f := range k.Fields {
			names = append(names, f.Name)
		}
		if slices.ContainsFunc(k.Details().Variable(), func(v string) bool { return strings.EqualFold(v, name) }) {
			f := report.Usage("--%s: %s of %s is at no fixed place", flag, name, kind)
			f.Hints = []string{"give a regular expression that matches it: /REGEX/"}
			return f
		}
	}
	shown := report.Sanitize(name)
	fail := report.Usage("--%s: %s has no field %s", flag, kind, shown)
	switch near := report.Nearest(name, names); {
	case near != "":
		fail.Hints = []string{"did you mean " + near + "?"}
	case len(names) > 0:
		fail.Hints = []string{"the fields of " + kind + " are " + strings.Join(names, ", ")}
	default:
		fail.Hints = []string{"a value of a JSON payload is written ." + shown}
	}
	return fail
}

// A Mask selects the bits of a header that a field has.
type Mask struct {
	at   int
	bits []byte
}

// MaskOf returns the bits of a field.
func MaskOf(f framing.Field) Mask {
	m := Mask{at: f.At, bits: make([]byte, f.Size)}
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

// Set sets the bits to those of a byte, in a header that is long enough to have them.
func (m Mask) Set(header []byte, value byte) {
	if len(header) < m.at+len(m.bits) {
		return
	}
	for i, bits := range m.bits {
		b := &header[m.at+i]
		*b = *b&^bits | value&bits
	}
}
