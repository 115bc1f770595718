package pump

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// A check is a condition for frames of one framing.
type check struct {
	of     subject
	field  string // its name in the row, if the subject is a field
	op     string
	wanted []wanted
	absent []string // values that are not wanted because only frames of the other direction have them
}

// A subject is what a check looks at.
type subject int

const (
	ofField subject = iota
	ofPayload
	ofSize
	ofIndex
)

// subject returns what a condition is about.
func (c *condition) subject() subject { return subjectOf(c.field) }

// subjectOf returns what a name means. All names but three are those of fields.
func subjectOf(name string) subject {
	switch strings.ToLower(name) {
	case "payload":
		return ofPayload
	case "size":
		return ofSize
	case "index":
		return ofIndex
	}
	return ofField
}

// wanted is a value that a check compares with.
type wanted struct {
	text   string
	fold   bool           // upper and lower case are the same
	number int64          // of a size or an index
	regexp *regexp.Regexp // if it is not nil, it is matched instead of text
}

// numbers returns the check for a condition on a size or an index.
func (c *condition) numbers(of subject) (check, error) {
	k := check{of: of, op: c.op}
	if strings.HasSuffix(c.op, "~") {
		return k, c.wrong(strings.Index(c.text, c.op), fmt.Sprintf("%s is a number: expected one of = != < > <= >=", c.field), "")
	}
	if strings.ContainsAny(c.op, "<>") && len(c.values) > 1 {
		return k, c.wrong(c.values[1].at, fmt.Sprintf("%s compares with one number", c.op), "give several flags if several tests must hold: --where 'size>10' --where 'size<20'")
	}
	for _, v := range c.values {
		n, err := report.ParseSize(strings.TrimSpace(v.text))
		if err != nil || v.regexp != nil {
			return k, c.wrong(v.at, fmt.Sprintf("found %q, expected a number", v), "write a number such as 1000, 0x3e8 or 64KiB")
		}
		k.wanted = append(k.wanted, wanted{number: n})
	}
	return k, nil
}

// resolve returns the check for frames of f, whose row is k. It returns an error for a field
// that these frames do not have, and for a value that the field cannot have: also not in the
// other direction, in which the frames are those of back, if that is not nil.
func (c *condition) resolve(k *framing.Entry, f, back framing.Framing) (check, error) {
	of := c.subject()
	if of == ofSize || of == ofIndex {
		return c.numbers(of)
	}
	if strings.ContainsAny(c.op, "<>") {
		return check{}, c.wrong(strings.Index(c.text, c.op), fmt.Sprintf("%s compares only size and index", c.op), c.unordered(of))
	}
	out := check{of: of, op: c.op}
	for _, v := range c.values {
		out.wanted = append(out.wanted, wanted{text: v.text, regexp: v.regexp})
	}
	if of == ofPayload {
		return out, nil
	}
	names := fieldNames(k)
	i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, c.field) })
	if i < 0 {
		return out, c.noField(k, names)
	}
	out.field = names[i]
	err := c.fit(k, f, back, &out)
	return out, err
}

// unordered is a hint for a field or a payload that is compared as if it were a size.
func (c *condition) unordered(of subject) string {
	if v := c.values[0].text; of == ofField && c.op == ">" && v == "0" {
		return fmt.Sprintf("write --where '%s!=0'", c.field)
	}
	if of == ofField {
		return fmt.Sprintf("header fields have the tests = != ~ and !~: write --where '%s~/REGEX/' for a range of values", c.field)
	}
	return "write --where 'size>1000'"
}

// fieldNames are the fields of the frames of a row.
func fieldNames(k *framing.Entry) (names []string) {
	for _, f := range k.Fields {
		names = append(names, f.Name)
	}
	return append(names, k.Details().Variable()...)
}

// noField returns the error for a field that frames of k do not have.
func (c *condition) noField(k *framing.Entry, names []string) error {
	all := append(slices.Clone(names), "payload", "size", "index")
	hint := "the names of " + k.Name + " are " + strings.Join(all, ", ")
	if near := report.Nearest(c.field, all); near != "" {
		hint = "did you mean " + near + "?"
	}
	return c.wrong(0, fmt.Sprintf("%s has no field %s", k.Name, report.Sanitize(c.field)), hint)
}

// fit checks that the field can have the values of the condition, and changes them to the texts
// that Describe returns. It leaves out those that it can have only in the other direction.
func (c *condition) fit(k *framing.Entry, f, back framing.Framing, out *check) error {
	known := knownOf(k, f, out.field)
	var fitting []wanted
	for i, w := range out.wanted {
		wrong := c.fitValue(k, known, out.field, i, &w)
		if wrong == "" {
			fitting = append(fitting, w)
			continue
		}
		if back != nil {
			other, w := knownOf(k, back, out.field), out.wanted[i]
			if c.fitValue(k, other, out.field, i, &w) == "" {
				out.absent = append(out.absent, out.field+" "+c.values[i].String())
				continue
			}
			known.names = slices.Clip(known.names)
			for _, n := range other.names {
				if !slices.Contains(known.names, n) {
					known.names = append(known.names, n)
				}
			}
		}
		return c.noValue(k, out.field, i, known, wrong)
	}
	out.wanted = fitting
	return nil
}

// fitValue changes value i to the text that Describe returns. It returns what is wrong if the field
// cannot have it, and otherwise "".
func (c *condition) fitValue(k *framing.Entry, known knownValues, field string, i int, w *wanted) (wrong string) {
	contains := strings.HasSuffix(c.op, "~")
	switch {
	case w.regexp != nil:
		if !known.free() && !known.match(w.regexp) {
			return fmt.Sprintf("no %s of %s matches %s", field, k.Name, report.Sanitize(c.values[i].String()))
		}
	case known.free() || contains:
		w.fold = true
		if n, err := report.ParseNumber(w.text); err == nil && known.free() && !contains {
			w.text = fmt.Sprint(n)
		}
		if !known.free() && !known.contains(w.text) {
			return fmt.Sprintf("no %s of %s contains %s", field, k.Name, report.Sanitize(w.text))
		}
	default:
		text, ok := known.find(w.text)
		if !ok {
			return fmt.Sprintf("%s has no %s %s", k.Name, field, report.Sanitize(w.text))
		}
		w.text = text
	}
	return ""
}

// noValue returns the error for value i, which the field of k cannot have.
func (c *condition) noValue(k *framing.Entry, field string, i int, known knownValues, detail string) error {
	v := c.values[i]
	words, numbers := known.words(), ""
	if known.other("1") != "" {
		numbers = "a number" + upTo(k, field)
	}
	hint := ""
	switch near := nearest(v.text, words); {
	case specWith(k, field, v.text) != "":
		hint = fmt.Sprintf("%s is a %s of -f %s", v.text, field, specWith(k, field, v.text))
	case near != "":
		hint = "did you mean " + near + "?"
	case len(words) == 0:
		hint = "write " + numbers
	case len(words) <= 12:
		hint = "write one of " + strings.Join(words, ", ")
	default:
		hint = "write a name such as " + words[0]
		if numbers != "" {
			hint += ", or " + numbers
		}
		hint += "; for the names, run framecat framings " + k.Name
	}
	return c.wrong(v.at, detail, hint)
}

// nearest returns the words that contain s, if they are few, or else the word that is most like s, or "".
func nearest(s string, words []string) string {
	parts := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !containsFold(w, s) })
	if len(s) < 3 || len(parts) == 0 || len(parts) > 6 {
		return report.Nearest(s, words)
	}
	return oneOf(parts)
}

// upTo returns the largest number of a field at a fixed offset, with words before it.
func upTo(k *framing.Entry, field string) string {
	if most := k.Details().Most(field); most > 0 {
		return fmt.Sprintf(" up to %d", most)
	}
	return ""
}

// specWith returns the spec of a framing of k in whose frames the field has a name that is
// written s, or "": postgres has other names for each side.
func specWith(k *framing.Entry, field, s string) string {
	for _, x := range k.Details().Examples() {
		f, err := framing.Parse(x.Spec)
		if err != nil {
			continue
		}
		for _, n := range knownOf(k, f, field).names {
			if strings.EqualFold(n.Name, s) {
				return x.Spec
			}
		}
	}
	return ""
}
