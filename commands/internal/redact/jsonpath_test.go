package redact

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// Each row states what a payload becomes.
func TestHideJSON(t *testing.T) {
	for _, row := range []struct{ what, payload, want string }{
		{".token", `{"token":"abc"}`, `{"token":"***"}`},
		{".token", ` { "token" : "abc" , "x" : 1 }` + "\r\n", ` { "token" : "***" , "x" : 1 }` + "\r\n"},
		{".token", `{"token":""}`, `{"token":""}`},
		{".token", `{"Token":"abc"}`, `{"Token":"abc"}`},
		{".token", `{"a":{"token":"abc"}}`, `{"a":{"token":"abc"}}`},
		{".token", `["token","abc"]`, `["token","abc"]`},
		{".params.token", `{"params":{"token":"abc"},"token":"abc"}`, `{"params":{"token":"***"},"token":"abc"}`},
		{".params.token", `{"params":["token"]}`, `{"params":["token"]}`},
		{".params.token", `{"params":"token"}`, `{"params":"token"}`},

		// Escapes and bytes over 7F have the length in which they are written.
		{".t", `{"t":"a\"}b"}`, `{"t":"*****"}`},
		{".t", `{"t":"\\","u":"b"}`, `{"t":"**","u":"b"}`},
		{".t", `{"t":"\u00e9é"}`, `{"t":"********"}`},
		{".t", "{\"t\":\"\xff\"}", `{"t":"*"}`},

		// Keys may have escapes, and be there twice.
		{".token", `{"t\u006fken":"abc"}`, `{"t\u006fken":"***"}`},
		{`."a.b"`, `{"a.b":"abc","a":{"b":"abc"}}`, `{"a.b":"***","a":{"b":"abc"}}`},
		{`.["a\"b"]`, `{"a\"b":"abc"}`, `{"a\"b":"***"}`},
		{`.x["[]"].y`, `{"x":{"[]":{"y":"abc"}}}`, `{"x":{"[]":{"y":"***"}}}`},
		{".é", `{"é":"abc"}`, `{"é":"***"}`},
		{".token", `{"token":"abc","token":"def"}`, `{"token":"***","token":"***"}`},
		{".a.b", `{"a":{"b":"x"},"a":{"b":"y"}}`, `{"a":{"b":"*"},"a":{"b":"*"}}`},

		// Other values become a string.
		{".t", `{"t":12345}`, `{"t":"***"}`},
		{".t", `{"t":-1.5e+10}`, `{"t":"******"}`},
		{".t", `{"t":12}`, `{"t":""}`},
		{".t", `{"t":7}`, `{"t":0}`},
		{".t", `{"t":true}`, `{"t":"**"}`},
		{".t", `{"t":null}`, `{"t":"**"}`},
		{".t", `{"t":{}}`, `{"t":""}`},
		{".t", `{"t":{"u":[1,"}"]},"v":1}`, `{"t":"` + strings.Repeat("*", 11) + `","v":1}`},
		{".t", `{"t":[ 1, 2 ]}`, `{"t":"******"}`},

		// Arrays.
		{".items[].key", `{"items":[{"key":"a"},{"x":"a"},{"key":"bc"}]}`, `{"items":[{"key":"*"},{"x":"a"},{"key":"**"}]}`},
		{".items.[].key", `{"items":[{"key":"a"}]}`, `{"items":[{"key":"*"}]}`},
		{".items[1]", `{"items":["a","b","c"]}`, `{"items":["a","*","c"]}`},
		{".[0]", `["a","b"]`, `["*","b"]`},
		{"[0][1]", `[["a","b"],["c","d"]]`, `[["a","*"],["c","d"]]`},
		{".[]", `["a",{"x":1}]`, `["*","*****"]`},
		{".[]", `{"x":"a","y":"b"}`, `{"x":"*","y":"*"}`},
		{".[]", `[]`, `[]`},
		{".a[3]", `{"a":{"3":"x"}}`, `{"a":{"3":"x"}}`},
		{".a.3", `{"a":{"3":"x"}}`, `{"a":{"3":"*"}}`},

		// The whole payload.
		{".", `"abc"`, `"***"`},
		{".", ` 12345 `, ` "***" `},
		{".", `{"a":1}`, `"*****"`},

		// What is no valid JSON is hidden whole.
		{".token", `token=abc`, `*********`},
		{".token", `{"token":"abc"`, `**************`},
		{".token", `{"a":1}{"token":"abc"}`, `**********************`},
		{".token", `{"a":1,}`, `********`},
		{".token", ``, ``},
		{".token", strings.Repeat("[", 20000) + strings.Repeat("]", 20000), strings.Repeat("*", 40000)},
		{".token", strings.Repeat("[", 9000) + strings.Repeat("]", 9000), strings.Repeat("[", 9000) + strings.Repeat("]", 9000)},

		// Several paths, also one inside another.
		{".a .b", `{"a":"x","b":"y","c":"z"}`, `{"a":"*","b":"*","c":"z"}`},
		{".a .a.b", `{"a":{"b":12}}`, `{"a":"******"}`},
		{".a.b .a", `{"a":{"b":12}}`, `{"a":"******"}`},
	} {
		var paths [][]step
		for _, w := range strings.Fields(row.what) {
			p, _, err := parsePath(w)
			if err != nil {
				t.Fatalf("%s: %v", w, err)
			}
			paths = append(paths, p)
		}
		got := []byte(row.payload)
		hideJSON(paths, []byte(row.payload), got)
		if string(got) != row.want {
			t.Errorf("%s of %.100s: %.100s, want %.100s", row.what, row.payload, got, row.want)
		}
	}
}

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

// FuzzHideJSON states what holds for each payload and path: the length stays; valid JSON stays
// valid; encoding/json finds the same number of values at the path, which are all hidden; and
// nothing else changes.
func FuzzHideJSON(f *testing.F) {
	for _, seed := range [][2]string{
		{".token", `{"token":"abc"}`}, {".a[].b", `{"a":[{"b":[1,2]},{"b":"x\"y"}],"a":{"q":{"b":1}}}`}, {".[0]", `[true,[]]`}, {".", `  {"a":1} `},
		{`."a.b"`, `{"a.b":"\u0041","\u0061.b":7}`}, {".x", `{"x":"\\","y":"\\\""}`}, {".x", `{"x":`}, {"[][1]", `[[1,22],{"a":"b"},[3,"4"]]`},
	} {
		f.Add(seed[0], []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, what string, payload []byte) {
		path, _, err := parsePath(what)
		if err != nil {
			return
		}
		out := bytes.Clone(payload)
		before := bytes.Clone(payload)
		hideJSON([][]step{path}, payload, out)
		switch {
		case !bytes.Equal(payload, before):
			t.Fatal("the payload was changed")
		case len(out) != len(payload):
			t.Fatalf("%d bytes became %d", len(payload), len(out))
		case !json.Valid(payload):
			if bytes.Trim(out, "*") != nil && len(bytes.Trim(out, "*")) > 0 {
				t.Fatalf("%q became %q", payload, out)
			}
			return
		case !json.Valid(out):
			t.Fatalf("%q became %q", payload, out)
		}
		was, is := valuesAt(t, payload, path), valuesAt(t, out, path)
		if len(was) != len(is) {
			t.Fatalf("%s of %q: %d values in %q, there were %d", what, payload, len(is), out, len(was))
		}
		changed := 0
		for i, v := range is {
			if s := string(v); s != "0" && s != `"`+strings.Repeat("*", len(s)-2)+`"` {
				t.Fatalf("%s of %q: %s is left in %q", what, payload, v, out)
			}
			for j := range v {
				if was[i][j] != v[j] {
					changed++
				}
			}
		}
		for i := range out {
			if out[i] != payload[i] {
				changed--
			}
		}
		if changed != 0 {
			t.Fatalf("%s of %q: bytes of other values changed in %q", what, payload, out)
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
