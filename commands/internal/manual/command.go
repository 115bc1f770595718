package manual

import (
	"slices"
	"strings"
)

// A Command is a page of the manual.
type Command struct {
	Name     string
	Args     []Arg
	Summary  string // one line
	About    string // what the command does: a paragraph
	Flags    []Flag // in the order of help; those of a group follow each other
	Notes    []string
	Examples []Example
}

// An Arg is an argument of a command.
type Arg struct {
	Value    Value
	Words    []Term // values that completion offers besides those of Value
	Optional bool
	Repeat   bool
}

// Usage is the command line as help shows it.
func (c *Command) Usage() string {
	s := "framecat " + c.Name
	if slices.ContainsFunc(c.Flags, func(f Flag) bool { return f.Value != "" && f.Name != "color" }) {
		s += " [flags]"
	}
	for _, a := range c.Args {
		word := string(a.Value)
		if a.Repeat {
			word += "..."
		}
		if a.Optional {
			word = "[" + word + "]"
		}
		s += " " + word
	}
	return s
}

// An Example is a command line that help and man pages show. A test runs each.
type Example struct {
	Text string // what it does
	Line string // for a shell
}

// A Program is all that the manual is made from.
type Program struct {
	Commands []Command
	Flags    []Flag // of the program itself
	Formats  []Term // the FORMATs that are no framings
	Examples []Example
}

// Command is the command called name, or nil.
func (p *Program) Command(name string) *Command {
	for i := range p.Commands {
		if p.Commands[i].Name == name {
			return &p.Commands[i]
		}
	}
	return nil
}

// summaries are the commands and what each does.
func (p *Program) summaries() (terms []Term) {
	for _, c := range p.Commands {
		terms = append(terms, Term{c.Name, c.Summary})
	}
	return append(terms, Term{"help", helpSummary})
}

// uses reports whether a flag of some command takes a value like that.
func (p *Program) uses(v string) bool {
	for _, c := range p.Commands {
		if slices.ContainsFunc(c.Flags, func(f Flag) bool { return strings.EqualFold(string(f.Value), v) }) {
			return true
		}
	}
	return false
}
