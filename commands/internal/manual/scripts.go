package manual

import (
	"embed"
	"fmt"
	"strings"

	"framecat/commands/internal/report"
)

//go:embed completions
var scripts embed.FS

// shells are those that have a script, with the end of its name here, and the file in which the
// shell looks for it, below a directory such as ~/.local/share. PowerShell looks for no file.
var shells = []struct{ name, ext, file string }{
	{"bash", "bash", "bash-completion/completions/framecat"},
	{"zsh", "zsh", "zsh/site-functions/_framecat"},
	{"fish", "fish", "fish/vendor_completions.d/framecat.fish"},
	{"powershell", "ps1", "powershell/framecat.ps1"},
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
	f := report.Usage("completion needs the name of a shell, one of %s", strings.Join(names, ", "))
	if len(args) == 1 {
		f.Text += fmt.Sprintf(", not %q", args[0])
		if near := report.Nearest(args[0], names); near != "" {
			f.Hints = []string{"did you mean " + near + "?"}
		}
	}
	return "", f
}
