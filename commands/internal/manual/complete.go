package manual

import (
	"slices"
	"strings"
)

// complete returns what the last of the words after "framecat" may become.
func (p *Program) complete(words []string) completion {
	last := words[len(words)-1]
	if len(words) == 1 || len(words) == 2 && words[0] == "help" {
		if strings.HasPrefix(last, "-") {
			return wordsOf("", flagNames(p.Flags, last, nil)).only(last)
		}
		terms := p.summaries()
		if len(words) == 2 {
			terms = append(terms, Term{RecordsTopic, recordsSummary})
		}
		list := wordsOf("", terms).only(last)
		if len(words) == 2 {
			specs := completeSpec(last)
			list.prefix, list.list = specs.prefix, append(list.list, specs.list...)
		}
		return list
	}
	c := p.Command(words[0])
	if c == nil {
		return wordsOf("", nil)
	}
	return p.newPartLine(c, words[1:len(words)-1]).complete(last)
}

// complete returns what the last word may become.
func (l *partLine) complete(last string) completion {
	switch {
	case l.pending != nil:
		return l.valueOf(l.pending.Value, l.pending.Words, last)
	case l.ended || last == "" || !strings.HasPrefix(last, "-"):
		return l.argument(last)
	}
	names := flagNames(l.command.Flags, last, l.used)
	if f, value, given := l.split(last); f != nil && given && f.Value != "" {
		c := l.valueOf(f.Value, f.Words, value)
		c.prefix = strings.TrimSuffix(last, value) + c.prefix
		return c
	}
	return wordsOf("", names).only(last)
}

// argument returns what an argument may become.
func (l *partLine) argument(last string) completion {
	if l.running {
		return completion{kind: "files"}
	}
	args := l.command.Args
	if len(l.args) > 0 && len(args) > 0 && args[0].Value == Address && !l.command.Wraps && lacksPort(l.args[0]) {
		args = slices.Insert(slices.Clone(args), 1, Arg{Value: "PORT"})
	}
	if len(args) == 0 {
		return wordsOf("", nil)
	}
	a := args[min(len(l.args), len(args)-1)]
	if len(l.args) >= len(args) && !a.Repeat {
		return wordsOf("", nil)
	}
	return l.valueOf(a.Value, a.Words, last)
}

// lacksPort reports whether the port of an address is the next word: HOST PORT.
func lacksPort(word string) bool {
	host, _ := strings.CutPrefix(word, "tls://")
	return !strings.Contains(host, ":") && host != "-" && strings.Trim(host, "0123456789") != ""
}

// pathKind is how the shell completes a value that is a path, or "".
func pathKind(v Value) string {
	switch v {
	case File, Path:
		return "files"
	case Dir:
		return "dirs"
	}
	return ""
}

// valueOf returns what a value may become: one of words, or the values that v names.
func (l *partLine) valueOf(v Value, words []Term, typed string) completion {
	if list := choices(string(v)); len(list) > 0 {
		return wordsOf("", plain(list)).only(typed)
	}
	var list []Term
	for _, w := range words {
		start, rest := literal(w.Word)
		kind := pathKind(Value(rest))
		switch {
		case kind != "" && strings.HasPrefix(typed, start):
			return completion{prefix: start, kind: kind}
		case start != "":
			list = append(list, Term{start, w.Text})
		}
	}
	switch v {
	case Test:
		return l.completeTest(typed)
	case Spec:
		c := completeSpec(typed)
		c.list = append(c.list, wordsOf("", list).only(typed).list...)
		return c
	case Format:
		return l.completeFormat(list, typed)
	}
	if kind := pathKind(v); kind != "" {
		return completion{kind: kind}
	}
	return wordsOf("", list).only(typed)
}

func (l *partLine) completeFormat(words []Term, typed string) completion {
	if strings.Contains(typed, ":") {
		return completeSpec(typed)
	}
	list := slices.Concat(l.formats, words)
	for _, f := range framingTerms() {
		if f.Word != "lines" { // it is a format above
			list = append(list, f)
		}
	}
	return wordsOf("", list).only(typed)
}
