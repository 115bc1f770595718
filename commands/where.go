package commands

import (
	"bytes"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/framing"
)

var whereFlag = &cli.StringSliceFlag{Name: "where", KeepSpace: true, Usage: "only frames where `TEST` holds: type=NAME, type!=NAME, payload~TEXT; may be repeated"}

// A condition keeps some frames: by a field of the header, or by what the payload
// holds.
type condition struct {
	field, op, value string
}

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

func badCondition(text string) error {
	f := usage("--where %s is no test of a frame", text)
	f.hints = []string{"write type=NAME, type!=NAME or payload~TEXT; framecat framings NAME lists the fields"}
	return f
}

// matchAll says whether a frame meets every condition. A field that the frame does not
// have is equal to nothing.
func matchAll(all []condition, fields []framing.FieldText, payload []byte) bool {
	for _, c := range all {
		if !c.match(fields, payload) {
			return false
		}
	}
	return true
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
