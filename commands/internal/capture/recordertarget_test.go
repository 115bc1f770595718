package capture

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	size := func(s string) (int64, error) {
		n, err := strconv.ParseInt(strings.TrimSuffix(s, "K"), 10, 64)
		return n << 10, err
	}
	for _, row := range []struct {
		value string
		want  Target
		err   string
	}{
		{"a.pcapng", Target{File: "a.pcapng"}, ""},
		{"./ring:x", Target{File: "./ring:x"}, ""},
		{"a%n:b", Target{File: "a%n:b"}, ""},
		{"ring", Target{File: "ring"}, ""},
		{"ring:256K:a.pcapng", Target{File: "a.pcapng", Ring: 256 << 10}, ""},
		{"ring:128K:a:%n", Target{File: "a:%n", Ring: 128 << 10}, ""},
		{"", Target{}, "expected FILE or ring:SIZE:FILE"},
		{"ring:", Target{}, "expected ring:SIZE:FILE"},
		{"ring:256K", Target{}, "or ./ring:256K for a file of this name"},
		{"ring:256K:", Target{}, "names no file"},
		{"ring:256K:-", Target{}, "names no file"},
		{"-", Target{File: "-"}, ""},
		{"ring:x:a", Target{}, "ring:x:a: strconv.ParseInt"},
		{"ring:127K:a", Target{}, "a ring of 127K is too small"},
		{"ring:-1K:a", Target{}, "too small"},
		{"ring:1048577K:a", Target{}, "too large"},
	} {
		got, err := ParseTarget(row.value, size)
		text := fmt.Sprint(err)
		if row.err == "" {
			text = strings.TrimPrefix(text, "<nil>")
		}
		if got != row.want || !strings.Contains(text, row.err) || (err == nil) != (row.err == "") {
			t.Errorf("%q: %+v, %v; want %+v, %s", row.value, got, err, row.want, row.err)
		}
	}
}
