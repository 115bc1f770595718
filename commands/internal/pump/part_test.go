package pump

import (
	"testing"

	"framecat/commands/internal/input"
	"framecat/commands/internal/report"
)

// Frames that are passed on in their own framing are not changed, with what is between them. A
// selection leaves out what is between frames, and its first frame is opened.
func TestPassedOn(t *testing.T) {
	where := func(test string) func(c *Conversion) {
		return func(c *Conversion) {
			f, k := parse(t, c.From.Framing.String())
			var err error
			if c.Where, err = NewFrameTest([]string{test}, k, f, NoDirection); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, row := range []struct {
		spec, in string
		change   func(c *Conversion)
		out      string
		status   int
	}{
		{"slip", "\xc0\xc0a\xc0\xc0\xc0b\xc0\xc0", nil, "\xc0\xc0a\xc0\xc0\xc0b\xc0\xc0", 0},
		{"slip", "a\xc0b\xc0", nil, "a\xc0b\xc0", 0},
		{"slip", "\xc0a\xc0b\xc0c\xc0", func(c *Conversion) { c.First = 1 }, "\xc0b\xc0c\xc0", 0},
		{"slip", "\xc0a\xc0b\xc0c\xc0", where("payload=b"), "\xc0b\xc0", 0},
		{"slip", "\xc0a\xc0b\xc0c\xc0", func(c *Conversion) { c.Left = 2 }, "\xc0a\xc0b\xc0", 0},
		{"slip", "\xc0a\xc0\xdbx\xc0c\xc0", func(c *Conversion) { c.Skip = true }, "\xc0a\xc0c\xc0", report.StatusMalformed},
		{"mqtt", "\x10\x81\x00a\xc0\x00", nil, "\x10\x81\x00a\xc0\x00", 0},
		{"mqtt", "\x10\x81\x00a\xc0\x00\x10\x81\x00b", func(c *Conversion) { c.First = 2 }, "\x10\x81\x00b", 0},
		{"cobs", "\x01\x01\x00\x02a\x00", nil, "\x01\x01\x00\x02a\x00", 0},
	} {
		got := convertAll(t, row.spec, row.spec, row.change, input.Text(row.in))
		if got.out != row.out || got.status() != row.status {
			t.Errorf("%s of %q: %q, status %d, %s; want %q, %d", row.spec, row.in, got.out, got.status(), got.errs, row.out, row.status)
		}
	}
}
