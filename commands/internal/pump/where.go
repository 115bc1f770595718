package pump

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// A condition keeps some frames: by a field of the header, or by what the payload
// holds.
type condition struct {
	field, op, value string
}

func (c condition) String() string { return c.field + c.op + c.value }

// readConditions reads the values of --where.
func readConditions(texts []string) (all []condition, err error) {
	for _, text := range texts {
		i := strings.IndexAny(text, "=!~")
		if i < 1 {
			return nil, badCondition(text)
		}
		c := condition{field: text[:i], op: text[i : i+1], value: text[i+1:]}
		if c.op == "!" {
			if !strings.HasPrefix(c.value, "=") {
				return nil, badCondition(text)
			}
			c.op, c.value = "!=", c.value[1:]
		}
		all = append(all, c)
	}
	return all, nil
}

// resolve writes the values of conditions as frames of k tell them. It complains about a
// field that no frame has, and about a value that the field never has.
func resolve(given []condition, k *framing.Kind) ([]condition, error) {
	names := append([]string{"payload"}, k.Tells...)
	for _, f := range k.Fields {
		names = append(names, f.Name)
	}
	all := slices.Clone(given)
	for i, c := range all {
		if !slices.Contains(names, c.field) {
			f := report.Usage("--where %s: %s has no field %q", c, k.Name, c.field)
			f.Hints = []string{"it has " + strings.Join(names, ", ")}
			return nil, f
		}
		at := slices.IndexFunc(k.Fields, func(f framing.Field) bool { return f.Name == c.field })
		if at < 0 || c.op == "~" {
			continue
		}
		text, ok := k.Fields[at].Read(c.value)
		if !ok {
			return nil, neverSo(c, k, &k.Fields[at])
		}
		all[i].value = text
	}
	return all, nil
}

// neverSo complains about a value that field f of k never has.
func neverSo(c condition, k *framing.Kind, f *framing.Field) error {
	fail := report.Usage("--where %s: %s of %s is never %q", c, f.Name, k.Name, c.value)
	names := make([]string, len(f.Names))
	for i, n := range f.Names {
		names[i] = n.Name
	}
	hint := fmt.Sprintf("it is a number up to %d", f.Max())
	near := framing.Nearest(c.value, names)
	switch {
	case near != "":
		hint = "did you mean " + near + "?"
	case f.Only != "":
		hint = "it is one of " + strings.Join(names, ", ")
	case len(names) > 0:
		hint += ", or a name: framecat framings " + k.Name + " lists them"
	}
	fail.Hints = []string{hint}
	return fail
}

func badCondition(text string) error {
	f := report.Usage("--where %s is no test of a frame", text)
	f.Hints = []string{"write type=NAME, type!=NAME or payload~TEXT; framecat framings NAME lists the fields"}
	return f
}

// A FrameTest is the conditions of --where for frames of one framing.
type FrameTest struct {
	given   []condition // by the user
	all     []condition // for the frames of kind
	kind    *framing.Kind
	framing framing.Framing
	fields  []framing.FieldText
}

// NewFrameTest reads the values of --where; without any, it is nil and all frames
// pass.
func NewFrameTest(texts []string, k *framing.Kind, f framing.Framing) (*FrameTest, error) {
	given, err := readConditions(texts)
	if err != nil || len(given) == 0 {
		return nil, err
	}
	t := &FrameTest{given: given}
	return t, t.Of(k, f)
}

// Of sets the framing whose frames are tested.
func (t *FrameTest) Of(k *framing.Kind, f framing.Framing) error {
	if t == nil || k == nil {
		return nil
	}
	t.kind, t.framing = k, f
	all, err := resolve(t.given, k)
	t.all = all
	return err
}

// Holds reports whether a frame meets every condition.
func (t *FrameTest) Holds(f framing.Frame) bool {
	if t == nil {
		return true
	}
	t.fields = Describe(t.fields[:0], t.kind, t.framing, f)
	return t.Match(t.fields, f.Payload)
}

// Match is Holds for a frame whose fields are known. A field that the frame does not
// have is equal to nothing.
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

// NeedsPayload reports whether payloads must be held to be tested.
func (t *FrameTest) NeedsPayload() bool {
	return t != nil && slices.ContainsFunc(t.given, func(c condition) bool { return c.field == "payload" })
}

// Describe names the fields of a frame. One without a message has none at the places
// where others have theirs.
func Describe(dst []framing.FieldText, k *framing.Kind, f framing.Framing, fr framing.Frame) []framing.FieldText {
	if !fr.Silent {
		return k.Describe(dst, f, fr.Header, fr.Body)
	}
	if d, ok := f.(framing.Describer); ok {
		return d.Describe(dst, fr.Header, fr.Body)
	}
	return dst
}

func (c condition) match(fields []framing.FieldText, payload []byte) bool {
	if c.field == "payload" {
		return c.test(string(payload), bytes.Contains(payload, []byte(c.value)))
	}
	for _, f := range fields {
		if f.Name == c.field {
			return c.test(f.Text, strings.Contains(f.Text, c.value))
		}
	}
	return c.op == "!="
}

func (c condition) test(text string, contains bool) bool {
	switch c.op {
	case "=":
		return text == c.value
	case "!=":
		return text != c.value
	}
	return contains
}
