package manual

import (
	"slices"
	"strings"

	"framecat/framing"
)

// A completion is what the end of a line may become. The shell itself completes paths.
type completion struct {
	prefix string // part of the word that stays as it is, before each candidate
	kind   string // "words", "files" or "dirs"
	list   []Term
}

func wordsOf(prefix string, list []Term) completion {
	return completion{prefix: prefix, kind: "words", list: list}
}

// only keeps the candidates that begin with what is typed.
func (c completion) only(typed string) completion {
	c.list = slices.DeleteFunc(c.list, func(x Term) bool { return !strings.HasPrefix(x.Word, typed) })
	return c
}

// onlyFold is only without regard to case.
func (c completion) onlyFold(typed string) completion {
	c.list = slices.DeleteFunc(c.list, func(x Term) bool {
		return len(x.Word) < len(typed) || !strings.EqualFold(x.Word[:len(typed)], typed)
	})
	return c
}

func plain(words []string) (list []Term) {
	for _, w := range words {
		list = append(list, Term{Word: w})
	}
	return list
}

// flagNames are the flags that are not yet used: the long ones, and for a single dash
// the short ones too.
func flagNames(flags []Flag, typed string, used map[string]bool) (short []Term) {
	var long []Term
	for _, f := range flags {
		if used[f.Name] && !f.Repeat {
			continue
		}
		long = append(long, Term{f.Long(), f.Meaning()})
		if f.Short != "" && !strings.HasPrefix(typed, "--") {
			short = append(short, Term{"-" + f.Short, f.Meaning()})
		}
	}
	return append(short, long...)
}

// framingTerms are the names of the framings. The name ends in a colon if an argument
// must follow.
func framingTerms() (list []Term) {
	for _, k := range framing.Entries() {
		name := k.Name
		if strings.HasPrefix(k.Usage, name+":") {
			name += ":"
		}
		list = append(list, Term{name, k.Summary})
	}
	return list
}
