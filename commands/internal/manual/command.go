// Package manual prints what framecat says about itself: help, manual pages, the answers to
// completion scripts, and explanations of framings.
//
// It prints from tables. Those of commands and flags come from the caller in a Program;
// exit statuses, environment and values are here. Start with Program.Help, Command.Help,
// Program.WriteShare, Program.Complete and Framings.
package manual

import "slices"

// A Command is a subcommand as the manual describes it.
type Command struct {
	Name     string
	Args     []Arg
	Wraps    bool      // "-- COMMAND ARG..." may stand in place of the arguments
	Summary  string    // what the command does, in one line
	About    string    // the same in a paragraph
	Flags    []Flag    // in the order of help; the flags of a group follow each other
	Sections []Section // what needs more room than a flag has
	Statuses []int     // the exit statuses that the command has; of several with one meaning, any
	Examples []Example
}

// An Arg is an argument of a command.
type Arg struct {
	Value    Value
	Words    []Term // values that completion offers besides those of Value
	Optional bool
	Repeat   bool
}

// A Section is a part of a page with a title: words with their meanings, then a
// paragraph.
type Section struct {
	Title string // a Value, if the section explains one
	Terms []Term
	Text  string
}

// An Example is a command line that help and man pages show. A test runs each.
type Example struct {
	Text string // what it does
	Line string // for a shell
}

// A Program is what the manual is made from.
type Program struct {
	Commands []Command
	Flags    []Flag // of the program itself
	Formats  []Term // the FORMATs that are no framings
	Tests    []Term // the tests of --where
	Examples []Example
}

// Command returns the command called name, or nil.
func (p *Program) Command(name string) *Command {
	for i := range p.Commands {
		if p.Commands[i].Name == name {
			return &p.Commands[i]
		}
	}
	return nil
}

// Usage is the command line as help shows it, in one form or two.
func (c *Command) Usage() (forms []string) {
	s := "framecat " + c.Name
	if len(c.Flags) > 2 { // more than --help and --version
		s += " [flags]"
	}
	if c.Wraps {
		forms = append(forms, s+" -- COMMAND ARG...")
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
	return slices.Insert(forms, 0, s)
}

// uses reports whether a value of the command is written as word.
func (c *Command) uses(word string) bool {
	return slices.ContainsFunc(c.Flags, func(f Flag) bool { return string(f.Value) == word }) ||
		slices.ContainsFunc(c.Args, func(a Arg) bool { return string(a.Value) == word })
}

// values explain the words of the command's usage that no section explains.
func (c *Command) values() (terms []Term) {
	for _, t := range values {
		explained := slices.ContainsFunc(c.Sections, func(s Section) bool { return s.Title == t.Word })
		if c.uses(t.Word) && !explained {
			terms = append(terms, t)
		}
	}
	return terms
}

// values explain the words that some command uses.
func (p *Program) values() (terms []Term) {
	for _, t := range values {
		if slices.ContainsFunc(p.Commands, func(c Command) bool { return c.uses(t.Word) }) {
			terms = append(terms, t)
		}
	}
	return terms
}

// summaries are the commands and what each does.
func (p *Program) summaries() (terms []Term) {
	for _, c := range p.Commands {
		terms = append(terms, Term{c.Name, c.Summary})
	}
	return append(terms, Term{"help", helpSummary})
}
