package manual

import (
	"embed"
	"fmt"
	"strings"

	"framecat/commands/internal/report"
	"framecat/framing"
)

//go:embed completions
var scripts embed.FS

// shells are those that have a script, with the end of its name here, and the name
// that the shell looks for.
var shells = []struct{ name, ext, file string }{
	{"bash", "bash", "framecat"}, {"zsh", "zsh", "_framecat"}, {"fish", "fish", "framecat.fish"}, {"powershell", "ps1", "framecat.ps1"},
}

// Script is the completion script of the shell that args name.
func Script(args []string) (string, error) {
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
