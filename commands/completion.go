package commands

import (
	"embed"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/framing"

	"framecat/commands/internal/report"
)

//go:embed completions
var scripts embed.FS

// shells are those that have a script, with the end of its name here, and the name
// that the shell looks for.
var shells = []struct{ name, ext, file string }{
	{"bash", "bash", "framecat"}, {"zsh", "zsh", "_framecat"}, {"fish", "fish", "framecat.fish"}, {"powershell", "ps1", "framecat.ps1"},
}

func completionCommand(s streams) command {
	return command{
		page: Command{
			Name: "completion", Args: []Arg{{Value: "bash|zsh|fish|powershell"}},
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
			Examples: []Example{
				{Text: "for this bash",
					Line: `source <(framecat completion bash)`},
				{Text: "for this zsh, behind compinit",
					Line: `source <(framecat completion zsh)`, Shell: "zsh"},
				{Text: "for this fish",
					Line: `framecat completion fish | source`, Shell: "fish"},
			},
		},
		run: func(c *cli.Context) error {
			script, err := completionScript(c.Args().Slice())
			if err != nil {
				return err
			}
			return report.PrintText(s.out, script)
		},
	}
}

func completionScript(args []string) (string, error) {
	var names []string
	for _, sh := range shells {
		if len(args) == 1 && args[0] == sh.name {
			b, err := scripts.ReadFile("completions/framecat." + sh.ext)
			return string(b), err
		}
		names = append(names, sh.name)
	}
	f := report.Usage("completion is for one of %s", strings.Join(names, ", "))
	if len(args) == 1 {
		f.Text += fmt.Sprintf(", not %q", args[0])
		if near := framing.Nearest(args[0], names); near != "" {
			f.Hints = []string{"did you mean " + near + "?"}
		}
	}
	return "", f
}

// staleCompletion answers the scripts of urfave/cli, which are not framecat's: they
// put a flag behind the line, and it must not run.
func staleCompletion() error {
	f := report.Usage("--generate-bash-completion is not how framecat completes")
	f.Hints = []string{"framecat completion bash prints a script for bash"}
	return f
}

// Complete answers a completion script. Words come as they are typed, without
// their quotes; bash and PowerShell give the line:
//
//	words WORD…                       zsh, fish
//	bash LINE BREAKS TYPE COLUMNS     COMP_LINE, COMP_WORDBREAKS, COMP_TYPE
//	powershell LINE                   in base64
//
// The first line of the answer is what to complete, words, files or dirs, and behind
// a tab what stays of the word; then a Term a line, and behind a tab its help.
func (m *Program) Complete(args []string) string {
	switch {
	case len(args) > 1 && args[0] == "words":
		return wordsAnswer(m.complete(args[1:]))
	case len(args) == 5 && args[0] == "bash":
		return m.bashAnswer(args[1], args[2], args[3], args[4])
	case len(args) == 2 && args[0] == "powershell":
		return m.powershellAnswer(args[1])
	}
	return ""
}

func wordsAnswer(c completion) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\t%s\n", c.kind, c.prefix)
	for _, x := range c.list {
		fmt.Fprintf(&b, "%s\t%s\n", x.Word, x.Text)
	}
	return b.String()
}

// open says whether something must follow a Term at once.
func open(text string) bool { return text != "" && strings.ContainsAny(text[len(text)-1:], ":=,~/") }
