package manual

import (
	"slices"
	"strings"
)

// A Value is the placeholder for the value of a flag or for an argument: one of the
// kinds below, a word such as COMMAND, or words to choose from with | between them.
type Value string

// The kinds of values that completion knows.
const (
	File     Value = "FILE"
	Path     Value = "PATH" // of a socket
	Dir      Value = "DIR"
	Spec     Value = "SPEC"    // a framing
	Format   Value = "FORMAT"  // a way to write messages
	Test     Value = "TEST"    // a condition of --where
	Address  Value = "ADDRESS" // of a peer, or to listen on
	Target   Value = "TARGET"  // the address of a server
	Size     Value = "SIZE"
	Duration Value = "DURATION"
	Number   Value = "N"
)

// A Term is a word and what it means.
type Term struct{ Word, Text string }

// A Flag is a row of the table of flags. The command line is read by it; help, man pages
// and completion are made from it.
type Flag struct {
	Name    string
	Short   string // one letter, or ""
	Value   Value  // "" if the flag takes no value
	Words   []Term // values that completion offers besides those of Value, as N or dir:DIR
	Group   string // the heading in help
	Text    string // what the flag does, on one line
	Default string // the value without the flag
	Without string // what holds without the flag, where that is no fixed value
	Repeat  bool   // the flag may be given more than once
}

// Names are the names of the flag with their dashes, the letter first.
func (f *Flag) Names() []string {
	if f.Short == "" {
		return []string{f.Long()}
	}
	return []string{"-" + f.Short, f.Long()}
}

// Long is the long name of the flag with its dashes.
func (f *Flag) Long() string { return "--" + f.Name }

// Usage is the flag as help shows it. Letters and long names have columns of their own.
func (f *Flag) Usage() string {
	s := strings.Join(f.Names(), ", ")
	if f.Short == "" {
		s = "    " + s
	}
	if f.Value != "" {
		s += " " + string(f.Value)
	}
	return s
}

// Meaning is the text with the default after it.
func (f *Flag) Meaning() string {
	switch {
	case f.Without != "":
		return f.Text + " (default " + f.Without + ")"
	case f.Default != "":
		return f.Text + " (default " + f.Default + ")"
	}
	return f.Text
}

// literal splits a word of the manual, such as dir:DIR or merge[:SIZE], where the part
// ends that is typed as it is. That part is empty in words such as N or 3,3,4,1.
func literal(word string) (start, rest string) {
	rest = strings.TrimLeft(word, "abcdefghijklmnopqrstuvwxyz:/")
	if word == "-" {
		rest = ""
	}
	return strings.TrimSuffix(word, rest), rest
}

// choices are the words that a value is one of; nil if it may be anything.
func choices(value string) (words []string) {
	for w := range strings.SplitSeq(value, "|") {
		w, _, _ = strings.Cut(w, "[")
		if w != "" && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" {
			words = append(words, w)
		}
	}
	return words
}

// grouped splits flags where their group changes.
func grouped(flags []Flag) (groups [][]Flag) {
	for len(flags) > 0 {
		n := slices.IndexFunc(flags, func(f Flag) bool { return f.Group != flags[0].Group })
		if n < 0 {
			n = len(flags)
		}
		groups = append(groups, flags[:n])
		flags = flags[n:]
	}
	return groups
}
