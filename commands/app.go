// Package commands is framecat's command line: one file a subcommand, around one
// conversion from framing to framing.
package commands

import (
	"errors"
	"os"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
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
