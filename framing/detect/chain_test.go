package detect

import "testing"

// A plain rule goes before a protocol, and a protocol before a rule that needs arguments.
func TestClass(t *testing.T) {
	for spec, want := range map[string]int{
		"u32be": 0, "lines": 0, "tpkt": 1, "erlang:2": 1, "fixed:59": 3, "u32be:counts=frame": 4, "length:size=5": 4,
	} {
		if got := (&found{spec: spec}).class(); got != want {
			t.Errorf("%s is of class %d, want %d", spec, got, want)
		}
	}
}
