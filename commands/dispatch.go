package commands

import (
	"fmt"
	"slices"
	"strings"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// dispatch runs a command, or prints help or the version. It puts flags before arguments, as
// urfave/cli needs them.
func (p *program) dispatch(args []string) error {
	if len(args) < 2 {
		fmt.Fprint(p.Stderr, p.manual().FrontPage())
		return &report.Failure{Status: report.StatusUsage, Reported: true}
	}
	name, rest := args[1], args[2:]
	switch {
	case args[len(args)-1] == "--generate-bash-completion":
		return staleCompletion()
	case name == manual.CompleteCommand:
		return p.system().Print(p.manual().Complete(rest))
	case name == "help":
		return p.helpCommand(rest, args)
	case strings.HasPrefix(name, "-"):
		flags, err := arrange(args[1:], flagsOf(onProgram), "")
		if err != nil {
			return err
		}
		if asked, err := p.printAsked("", flags, args); asked {
			return err
		}
		return p.unknownCommand(name)
	}
	c := p.command(name)
	if c == nil {
		return p.unknownCommand(name)
	}
	flags, err := arrange(rest, c.page.Flags, name)
	if err != nil {
		return err
	}
	if asked, err := p.printAsked(name, flags, args); asked {
		return err
	}
	return p.parse(c, flags)
}

// printAsked prints help or the version if a flag asks for it. Asked reports whether one does.
func (p *program) printAsked(command string, flags []string, args []string) (asked bool, err error) {
	for _, f := range flags {
		switch f {
		case "--":
			return false, nil
		case "--help":
			return true, p.help(command, colorFlag(args))
		case "--version":
			return true, p.system().Print(p.Build.text() + "\n")
		}
	}
	return false, nil
}

// helpCommand runs framecat help [COMMAND].
func (p *program) helpCommand(rest, args []string) error {
	flags, err := arrange(rest, flagsOf(onProgram|onHelp), "")
	if err != nil {
		return err
	}
	flags = slices.DeleteFunc(flags, func(f string) bool { return strings.HasPrefix(f, "-") })
	if len(flags) > 1 {
		return report.Usage("help explains one command or framing at a time")
	}
	return p.help(strings.Join(flags, ""), colorFlag(args))
}

// help prints the help of framecat, or of the command with this name, or explains a framing.
func (p *program) help(name, color string) error {
	st := p.system().Style(p.Stdout, color)
	if name == "" || name == "help" {
		return p.system().PrintPage(p.manual().Help(st))
	}
	if name == manual.RecordsTopic {
		return p.system().PrintPage(manual.RecordsHelp(st))
	}
	if c := p.command(name); c != nil {
		return p.system().PrintPage(c.page.Help(st))
	}
	if framing.Lookup(name) == nil {
		return p.unknownTopic(name)
	}
	text, err := manual.Framings(st, []string{name})
	if err != nil {
		return formats.SpecFailure(err)
	}
	return p.system().PrintPage(text)
}

// unknownTopic returns the failure for help about something that is neither a command nor a
// framing.
func (p *program) unknownTopic(name string) error {
	f := report.Usage("there is no command or framing %q", name)
	words := []string{"help"}
	for _, c := range p.commands {
		words = append(words, c.page.Name)
	}
	for _, k := range framing.Entries() {
		words = append(words, k.Name)
	}
	switch advice, near := formats.AdviceFor(name), report.Nearest(name, words); {
	case advice != "":
		f.Hints = []string{advice}
	case near != "":
		f.Hints = []string{"did you mean " + near + "?"}
	default:
		f.Hints = []string{"framecat help lists the commands, and framecat framings the framings"}
	}
	return f
}

// unknownCommand returns the failure for a command that does not exist.
func (p *program) unknownCommand(name string) error {
	var names []string
	for _, c := range p.commands {
		names = append(names, c.page.Name)
	}
	names = append(names, "help")
	f := report.Usage("there is no command %q", name)
	f.Hints = []string{"the commands are " + strings.Join(names, ", ")}
	if name == "version" {
		f.Hints = []string{"did you mean --version?"}
	} else if near := report.Nearest(name, names); near != "" {
		f.Hints = []string{"did you mean " + near + "?"}
	}
	return f
}
