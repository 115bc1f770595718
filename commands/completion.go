package commands

import (
	"github.com/urfave/cli/v2"

	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
)

func completionCommand(s streams) command {
	return command{
		page: manual.Command{
			Name: "completion", Args: []manual.Arg{{Value: "bash|zsh|fish|powershell"}},
			Summary: "print a completion script for a shell",
			About: "Prints a script that completes commands, flags, framings and their keys, formats\n" +
				"and files. Packages install it; by hand, bash looks in\n" +
				"~/.local/share/bash-completion/completions/framecat, fish in\n" +
				"~/.config/fish/completions/framecat.fish, zsh for _framecat in $fpath. In the\n" +
				"profile of PowerShell: framecat completion powershell | Out-String | iex. The examples\n" +
				"are for a start file, ~/.zshrc or ~/.config/fish/config.fish, too.",
			Flags: flagsOf(onCompletion),
			Notes: []string{
				"The script asks framecat what may follow. It never evaluates what is typed, and\n" +
					"runs no command.",
			},
			Examples: []manual.Example{
				{Text: "for this bash",
					Line: `source <(framecat completion bash)`},
				{Text: "for this zsh, behind compinit",
					Line: `source <(framecat completion zsh)`},
				{Text: "for this fish",
					Line: `framecat completion fish | source`},
			},
		},
		run: func(c *cli.Context) error {
			script, err := manual.Script(c.Args().Slice())
			if err != nil {
				return err
			}
			return report.PrintText(s.out, script)
		},
	}
}

// staleCompletion answers the scripts of urfave/cli, which are not framecat's: they
// put a flag behind the line, and it must not run.
func staleCompletion() error {
	f := report.Usage("--generate-bash-completion is not how framecat completes")
	f.Hints = []string{"framecat completion bash prints a script for bash"}
	return f
}
