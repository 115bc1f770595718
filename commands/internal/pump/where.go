package pump

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A condition is one test of --where: it compares a header field or the payload with a value.
type condition struct {
	field, op, value string
}

func (cond condition) String() string { return cond.field + cond.op + cond.value }

// readConditions reads the values of --where.
func readConditions(texts []string) (all []condition, err error) {
	for _, text := range texts {
		i := strings.IndexAny(text, "=!~")
		if i < 1 {
			return nil, badCondition(text)
		}
		cond := condition{field: text[:i], op: text[i : i+1], value: text[i+1:]}
		if cond.op == "!" {
			if !strings.HasPrefix(cond.value, "=") {
				return nil, badCondition(text)
			}
			cond.op, cond.value = "!=", cond.value[1:]
		}
		all = append(all, cond)
	}
	return all, nil
}

// resolve returns the conditions for frames of k: a value is changed to the text that Describe
// returns for it. It returns an error for a field that frames of k do not have, and for a value
// that the field cannot have.
func resolve(given []condition, k *framing.Entry) ([]condition, error) {
	names := append([]string{"payload"}, k.Details().Variable()...)
	for _, f := range k.Fields {
		names = append(names, f.Name)
	}
	all := slices.Clone(given)
	for i, c := range all {
		if !slices.Contains(names, c.field) {
			f := report.Usage("--where %s: %s has no field %q", c, k.Name, c.field)
			f.Hints = []string{"its fields are " + strings.Join(names, ", ")}
			return nil, f
		}
		at := slices.IndexFunc(k.Fields, func(f framing.Field) bool { return f.Name == c.field })
		if at < 0 || c.op == "~" {
			continue
		}
		text, ok := readValue(&k.Fields[at], c.value)
		if !ok {
			return nil, impossibleValue(c, k, &k.Fields[at])
		}
		all[i].value = text
	}
	return all, nil
}

// impossibleValue returns the error for a value that the field f of k cannot have.
func impossibleValue(c condition, k *framing.Entry, f *framing.Field) error {
	fail := report.Usage("--where %s: %s of %s cannot be %q", c, f.Name, k.Name, c.value)
	names := make([]string, len(f.Names))
	for i, n := range f.Names {
		names[i] = n.Name
	}
	hint := fmt.Sprintf("write a number up to %d", maxValue(f))
	near := report.Nearest(c.value, names)
	switch {
	case near != "":
		hint = "did you mean " + near + "?"
	case f.Only != "":
		hint = "write one of " + strings.Join(names, ", ")
	case len(names) > 0:
		hint += " or a name; for the names, run framecat framings " + k.Name
	}
	fail.Hints = []string{hint}
	return fail
}

func badCondition(text string) error {
	f := report.Usage("--where %s is not a test of a frame", text)
	f.Hints = []string{"write NAME=VALUE, NAME!=VALUE or payload~TEXT; for the names, run framecat framings FRAMING"}
	return f
}

// A FrameTest holds the conditions of --where, for frames of one framing.
type FrameTest struct {
	given   []condition // as the user wrote them
	all     []condition // resolved for kind
	kind    *framing.Entry
	framing framing.Framing
	fields  []framing.FieldText
}

// NewFrameTest returns the test for the values of --where. Without values it is nil, which all
// frames pass. Its error is a *report.Failure.
func NewFrameTest(texts []string, k *framing.Entry, f framing.Framing) (*FrameTest, error) {
	given, err := readConditions(texts)
	if err != nil || len(given) == 0 {
		return nil, err
	}
	t := &FrameTest{given: given}
	return t, t.Of(k, f)
}

// Of sets the framing whose frames are tested.
func (t *FrameTest) Of(k *framing.Entry, f framing.Framing) error {
	if t == nil || k == nil {
		return nil
	}
	t.kind, t.framing = k, f
	all, err := resolve(t.given, k)
	t.all = all
	return err
}

// holds reports whether a frame meets every condition.
func (t *FrameTest) holds(f framing.Frame) bool {
	if t == nil {
		return true
	}
	t.fields = formats.Describe(t.fields[:0], t.kind, t.framing, f)
	return t.Match(t.fields, f.Payload)
}

// Match is holds for a frame whose fields are known. A field that the frame does not have
// differs from every value.
func (t *FrameTest) Match(fields []framing.FieldText, payload []byte) bool {
	if t == nil {
		return true
	}
	for _, c := range t.all {
		if !c.match(fields, payload) {
			return false
		}
	}
	return true
}

// NeedsPayload reports whether a test needs the whole payload in memory.
func (t *FrameTest) NeedsPayload() bool {
	return t != nil && slices.ContainsFunc(t.given, func(c condition) bool { return c.field == "payload" })
}

func (cond condition) match(fields []framing.FieldText, payload []byte) bool {
	if cond.field == "payload" {
		return cond.test(string(payload), bytes.Contains(payload, []byte(cond.value)))
	}
	for _, f := range fields {
		if f.Name == cond.field {
			return cond.test(f.Text, strings.Contains(f.Text, cond.value))
		}
	}
	return cond.op == "!="
}

func (cond condition) test(text string, contains bool) bool {
	switch cond.op {
	case "=":
		return text == cond.value
	case "!=":
		return text != cond.value
	}
	return contains
}
