package formats

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"framecat/framing"
)

// A payload that is JSON is embedded as it is. If that is not possible, an equal value is
// embedded, and the payload is text too.
func TestEmbed(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, row := range []struct{ payload, want string }{
		{`{"a":1}`, `"json":{"a":1}`},
		{`{"a": [1, 2]}`, `"json":{"a": [1, 2]}`},
		{`1e400`, `"json":1e400`},
		{`12345678901234567890`, `"json":12345678901234567890`},
		{`-0.10`, `"json":-0.10`},
		{`{"a":1,"a":2}`, `"json":{"a":1,"a":2}`},
		{`"\u0041\ud800é😀"`, `"json":"\u0041\ud800é😀"`},
		{`null`, `"json":null`},
		{`""`, `"json":""`},
		{`"]"`, `"json":"]"`},
		{deep(250), `"json":` + deep(250)},
		{deep(251), `"text":"` + deep(251) + `"`},
		{`"` + deep(251) + `"`, `"json":"` + deep(251) + `"`},
		{" 1", `"text":" 1","json":1`},
		{"1 ", `"text":"1 ","json":1`},
		{"{\n\t\"a b\" :\r\n1 }\n", `"text":"{\n\t\"a b\" :\r\n1 }\n","json":{"a b":1}`},
		{"\"\u202e\x7f\u009b\U000e0001\"", `"text":"\"\u202e\u007f\u009b\udb40\udc01\"","json":"\u202e\u007f\u009b\udb40\udc01"`},
		{"\"a\\\"b\\\\\"\n", `"text":"\"a\\\"b\\\\\"\n","json":"a\"b\\"`},
		{``, `"text":""`},
		{` `, `"text":" "`},
		{`{"a":1`, `"text":"{\"a\":1"`},
		{`1 2`, `"text":"1 2"`},
		{`NaN`, `"text":"NaN"`},
		{"\"\xff\"", `"base64":"Iv8i"`},
		{"\ufeff1", `"text":"\ufeff1"`},
	} {
		got := string(appendPayload([]byte("{"), []byte(row.payload), true))
		if got != "{,"+row.want {
			t.Errorf("%q: %s, want %s", row.payload, got, row.want)
		}
		if plain := string(appendPayload(nil, []byte(row.payload), false)); strings.Contains(plain, `"json"`) {
			t.Errorf("%q is embedded without the flag: %s", row.payload, plain)
		}
		checkEmbedded(t, row.payload)
	}
}

// checkEmbedded checks that a record gives the payload back, and that the value in it is that of
// the payload.
func checkEmbedded(t *testing.T, payload string) {
	t.Helper()
	line := AppendFrame(nil, framing.Frame{Payload: []byte(payload)}, FrameInfo{Embed: true})
	fr, err := framing.NewReader(bytes.NewReader(line), JSONObjects{}).Next()
	if err != nil || string(fr.Payload) != payload {
		t.Fatalf("%q is written as %s, which reads %q, %v", payload, line, fr.Payload, err)
	}
	var record struct{ JSON json.RawMessage }
	if err := json.Unmarshal(line, &record); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if record.JSON != nil && !reflect.DeepEqual(valueOf(record.JSON), valueOf([]byte(payload))) {
		t.Fatalf("%q is embedded as %s", payload, record.JSON)
	}
}

// valueOf reads JSON, with numbers as they are written.
func valueOf(text []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	d.Decode(&v)
	return v
}

// To embed a payload costs no allocation. The best of 50 calls counts: json.Valid takes its scanner
// from a sync.Pool, which under the race detector drops some at random.
func TestEmbedAllocates(t *testing.T) {
	payload, dst := []byte("{\"a\":[1,2,\"b\"]}\n"), make([]byte, 0, 1000)
	best := math.Inf(1)
	for range 50 {
		best = min(best, testing.AllocsPerRun(1, func() { appendPayload(dst, payload, true) }))
	}
	if best > 0 {
		t.Errorf("%v allocations", best)
	}
}
