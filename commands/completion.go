package commands

import (
	"path/filepath"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
)

func completionCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "completion", Args: []manual.Arg{{Value: "bash|zsh|fish|powershell"}},
			Summary: "print a completion script for a shell",
			About: "Prints a script with which a shell completes commands, flags, framings and their keys, " +
				"formats and files. With --install, it writes the scripts for all shells and the manual pages as " +
				"files, as the packages of framecat do.",
			Flags: flagsOf(onCompletion),
			Sections: []manual.Section{{Title: "Installation", Terms: []manual.Term{
				{Word: "bash, fish", Text: "run framecat completion --install ~/.local/share"},
				{Word: "zsh", Text: "the same, with fpath+=~/.local/share/zsh/site-functions in ~/.zshrc, before compinit"},
				{Word: "powershell", Text: "add to $PROFILE: framecat completion powershell | Out-String | iex"},
				{Word: "all users", Text: "run framecat completion --install /usr/local/share as root"},
				{Word: "DIR", Text: "a directory such as ~/.local/share, in which man and the shells look for files"},
			}, Text: "The script asks framecat what can come next. It never evaluates or runs what is typed."}},
			Statuses: []int{0, 1, 2},
			Examples: []manual.Example{
				{Text: "load it into the running bash", Line: `source <(framecat completion bash)`},
				{Text: "load it into the running zsh, after compinit", Line: `source <(framecat completion zsh)`},
				{Text: "install manual pages, and completion for bash, zsh and fish", Line: `framecat completion --install ~/.local/share`},
			},
		},
		run: func(c *cli.Context) error {
			if c.IsSet("install") {
				return install(e, c)
			}
			script, err := manual.Script(c.Args().Slice())
			if err != nil {
				return err
			}
			return e.system().Print(script)
		},
	}
}

// install writes the files that a package of framecat installs beside the program.
func install(e *Env, c *cli.Context) error {
	if c.NArg() > 0 {
		return report.Usage("completion --install writes the scripts of all shells; it takes no argument")
	}
	b := e.Build.filled()
	dir := c.String("install")
	if err := newProgram(e, "").manual().WriteShare(dir, b.Version, b.Date); err != nil {
		return err
	}
	r := report.New(e.system(), "never")
	r.Note("manual pages are in %s, and completion for bash, zsh, fish and powershell is in %s", filepath.Join(dir, "man"), dir)
	r.Note("start a new shell to use them; zsh needs fpath+=%s in ~/.zshrc, before compinit", report.QuoteArg(filepath.Join(dir, "zsh", "site-functions")))
	return nil
}

// staleCompletion returns the failure for a completion script of urfave/cli, which framecat
// does not use. Such a script adds a flag at the end of the line; the line must not run.
func staleCompletion() error {
	f := report.Usage("framecat does not have the flag --generate-bash-completion")
	f.Hints = []string{"for a completion script for bash, run framecat completion bash"}
	return f
}
