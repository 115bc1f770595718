package manual

import (
	"slices"
	"strings"

	"framecat/framing"
)

// CompleteCommand is what the completion scripts call. It reads tables, and never
// runs a command or looks at a file.
const CompleteCommand = "__complete"

// A completion is what may stand at the end of a line. Paths are completed by the
// shell.
type completion struct {
	prefix string // part of the word that stays as it is, in front of each Term
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

// complete tells what the last of the words behind "framecat" may become.
func (m *Program) complete(words []string) completion {
	last := words[len(words)-1]
	if len(words) == 1 || len(words) == 2 && words[0] == "help" {
		if strings.HasPrefix(last, "-") {
			return wordsOf("", flagNames(m.Flags, last, nil)).only(last)
		}
		return wordsOf("", m.summaries()).only(last)
	}
	c := m.Command(words[0])
	if c == nil {
		return wordsOf("", nil)
	}
	return m.newPartLine(c, words[1:len(words)-1]).complete(last)
}

// A partLine is a command with what stands on its line before the word to complete.
type partLine struct {
	command *Command
	formats []Term
	flags   map[string]*Flag // by each name, dashes and all
	used    map[string]bool  // flags on the line, by their long name
	pending *Flag            // its value is next
	spec    string           // value of --framing
	args    []string         // arguments on the line
	ended   bool             // by "--"
}

func (m *Program) newPartLine(c *Command, words []string) *partLine {
	l := &partLine{command: c, formats: m.Formats, flags: map[string]*Flag{}, used: map[string]bool{}}
	for i := range c.Flags {
		for _, n := range c.Flags[i].Names() {
			l.flags[n] = &c.Flags[i]
		}
	}
	for _, w := range words {
		l.read(w)
	}
	return l
}

// read takes one word of the line, as arrange does.
func (l *partLine) read(w string) {
	switch {
	case l.pending != nil:
		l.value(l.pending, w)
		l.pending = nil
	case l.ended || w == "-" || !strings.HasPrefix(w, "-"):
		l.args = append(l.args, w)
	case w == "--":
		l.ended = true
	default:
		f, value, given := l.split(w)
		switch {
		case f == nil:
		case given:
			l.value(f, value)
		case f.Value != "":
			l.used[f.Name] = true
			l.pending = f
		}
	}
}

func (l *partLine) value(f *Flag, v string) {
	l.used[f.Name] = true
	if f.Name == "framing" {
		l.spec = v
	}
}

// split finds the flag in a word and the value behind it, if one is there. Of joined
// letters it is the last.
func (l *partLine) split(w string) (f *Flag, value string, given bool) {
	if strings.HasPrefix(w, "--") {
		name, value, given := strings.Cut(w, "=")
		if f := l.flags[name]; f != nil {
			l.used[f.Name] = true
			return f, value, given
		}
		return nil, "", false
	}
	for i := 1; i < len(w); i++ {
		if f = l.flags["-"+w[i:i+1]]; f == nil {
			return nil, "", false
		}
		l.used[f.Name] = true
		if f.Value != "" {
			return f, strings.TrimPrefix(w[i+1:], "="), i+1 < len(w)
		}
	}
	return f, "", false
}

// complete tells what the last word may become.
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

// argument tells what an argument may become.
func (l *partLine) argument(last string) completion {
	args := l.command.Args
	if len(l.args) > 0 && len(args) > 0 && args[0].Value == Address && lacksPort(l.args[0]) {
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

// lacksPort says whether an address goes on with its port in the next word, as
// parseAddress takes it.
func lacksPort(word string) bool {
	host, _ := strings.CutPrefix(word, "tls://")
	return !strings.Contains(host, ":") && strings.Trim(host, "0123456789") != ""
}

// valueOf tells what a value may become: one of words, or of what v stands for.
func (l *partLine) valueOf(v Value, words []Term, typed string) completion {
	if list := choices(string(v)); len(list) > 0 {
		return wordsOf("", plain(list)).only(typed)
	}
	// The words that end in a colon and are followed by a path.
	for _, path := range []struct{ prefix, kind string }{{"dir:", "dirs"}, {"unix:", "files"}} {
		if strings.HasPrefix(typed, path.prefix) && slices.ContainsFunc(words, func(w Term) bool { return w.Word == path.prefix }) {
			return completion{prefix: path.prefix, kind: path.kind}
		}
	}
	c := wordsOf("", nil)
	switch v {
	case File:
		return completion{kind: "files"}
	case Dir:
		return completion{kind: "dirs"}
	case Test:
		return l.completeTest(typed)
	case Spec:
		c = completeSpec(typed)
	case Format:
		return l.completeFormat(words, typed)
	}
	c.list = append(c.list, wordsOf("", slices.Clone(words)).only(typed).list...)
	return c
}

func plain(words []string) (list []Term) {
	for _, w := range words {
		list = append(list, Term{Word: w})
	}
	return list
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

// framingTerms are the names of framings. What can't do without an argument ends
// in a colon.
func framingTerms() (list []Term) {
	for _, k := range framing.Kinds() {
		name := k.Name
		if strings.HasPrefix(k.Usage, name+":") {
			name += ":"
		}
		list = append(list, Term{name, k.Summary})
	}
	return list
}
