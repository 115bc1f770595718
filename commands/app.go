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

	"framecat/framing"

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
	err := dispatch(newApp(s, only), args, b, s)
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

// subcommands are the commands in the order of help.
var subcommands = []struct {
	name    string
	command func(streams) *cli.Command
}{
	{"encode", encodeCommand}, {"decode", decodeCommand}, {"send", sendCommand}, {"listen", listenCommand},
	{"inspect", inspectCommand}, {"framings", framingsCommand}, {"completion", completionCommand},
}

// newApp makes the command called only, which saves a process's start the others, or all
// if none is called that.
func newApp(s streams, only string) *cli.App {
	app := &cli.App{
		Name:                      "framecat",
		Usage:                     "knows where messages end: netcat, xxd and cat for framed byte streams",
		UsageText:                 "framecat COMMAND [flags] [FILE...]",
		Writer:                    s.out,
		ErrWriter:                 s.err,
		HideHelp:                  true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true,
		OnUsageError:              usageError,
		ExitErrHandler:            func(*cli.Context, error) {},
	}
	for _, row := range subcommands {
		if only == "" || only == row.name {
			c := row.command(s)
			c.OnUsageError = usageError
			c.HideHelp = true
			app.Commands = append(app.Commands, c)
		}
	}
	if only != "" && app.Commands == nil {
		return newApp(s, "")
	}
	return app
}

func usageError(_ *cli.Context, err error, _ bool) error { return report.Usage("%s", err) }

// dispatch runs a command with its flags put first, as urfave/cli needs them, or
// prints help or the version.
func dispatch(app *cli.App, args []string, b Build, s streams) error {
	if len(args) < 2 {
		fmt.Fprint(s.err, frontPage(app))
		return &report.Failure{Status: report.StatusUsage, Reported: true}
	}
	name, rest := args[1], args[2:]
	switch {
	case args[len(args)-1] == "--generate-bash-completion":
		return staleCompletion()
	case name == completeCommand:
		return report.PrintText(s.out, completeLine(app, rest))
	case name == shareCommand && len(rest) == 1:
		return writeShare(app, b.filled(), rest[0])
	case name == "help":
		return helpCommand(app, s, rest, args)
	case strings.HasPrefix(name, "-"):
		flags, err := arrange(args[1:], []cli.Flag{helpFlag, versionFlag}, nil)
		if err != nil {
			return err
		}
		if asked, err := printAsked(app, "", flags, b, s, args); asked {
			return err
		}
		return unknownCommand(app, name)
	}
	c := app.Command(name)
	if c == nil {
		return unknownCommand(app, name)
	}
	flags, err := arrange(rest, allFlags(c), c)
	if err != nil {
		return err
	}
	if asked, err := printAsked(app, name, flags, b, s, args); asked {
		return err
	}
	return app.Run(append([]string{args[0], c.Name}, flags...))
}

// printAsked prints help or the version if one of the flags asks for it.
func printAsked(app *cli.App, command string, flags []string, b Build, s streams, args []string) (asked bool, err error) {
	for _, f := range flags {
		switch f {
		case "--":
			return false, nil
		case "--help":
			return true, help(app, s.out, command, colorFlag(args))
		case "--version":
			return true, report.PrintText(s.out, b.text()+"\n")
		}
	}
	return false, nil
}

// helpCommand is framecat help [COMMAND].
func helpCommand(app *cli.App, s streams, rest, args []string) error {
	flags, err := arrange(rest, []cli.Flag{helpFlag, versionFlag, colorsFlag}, nil)
	if err != nil {
		return err
	}
	flags = slices.DeleteFunc(flags, func(f string) bool { return strings.HasPrefix(f, "-") })
	if len(flags) > 1 {
		return report.Usage("help is for one command")
	}
	return help(app, s.out, strings.Join(flags, ""), colorFlag(args))
}

func unknownCommand(app *cli.App, name string) error {
	var names []string
	for _, c := range app.Commands {
		names = append(names, c.Name)
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
