package commands

import (
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
				"formats and files. Packages of framecat install it; the examples load it into a running shell.",
			Flags: flagsOf(onCompletion),
			Sections: []manual.Section{{Title: "Installation", Terms: []manual.Term{
				{Word: "bash", Text: "save the script as ~/.local/share/bash-completion/completions/framecat"},
				{Word: "zsh", Text: "save the script as _framecat in a directory of $fpath"},
				{Word: "fish", Text: "save the script as ~/.config/fish/completions/framecat.fish"},
				{Word: "powershell", Text: "add to $PROFILE: framecat completion powershell | Out-String | iex"},
			}, Text: "The script asks framecat what can come next. It never evaluates or runs what is typed."}},
			Statuses: []int{0, 1, 2},
			Examples: []manual.Example{
				{Text: "load it into the running bash", Line: `source <(framecat completion bash)`},
				{Text: "load it into the running zsh, after compinit", Line: `source <(framecat completion zsh)`},
				{Text: "load it into the running fish", Line: `framecat completion fish | source`},
			},
		},
		run: func(c *cli.Context) error {
			script, err := manual.Script(c.Args().Slice())
			if err != nil {
				return err
			}
			return e.system().Print(script)
		},
	}
}

// staleCompletion returns the failure for a completion script of urfave/cli, which framecat
// does not use. Such a script adds a flag at the end of the line; the line must not run.
func staleCompletion() error {
	f := report.Usage("framecat does not have the flag --generate-bash-completion")
	f.Hints = []string{"for a completion script for bash, run framecat completion bash"}
	return f
}
