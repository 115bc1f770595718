package parts

import (
	"bytes"
	"encoding/json"
	"testing"
)

// A path that is wrong is refused, with the place.
func TestParsePathRefuses(t *testing.T) {
	for _, row := range []struct {
		path string
		at   int
	}{
		{"..a", 1}, {".a.", 3}, {".a..b", 3}, {".a[", 2}, {".a[x]", 2}, {".a[-1]", 2}, {".a[1", 2}, {`.a["b]`, 2}, {`.a["b"`, 6}, {`."b`, 0},
		{".a,.b", 2}, {".a .b", 2}, {".*", 1}, {".a | .b", 2},
		{".a]", 2}, {`.a"b"`, 2}, {".a[0]b", 5},
	} {
		path, at, err := parsePath(row.path)
		if err == nil || at != row.at {
			t.Errorf("%s: %v, error %v at %d, want one at %d", row.path, path, err, at, row.at)
		}
	}
}

// FuzzEachValue states that the values at a path are those that encoding/json finds there.
func FuzzEachValue(f *testing.F) {
	for _, seed := range [][2]string{
		{".token", `{"token":"abc"}`}, {".a[].b", `{"a":[{"b":[1,2]},{"b":"x\"y"}],"a":{"q":{"b":1}}}`}, {".[0]", `[true,[]]`}, {".", `  {"a":1} `},
		{`."a.b"`, `{"a.b":"\u0041","\u0061.b":7}`}, {".x", `{"x":"\\","y":"\\\""}`}, {".x", `{"x":`}, {"[][1]", `[[1,22],{"a":"b"},[3,"4"]]`},
	} {
		f.Add(seed[0], []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, what string, text []byte) {
		path, _, err := parsePath(what)
		if err != nil {
			return
		}
		var found []json.RawMessage
		if !EachValue([]Path{path}, text, func(start, end int) { found = append(found, text[start:end]) }) {
			if json.Valid(text) {
				t.Fatalf("%q is valid", text)
			}
			return
		}
		want := valuesAt(t, text, path)
		for i := range max(len(found), len(want)) {
			if i >= len(found) || i >= len(want) || !bytes.Equal(found[i], want[i]) {
				t.Fatalf("%s of %q: %q, want %q", what, text, found, want)
			}
		}
	})
}

// valuesAt returns the values at a path as encoding/json finds them, as they are written.
func valuesAt(t *testing.T, text []byte, path []step) (found []json.RawMessage) {
	var v json.RawMessage
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	v = bytes.TrimSpace(v)
	if len(path) == 0 {
		return []json.RawMessage{v}
	}
	in := json.NewDecoder(bytes.NewReader(v))
	first, err := in.Token()
	if err != nil {
		t.Fatal(err)
	}
	object := first == json.Delim('{')
	if !object && first != json.Delim('[') {
		return nil
	}
	for i := 0; in.More(); i++ {
		key := any("")
		if object {
			key, _ = in.Token()
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			t.Fatal(err)
		}
		s := path[0]
		if s.kind == toAll || s.kind == toKey && object && s.key == key || s.kind == toIndex && !object && s.index == i {
			found = append(found, valuesAt(t, value, path[1:])...)
		}
	}
	return found
}
