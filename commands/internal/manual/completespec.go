package manual

import (
	"slices"
	"strings"

	"framecat/framing"
)

// completeSpec returns what a SPEC may become: names, after a colon keys, after "="
// the words to choose from.
func completeSpec(typed string) completion {
	name, rest, found := strings.Cut(typed, ":")
	if !found {
		return wordsOf("", framingTerms()).only(typed)
	}
	k := framing.Lookup(name)
	if k == nil {
		return wordsOf("", nil)
	}
	args := splitArgs(rest)
	last := args[len(args)-1]
	prefix := strings.TrimSuffix(typed, last)
	if first, bare := bareArgument(k); bare && len(args) == 1 {
		return wordsOf(prefix, plain(choices(first))).only(last)
	}
	keys := keysOf(k)
	if key, value, found := strings.Cut(last, "="); found {
		for _, row := range keys {
			if n, placeholder, _ := strings.Cut(row.Name, "="); n == key {
				words := choices(placeholder)
				if n == "crc" {
					words = k.Details().Checksums()
				}
				return wordsOf(prefix+key+"=", plain(words)).only(value)
			}
		}
		return wordsOf("", nil)
	}
	given := func(key string) bool {
		return slices.ContainsFunc(args[:len(args)-1], func(a string) bool { return a == key || strings.HasPrefix(a, key+"=") })
	}
	var list []Term
	for _, row := range keys {
		n, _, takes := strings.Cut(row.Name, "=")
		if given(n) || strings.HasPrefix(n, "crc-") && !given("crc") { // the others are about the checksum
			continue
		}
		if takes {
			n += "="
		}
		list = append(list, Term{n, row.Help})
	}
	return wordsOf(prefix, list).only(last)
}

// splitArgs splits the arguments of a SPEC at their commas, not at those after a
// backslash.
func splitArgs(s string) (args []string) {
	start := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ',':
			args = append(args, s[start:i])
			start = i + 1
		}
	}
	return append(args, s[start:])
}

// bareArgument is how a row's usage calls a first argument that has no key, as the
// BYTES of delim:BYTES[,esc=BYTE].
func bareArgument(k *framing.Entry) (placeholder string, ok bool) {
	rest, ok := strings.CutPrefix(k.Usage, k.Name+":")
	placeholder, _, _ = strings.Cut(rest, "[")
	return placeholder, ok && !strings.Contains(placeholder, "=")
}

// A specKey is an argument of a spec.
type specKey struct{ Name, Help string }

// keysOf are the keys of a row and of the rule that it is short for, but not the words
// that it gives to the rule itself.
func keysOf(k *framing.Entry) (keys []specKey) {
	for _, key := range k.Details().Keys() {
		keys = append(keys, specKey(key))
	}
	for k.Spec != "" {
		rule, args, _ := strings.Cut(k.Spec, ":")
		given := splitArgs(args)
		if k = framing.Lookup(rule); k == nil {
			break
		}
		for _, key := range k.Details().Keys() {
			have := func(k specKey) bool { return k.Name == key.Name }
			if !slices.ContainsFunc(keys, have) && !slices.Contains(given, key.Name) {
				keys = append(keys, specKey(key))
			}
		}
	}
	return keys
}
