package probe

import (
	"strings"
	"testing"
)

// Of records, those are taken that a server sent on one stream.
func TestRecordedJSON(t *testing.T) {
	t.Parallel()
	const (
		hello = `{"type":"frame","direction":"s2c","conn":1,"text":"hello"}`
		world = `{"type":"frame","direction":"s2c","conn":2,"text":"world"}`
		asked = `{"type":"frame","direction":"c2s","conn":1,"text":"asked"}`
		fill  = `{"type":"fill","direction":"s2c","conn":1}`
		plain = `{"text":"plain"}`
	)
	for _, row := range []struct {
		records string
		stream  int64
		want    string
	}{
		{asked + hello + fill, -1, hello},
		{asked + hello + "\n" + world, 0, hello},
		{asked + hello + world, 1, world},
		{plain, -1, plain},
		{hello + world, -1, "the recording has 2 streams, and a client can get the replies of one"},
		{hello + world, 2, "--stream 2: the recording has only 2 streams"},
		{asked, -1, "the recording has no message of a server"},
		{hello + "x", -1, "byte 58 of the recording: invalid character 'x' looking for beginning of value"},
	} {
		got, err := RecordedJSON(strings.NewReader(row.records), row.stream)
		if err != nil {
			got = err.Error()
		}
		if got = strings.TrimSpace(got); got != row.want {
			t.Errorf("%s, stream %d: %s, want %s", row.records, row.stream, got, row.want)
		}
	}
}
