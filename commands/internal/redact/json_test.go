package redact

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"framecat/commands/internal/parts"
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
		paths := rulesOf(t, row.what).Paths
		got := []byte(row.payload)
		hideJSON(paths, []byte(row.payload), got)
		if string(got) != row.want {
			t.Errorf("%s of %.100s: %.100s, want %.100s", row.what, row.payload, got, row.want)
		}
	}
}

// FuzzHideJSON states what holds for each payload and path: the length stays; valid JSON stays
// valid; the values at the path are hidden; and nothing else changes.
func FuzzHideJSON(f *testing.F) {
	for _, seed := range [][2]string{
		{".token", `{"token":"abc"}`}, {".a[].b", `{"a":[{"b":[1,2]},{"b":"x\"y"}],"a":{"q":{"b":1}}}`}, {".[0]", `[true,[]]`}, {".", `  {"a":1} `},
		{`."a.b"`, `{"a.b":"\u0041","\u0061.b":7}`}, {".x", `{"x":"\\","y":"\\\""}`}, {".x", `{"x":`}, {"[][1]", `[[1,22],{"a":"b"},[3,"4"]]`},
	} {
		f.Add(seed[0], []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, what string, payload []byte) {
		if strings.IndexAny(what, ".[") != 0 {
			return
		}
		rules, err := ReadRules([]string{what}, nil)
		if err != nil {
			return
		}
		out, want := bytes.Clone(payload), bytes.Clone(payload)
		hideJSON(rules.Paths, payload, out)
		valid := parts.EachValue(rules.Paths, payload, func(start, end int) {
			switch v := out[start:end]; {
			case len(v) == 1:
				want[start] = '0'
			default:
				copy(want[start:], `"`+strings.Repeat("*", len(v)-2)+`"`)
			}
		})
		switch {
		case !valid:
			want = bytes.Repeat([]byte("*"), len(payload))
		case !json.Valid(out):
			t.Fatalf("%q became %q", payload, out)
		}
		if !bytes.Equal(out, want) {
			t.Fatalf("%s of %q: %q, want %q", what, payload, out, want)
		}
	})
}
