package framing

import (
	"slices"
	"strings"
	"testing"
)

// No name of a value is a number, so that readers can tell the two apart. A numeric field is one
// of the variable fields.
func TestNamesAreNoNumbers(t *testing.T) {
	for _, k := range Entries() {
		for _, f := range k.Fields {
			for _, n := range f.Names {
				if strings.Trim(n.Name, "0123456789") == "" {
					t.Errorf("%s: %s has the name %q", k.Name, f.Name, n.Name)
				}
			}
		}
		for _, name := range k.numeric {
			if !slices.Contains(k.variable, name) {
				t.Errorf("%s: %s is numeric, and not variable", k.Name, name)
			}
		}
	}
}
