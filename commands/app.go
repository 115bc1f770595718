// Package commands is the command line of framecat: one file per subcommand, the flags, and
// Run, which runs a command line. The commands are thin; the packages below internal do the
// work.
package commands

import (
	"errors"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
)

// Run runs one command line and returns its exit status.
func Run(e Env) int {
	only := ""
	if len(e.Args) > 1 {
		only = e.Args[1]
	}
	err := newProgram(&e, only).dispatch(e.Args)
	if err == nil {
		return report.StatusOK
	}
	var f *report.Failure
	if !errors.As(err, &f) {
		f = report.Usage("%s", err)
	}
	if !f.Reported {
		report.New(e.system(), colorFlag(e.Args)).Fail("", f)
	}
	return f.Status
}

// A subcommand has the function that makes a command.
type subcommand struct {
	name string
	make func(*Env) command
}

// subcommands returns all commands, in the order of help.
func subcommands() []subcommand {
	return []subcommand{
		{"encode", encodeCommand}, {"decode", decodeCommand}, {"send", sendCommand}, {"listen", listenCommand},
		{"inspect", inspectCommand}, {"tap", tapCommand}, {"probe", probeCommand}, {"diff", diffCommand}, {"why", whyCommand},
		{"framings", framingsCommand}, {"completion", completionCommand},
	}
}

// A program has the commands of framecat.
type program struct {
	*Env
	commands []command
}

// newProgram returns a program with the command only, or with all commands if there is none
// of this name. Each command takes time to make, which would delay every start.
func newProgram(e *Env, only string) *program {
	p := &program{Env: e}
	for _, row := range subcommands() {
		if only == "" || only == row.name {
			p.commands = append(p.commands, row.make(e))
		}
	}
	if only != "" && p.commands == nil {
		return newProgram(e, "")
	}
	return p
}

// command returns the command with this name, or nil.
func (p *program) command(name string) *command {
	for i := range p.commands {
		if p.commands[i].page.Name == name {
			return &p.commands[i]
		}
	}
	return nil
}

// manual returns the manual, from which help, man pages and completion are made.
func (p *program) manual() *manual.Program {
	m := &manual.Program{Flags: flagsOf(onProgram), Formats: formatTerms(), Tests: testTerms(), Examples: programExamples}
	for _, c := range p.commands {
		m.Commands = append(m.Commands, c.page)
	}
	return m
}

// parse runs a command. The flags must come before the arguments.
func (p *program) parse(c *command, args []string) error {
	app := &cli.App{
		Name: "framecat", Writer: p.Stdout, ErrWriter: p.Stderr, HideHelp: true, HideVersion: true,
		DisableSliceFlagSeparator: true, OnUsageError: usageError, ExitErrHandler: func(*cli.Context, error) {},
		Commands: []*cli.Command{{Name: c.page.Name, HideHelp: true, OnUsageError: usageError, Flags: cliFlags(c.page.Flags), Action: c.run}},
	}
	return app.Run(append([]string{"framecat", c.page.Name}, args...))
}

func usageError(_ *cli.Context, err error, _ bool) error { return report.Usage("%s", err) }
