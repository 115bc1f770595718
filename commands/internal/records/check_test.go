package records

import (
	"strings"
	"testing"
)

const frame = `{"type":"frame","index":0,"file":"a","stream":1,"direction":"c2s","time":"2026-11-29T07:12:21.000000020Z","t":1795936341.000000020,` +
	`"segments":1,"offset":0,"size":2,"wire":3,"header":"02","trailer":"","fields":{"type":"x","n":1},"text":"hi"}`

// Check accepts records, and finds each kind of fault.
func TestCheck(t *testing.T) {
	if err := Check([]byte(frame)); err != nil {
		t.Error(err)
	}
	for _, row := range []struct{ from, to, want string }{
		{`"type":"frame"`, `"type":"fram"`, "unknown type"},
		{`"type":"frame",`, ``, "not type"},
		{`"index":0,`, ``, "index is missing"},
		{`"index":0,`, `"index":"0",`, "integer"},
		{`"index":0,`, `"index":0,"index":0,`, "unknown or repeated"},
		{`"size":2,"wire":3`, `"wire":3,"size":2`, ""},
		{`"size":2,`, `"size":2,"length":2,`, "unknown"},
		{`"size":2,`, `"size":3,`, "size 3 of 2"},
		{`"wire":3,`, `"wire":0,`, "header and trailer of 1"},
		{`"c2s"`, `"c2c"`, "not one of"},
		{`"direction":"c2s",`, ``, "only one"},
		{`"t":1795936341.000000020,`, ``, "only one"},
		{`"t":1795936341.000000020,`, `"t":1795936341.00000002,`, ""},
		{`"t":1795936341.000000020,`, `"t":1795936341.000000021,`, "is not 2026"},
		{`.000000020Z`, `Z`, "time"},
		{`"header":"02"`, `"header":"2"`, "hex"},
		{`"text":"hi"`, `"text":"hi","base64":"aGk="`, "must have"},
		{`,"text":"hi"`, ``, "must have"},
		{`"text":"hi"`, `"json":{}`, ""},
		{`"text":"hi"`, `"json":{ }`, "size 2 of 3"},
		{`"text":"hi"`, `"text":"[]","json":[]`, ""},
		{`"text":"hi"`, `"json":[],"text":"[]"`, ""},
		{`"text":"hi"`, `"base64":"W10=","json":[]`, "both"},
		{`"text":"hi"`, `"base64":"aGk="`, ""},
		{`"text":"hi"`, `"base64":"aGk"`, "illegal"},
		{`"fields":{"type":"x","n":1}`, `"fields":{}`, "no members"},
		{`"fields":{"type":"x","n":1}`, `"fields":{"n":true}`, "no string"},
		{`"fields":{"type":"x","n":1}`, `"fields":{"n":1,"n":1}`, "repeated"},
		{`"hi"}`, `"hi"`, "EOF"},
		{`"hi"}`, `"hi"}{}`, "after the object"},
		{`"hi"`, "\"\u202ei\"", "not escaped"},
	} {
		line := strings.Replace(frame, row.from, row.to, 1)
		err := Check([]byte(line))
		if line == frame || (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s for %s: %v, want %q", row.to, row.from, err, row.want)
		}
	}
}

// CheckOutput checks the lines of an output that are records.
func TestCheckOutput(t *testing.T) {
	bad := strings.Replace(frame, `"size":2`, `"size":7`, 1)
	for _, row := range []struct {
		output string
		n      int
		ok     bool
	}{
		{"", 0, true}, {"text\n" + frame + "\n" + frame + "\n", 2, true}, {frame + "\n" + bad + "\n", 2, false}, {bad, 0, true},
	} {
		if n, err := CheckOutput(row.output); n != row.n || (err == nil) != row.ok {
			t.Errorf("%s: %d, %v", row.output, n, err)
		}
	}
}
