package records

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"framecat/commands/internal/report"
)

// CheckOutput checks each line of an output that looks like a record, and returns how many
// there are. The last line may be incomplete.
func CheckOutput(output string) (n int, err error) {
	for line := range strings.Lines(output) {
		if !strings.HasPrefix(line, `{"type":`) || !strings.HasSuffix(line, "\n") {
			continue
		}
		n++
		if err := Check([]byte(line)); err != nil {
			return n, fmt.Errorf("%w in %.300s", err, line)
		}
	}
	return n, nil
}

// Check returns an error if a line is not a record of the table: if a key is missing, unknown or
// repeated, if a value is of another kind, or if values contradict each
// other.
func Check(line []byte) error {
	for _, r := range strings.TrimSuffix(string(line), "\n") {
		if report.Unsafe(r) {
			return fmt.Errorf("the character %q is not escaped", r)
		}
	}
	members, err := split(line)
	if err != nil {
		return err
	}
	if len(members) == 0 || members[0].key != "type" {
		return errors.New("the first key is not type")
	}
	for _, r := range table() {
		if fmt.Sprintf("%q", r.Name) == string(members[0].value) {
			if err := checkKeys(r.Keys, members[1:]); err != nil || r.Name != "frame" {
				return err
			}
			return checkFrame(members)
		}
	}
	return fmt.Errorf("unknown type %s", members[0].value)
}

// A member is a key of an object with its value.
type member struct {
	key   string
	value json.RawMessage
}

// split returns the members of an object in their order.
func split(object []byte) (all []member, err error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("not an object: %v, %v", t, err)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{key: t.(string)}
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if rest := bytes.TrimSpace(object[d.InputOffset():]); len(rest) > 0 {
		return nil, fmt.Errorf("%q after the object", rest)
	}
	return all, nil
}

// checkKeys checks the members of an object that must have these keys, each once. Their order has no
// meaning in JSON.
func checkKeys(keys []Key, members []member) error {
	left := slices.Clone(keys)
	for _, m := range members {
		at := slices.IndexFunc(left, func(k Key) bool { return k.Name == m.key })
		if at < 0 {
			return fmt.Errorf("the key %s is unknown or repeated", m.key)
		}
		if err := checkValue(left[at], m.value); err != nil {
			return fmt.Errorf("%s: %w", m.key, err)
		}
		left = slices.Delete(left, at, at+1)
	}
	return missing(left)
}

// missing returns an error if one of the keys always appears.
func missing(keys []Key) error {
	for _, k := range keys {
		if k.When == "" {
			return fmt.Errorf("the key %s is missing", k.Name)
		}
	}
	return nil
}

// patterns returns what values of some kinds look like.
func patterns() map[Kind]*regexp.Regexp {
	compile.Do(func() {
		compiled = map[Kind]*regexp.Regexp{
			Integer: regexp.MustCompile(`^(0|[1-9][0-9]*)$`),
			Number:  regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`),
			Boolean: regexp.MustCompile(`^(true|false)$`),
			Time:    regexp.MustCompile(`^"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9}Z"$`),
			Hex:     regexp.MustCompile(`^"([0-9a-f]{2})*"$`),
			Base64:  regexp.MustCompile(`^"[A-Za-z0-9+/]*=*"$`),
			Text:    regexp.MustCompile(`^"`),
		}
	})
	return compiled
}

var (
	compile  sync.Once
	compiled map[Kind]*regexp.Regexp
)

// checkValue checks the value of a key.
func checkValue(k Key, value json.RawMessage) error {
	if p := patterns()[k.Kind]; p != nil && !p.Match(value) {
		return fmt.Errorf("%.100s is not of the kind %s", value, k.Kind)
	}
	if k.Words != nil && !slices.Contains(k.Words, text(value)) {
		return fmt.Errorf("%s is not one of %s", value, strings.Join(k.Words, ", "))
	}
	switch k.Kind {
	case Object:
		members, err := split(value)
		switch {
		case err != nil:
			return err
		case k.Keys == nil:
			return checkNamed(members)
		}
		return checkKeys(k.Keys, members)
	case Objects:
		var all []json.RawMessage
		if err := json.Unmarshal(value, &all); err != nil {
			return err
		}
		for _, one := range all {
			if err := checkValue(Key{Kind: Object, Keys: k.Keys}, one); err != nil {
				return err
			}
		}
	case Texts:
		var all []string
		if err := json.Unmarshal(value, &all); err != nil || len(all) == 0 {
			return fmt.Errorf("%s: %v", value, err)
		}
	}
	return nil
}

// checkNamed checks members whose names vary: they are strings or numbers, and none is repeated.
func checkNamed(members []member) error {
	seen := map[string]bool{}
	for _, m := range members {
		if m.key == "" || seen[m.key] || !patterns()[Text].Match(m.value) && !patterns()[Integer].Match(m.value) {
			return fmt.Errorf("%q is empty or repeated, or its value %s is no string and no integer", m.key, m.value)
		}
		seen[m.key] = true
	}
	if len(members) == 0 {
		return errors.New("no members")
	}
	return nil
}

// text returns the string that a JSON value is.
func text(value json.RawMessage) (s string) {
	json.Unmarshal(value, &s)
	return s
}

// payload returns the payload of the values of a frame.
func payload(values map[string]json.RawMessage) (string, error) {
	_, isText := values["text"]
	_, isBase64 := values["base64"]
	embedded := values["json"]
	switch {
	case embedded != nil && !isText && !isBase64:
		return string(embedded), nil
	case embedded != nil && isBase64:
		return "", errors.New("json and base64 are both given")
	case isText && !isBase64:
		return text(values["text"]), nil
	case isBase64 && !isText:
		b, err := base64.StdEncoding.DecodeString(text(values["base64"]))
		return string(b), err
	}
	return "", errors.New("a frame must have text, base64 or json")
}

// checkFrame checks that the values of a frame do not contradict each other.
func checkFrame(members []member) error {
	values := map[string]json.RawMessage{}
	for _, m := range members {
		values[m.key] = m.value
	}
	body, err := payload(values)
	if err != nil {
		return err
	}
	if fmt.Sprint(len(body)) != string(values["size"]) {
		return fmt.Errorf("size %s of %d bytes", values["size"], len(body))
	}
	for _, pair := range [][2]string{{"time", "t"}, {"conn", "peer"}, {"stream", "direction"}} {
		if values[pair[0]] != nil && values[pair[1]] == nil || pair[0] != "stream" && values[pair[0]] == nil && values[pair[1]] != nil {
			return fmt.Errorf("only one of %s and %s", pair[0], pair[1])
		}
	}
	var wire int
	json.Unmarshal(values["wire"], &wire)
	if marks := hex.DecodedLen(len(text(values["header"])) + len(text(values["trailer"]))); wire < marks && values["frames"] == nil {
		return fmt.Errorf("%d bytes, and a header and trailer of %d", wire, marks)
	}
	return checkTime(text(values["time"]), string(values["t"]))
}
