// Package commands is framecat's command line: one file a subcommand, around one
// conversion from framing to framing.
package commands

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// streams are the three files of a process.
type streams struct {
	in, out, err *os.File
}

// Run runs one command line, args[0] being the program, and returns its exit status.
func Run(args []string, b Build, stdin, stdout, stderr *os.File) int {
	s := streams{stdin, stdout, stderr}
	only := ""
	if len(args) > 1 {
		only = args[1]
	}
	err := newProgram(s, only).dispatch(args, b)
	if err == nil {
		return report.StatusOK
	}
	var f *report.Failure
	if !errors.As(err, &f) {
		f = report.Usage("%s", err)
	}
	if !f.Reported {
		report.New(stderr, colorFlag(args)).Fail("", f)
	}
	return f.Status
}

// A command is a subcommand: its page of the manual, and the function that runs it.
type command struct {
	page manual.Command
	run  cli.ActionFunc
}

// subcommands make the commands, in the order of help.
var subcommands = []struct {
	name string
	make func(streams) command
}{
	{"encode", encodeCommand}, {"decode", decodeCommand}, {"send", sendCommand}, {"listen", listenCommand},
	{"inspect", inspectCommand}, {"framings", framingsCommand}, {"completion", completionCommand},
}

// A program is framecat's commands.
type program struct {
	commands []command
	streams
}

// newProgram makes the command called only, or all if none is called that. To make the
// others takes time, and each start of the program would pay for it.
func newProgram(s streams, only string) *program {
	p := &program{streams: s}
	for _, row := range subcommands {
		if only == "" || only == row.name {
			p.commands = append(p.commands, row.make(s))
		}
	}
	if only != "" && p.commands == nil {
		return newProgram(s, "")
	}
	return p
}

// command is the command called name, or nil.
func (p *program) command(name string) *command {
	for i := range p.commands {
		if p.commands[i].page.Name == name {
			return &p.commands[i]
		}
	}
	return nil
}

// manual is what help, man pages and completion are made from.
func (p *program) manual() *manual.Program {
	m := &manual.Program{Flags: flagsOf(onProgram), Formats: formatTerms(), Examples: programExamples}
	for _, c := range p.commands {
		m.Commands = append(m.Commands, c.page)
	}
	return m
}

// parse runs a command with its flags, which stand before its arguments.
func (p *program) parse(c *command, args []string) error {
	app := &cli.App{
		Name: "framecat", Writer: p.out, ErrWriter: p.err, HideHelp: true, HideVersion: true,
		DisableSliceFlagSeparator: true, OnUsageError: usageError, ExitErrHandler: func(*cli.Context, error) {},
		Commands: []*cli.Command{{Name: c.page.Name, HideHelp: true, OnUsageError: usageError, Flags: cliFlags(c.page.Flags), Action: c.run}},
	}
	return app.Run(append([]string{"framecat", c.page.Name}, args...))
}

func usageError(_ *cli.Context, err error, _ bool) error { return report.Usage("%s", err) }

// dispatch runs a command with its flags put first, as urfave/cli needs them, or
// prints help or the version.
func (p *program) dispatch(args []string, b Build) error {
	if len(args) < 2 {
		fmt.Fprint(p.err, p.manual().FrontPage())
		return &report.Failure{Status: report.StatusUsage, Reported: true}
	}
	name, rest := args[1], args[2:]
	switch {
	case args[len(args)-1] == "--generate-bash-completion":
		return staleCompletion()
	case name == manual.CompleteCommand:
		return report.PrintText(p.out, p.manual().Complete(rest))
	case name == manual.ShareCommand && len(rest) == 1:
		b = b.filled()
		return p.manual().WriteShare(rest[0], b.Version, b.Date)
	case name == "help":
		return p.helpCommand(rest, args)
	case strings.HasPrefix(name, "-"):
		flags, err := arrange(args[1:], flagsOf(onProgram), "")
		if err != nil {
			return err
		}
		if asked, err := p.printAsked("", flags, b, args); asked {
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
	if asked, err := p.printAsked(name, flags, b, args); asked {
		return err
	}
	return p.parse(c, flags)
}

// printAsked prints help or the version if one of the flags asks for it.
func (p *program) printAsked(command string, flags []string, b Build, args []string) (asked bool, err error) {
	for _, f := range flags {
		switch f {
		case "--":
			return false, nil
		case "--help":
			return true, p.help(command, colorFlag(args))
		case "--version":
			return true, report.PrintText(p.out, b.text()+"\n")
		}
	}
	return false, nil
}

// helpCommand is framecat help [COMMAND].
func (p *program) helpCommand(rest, args []string) error {
	flags, err := arrange(rest, flagsOf(onProgram|onHelp), "")
	if err != nil {
		return err
	}
	flags = slices.DeleteFunc(flags, func(f string) bool { return strings.HasPrefix(f, "-") })
	if len(flags) > 1 {
		return report.Usage("help is for one command")
	}
	return p.help(strings.Join(flags, ""), colorFlag(args))
}

// help prints the help of framecat, or of the command called name.
func (p *program) help(name, color string) error {
	st := report.NewStyle(p.out, color)
	if name == "" || name == "help" {
		return report.PrintText(p.out, p.manual().Help(st))
	}
	c := p.command(name)
	if c == nil {
		return p.unknownCommand(name)
	}
	return report.PrintText(p.out, c.page.Help(st))
}

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
	} else if near := framing.Nearest(name, names); near != "" {
		f.Hints = []string{"did you mean " + near + "?"}
	}
	return f
}
