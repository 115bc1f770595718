package manual

import "strings"

// A partLine is a command and the words on its line before the word to complete.
type partLine struct {
	command *Command
	formats []Term
	tests   []Term
	flags   map[string]*Flag // by each name, dashes and all
	used    map[string]bool  // flags on the line, by their long name
	pending *Flag            // its value is next
	spec    string           // value of --framing
	args    []string         // arguments on the line
	ended   bool             // by "--"
	running bool             // a COMMAND follows the "--"
}

func (p *Program) newPartLine(c *Command, words []string) *partLine {
	l := &partLine{command: c, formats: p.Formats, tests: p.Tests, flags: map[string]*Flag{}, used: map[string]bool{}}
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
		l.running = l.command.Wraps && len(l.args) < len(l.command.Args)
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

// split finds the flag in a word and the value after it, if one is there. If several
// letters are joined, the flag is the last one.
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
