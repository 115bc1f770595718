package manual

import (
	"slices"
	"strings"

	"framecat/commands/internal/pump"
	"framecat/framing"
)

// completeTest returns what a test of --where may become, for the fields of -f. Names of values
// complete in any case, and also after a comma.
func (l *partLine) completeTest(typed string) completion {
	start := strings.IndexAny(typed, "=!~<>")
	if start < 0 {
		return wordsOf("", oneWord(l.testStarts())).onlyFold(typed)
	}
	ops := len(typed[start:]) - len(strings.TrimLeft(typed[start:], "=!~<>"))
	given := splitArgs(typed[start+ops:])
	last := given[len(given)-1]
	names := valueNames(l.spec, typed[:start])
	if names == nil {
		return wordsOf("", nil)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return slices.Contains(given[:len(given)-1], n) })
	return wordsOf(strings.TrimSuffix(typed, last), oneWord(plain(names))).onlyFold(last)
}

// testStarts returns how tests begin: with a field of -f, or with what frames of all framings
// have.
func (l *partLine) testStarts() (list []Term) {
	for _, t := range l.tests {
		if i := strings.IndexAny(t.Word, "=!~<>"); i > 0 && t.Word == strings.ToLower(t.Word[:i])+t.Word[i:] {
			ops := len(t.Word[i:]) - len(strings.TrimLeft(t.Word[i:], "=!~<>"))
			list = append(list, Term{t.Word[:i+ops], t.Text})
		}
	}
	if k := framing.Lookup(l.spec); k != nil {
		for i := range k.Fields {
			list = append(list, Term{k.Fields[i].Name + "=", fieldText(&k.Fields[i])})
		}
		for _, name := range k.Details().Variable() {
			list = append(list, Term{name + "=", "a field of " + k.Name})
		}
	}
	return list
}

// valueNames returns the names that values of a field have in frames of a spec.
func valueNames(spec, field string) (names []string) {
	k := framing.Lookup(spec)
	if k == nil {
		return nil
	}
	for i := range k.Fields {
		if f := &k.Fields[i]; strings.EqualFold(f.Name, field) {
			for _, n := range f.Names {
				names = append(names, n.Name)
			}
		}
	}
	for _, name := range k.Details().Variable() {
		if f, err := framing.Parse(spec); err == nil && strings.EqualFold(name, field) {
			names = append(names, knownNames(k, f, name)...)
		}
	}
	return names
}

// knownNames returns the names of the values of a field at no fixed offset, without those that
// are short for a name: of f, and then those that it has only in one direction of a connection.
func knownNames(k *framing.Entry, f framing.Framing, field string) (names []string) {
	for _, f := range []framing.Framing{f, pump.ForDirection(f, 0), pump.ForDirection(f, 1)} {
		values, _ := k.Details().Known(f, field)
		for _, v := range values {
			if v.Name == v.Text && !slices.Contains(names, v.Name) {
				names = append(names, v.Name)
			}
		}
	}
	return names
}

// oneWord leaves out what a shell would take for several words.
func oneWord(list []Term) []Term {
	return slices.DeleteFunc(list, func(c Term) bool { return strings.ContainsAny(c.Word, " \t'\"\\$`") })
}
