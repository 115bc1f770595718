package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"unicode/utf8"
)

// The members of an object are found as encoding/json finds them.
func TestJSONMembers(t *testing.T) {
	many := `{"text":"a"`
	for i := range 100 {
		many += fmt.Sprintf(`,"k%d":[%d]`, i, i)
	}
	for _, text := range []string{
		`{}`, `{ }`, `{"text":1}`, `{"text":1 }`, "{\t\"text\"\n:\r-1.5e3\n, \"hex\" : null }", `{"json":{"a":[1,{"b":"}]"}]},"x":[],"header":""}`,
		`{"json":"\\\"}","trailer":true}`, `{"text":"a","te\u0078t":"b"}`, `{"x":1,"x":2}`, `{"x":{"x":1},"y":{"x":2}}`, many + `}`, many + `,"k7":0}`, many + `,"json":[]}`,
	} {
		if !json.Valid([]byte(text)) {
			t.Fatalf("%s is not JSON", text)
		}
		checkMembers(t, []byte(text))
	}
}

// checkMembers compares membersOf with encoding/json, for a text that is an object.
func checkMembers(t *testing.T, text []byte) {
	t.Helper()
	text = bytes.TrimLeft(text, " \t\r\n")
	var want map[string]json.RawMessage
	if !utf8.Valid(text) || len(text) == 0 || text[0] != '{' || json.Unmarshal(text, &want) != nil {
		return
	}
	got, again := membersOf(text)
	if again != "" {
		if n := bytes.Count(text, []byte(`:`)); n <= len(want) {
			t.Fatalf("%s: %q is not given twice", text, again)
		}
		return
	}
	for i, name := range keyNames {
		if !bytes.Equal(got[i], want[name]) {
			t.Fatalf("%s: %s is %q, want %q", text, name, got[i], want[name])
		}
	}
}
