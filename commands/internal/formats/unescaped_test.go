package formats

import (
	"testing"

	"framecat/framing"
)

// A line with C escapes may be meant for the format escaped.
func TestFitsUnescaped(t *testing.T) {
	resp, err := framing.Parse("resp")
	if err != nil {
		t.Fatal(err)
	}
	for payload, want := range map[string]bool{
		`-ERR it's wrong\r\n`: true,
		"-ERR it's wrong\r\n": false, // it has no escapes
		`-ERR it's wrong`:     false,
		`-ERR it's \q\r\n`:    false,
	} {
		if got := FitsUnescaped(resp, []byte(payload)); got != want {
			t.Errorf("%q: %t, want %t", payload, got, want)
		}
	}
}
