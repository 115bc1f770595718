package compare

import "testing"

// Each row states whether two payloads are equal when JSON is compared by value.
func TestByValue(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		ignore, a, b string
		want         bool
	}{
		{"", `{"a":1,"b":[2,3]}`, ` { "b" : [2, 3], "a" : 1.0 }` + "\n", true},
		{"", `{"a":[2,3]}`, `{"a":[3,2]}`, false},
		{"", `{"a":{"x":1,"y":2}}`, `{"a":{"y":2,"x":1}}`, true},
		{"", `{"a":"\u0041\/"}`, `{"a":"A/"}`, true},
		{"", `{"a":1}`, `{"a":"1"}`, false},
		{"", `{"a":1}`, `{"a":1,"b":null}`, false},
		{"", `[1.50, 15e-1, 100, -0, 1E2]`, `[1.5, 1.5, 1e2, 0, 100.0]`, true},
		{"", `[1e999999999999]`, `[1e999999999998]`, false},
		{"", `[12345678901234567890]`, `[12345678901234567891]`, false},
		{"", `{"a":1,"a":2}`, `{"a":2,"a":1}`, false}, // which one counts depends on the reader
		{"", `["\ud800"]`, `["\ud801"]`, false},       // neither is a character
		{"", "[\"\xff\"]", "[\"\xfe\"]", false},
		{"", `1.0`, `1`, false}, // text that happens to be a number
		{"", `{"a":1}x`, `{"a":1} x`, false},
		{".id", `{"id":7,"x":1}`, `{"x":1,"id":42}`, true},
		{".id", `{"id":7,"x":1}`, `{"x":2,"id":42}`, false},
		{".a[0]", `{"a":[1,2]}`, `{"a":[9, 2]}`, true},
		{"/[0-9]{4,}/", `{"b":12345,"a":1}`, `{"a":1,"b":99999}`, true},
		{"/[0-9]{10}/", `{"t": 1795993100}`, `{"t": 1795993203}`, true}, // of the bytes, not of one form of the number
		{"/[0-9]+\\.[0-9]+/", `{"x":1,"t":5.25}`, `{"t":500.0, "x":1}`, true},
		{"/[0-9]00/", `{"t":500}`, `{"t":700}`, true},
		{"/[0-9]e2/", `{"t":500}`, `{"t":700}`, false},
		{`/"id":\s[0-9]+/`, `{"id": 7, "x":1}`, `{"id": 42, "x":1}`, true}, // the rest is no JSON: bytes are compared
		{`/"id":\s[0-9]+/`, `{"id": 7, "x":1}`, `{"id": 42, "x":2}`, false},
		{`/\\u00e9[0-9]/`, `["a\u00e91"]`, `["a\u00e92"]`, true},
		{"/[0-9]/", `{"s":"12","t":34}`, `{"t":5,"s":""}`, true},
		{"/[0-9]{2}$/", "[1]", "[12]", false},
		{"0-1", `{"a":1}`, `{ "a":1}`, false}, // bytes are named: bytes are compared
	} {
		c := comparerOf(t, "u32be", row.ignore).ByValue()
		a, b := messageOf(t, c.framing, frameOf(t, c.framing, row.a)), messageOf(t, c.framing, frameOf(t, c.framing, row.b))
		if got := c.Equal(a, b); got != row.want {
			t.Errorf("--ignore %q: %s and %s are equal: %t; %q, %q", row.ignore, row.a, row.b, got, c.Key(a), c.Key(b))
		}
	}
}
