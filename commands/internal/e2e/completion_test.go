//go:build linux || darwin

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"framecat/commands/internal/peers"
)

// What a user types before TAB, what the line is then, and what is shown to choose
// from. Without want the line stays as it is.
type completionRow struct {
	typed, want string
	shown       []string
}

var completionRows = []completionRow{
	{typed: "framecat dec", want: "framecat decode "},
	{typed: "framecat ", shown: []string{"encode", "decode", "inspect", "why", "framings", "completion", "help"}},
	{typed: "framecat help ins", want: "framecat help inspect "},
	{typed: "framecat completion f", want: "framecat completion fish "},
	{typed: "framecat completion fish cap"},
	{typed: "echo hi | framecat enc", want: "echo hi | framecat encode "},
	{typed: "framecat decode --framin", want: "framecat decode --framing "},
	{typed: "framecat decode --fram", shown: []string{"framing", "frames"}},
	{typed: "framecat decode --framing u8 --fram", want: "framecat decode --framing u8 --frames "},
	{typed: "framecat decode capture.bin --parti", want: "framecat decode capture.bin --partial "},
	{typed: "framecat decode -f nets", want: "framecat decode -f netstring "},
	{typed: "framecat decode -fnets", want: "framecat decode -fnetstring "},
	{typed: "framecat decode --framing=nets", want: "framecat decode --framing=netstring "},
	{typed: "framecat decode -f u16", shown: []string{"2-byte big-endian length", "2-byte little-endian length"}},
	{typed: "framecat decode -f lengt", want: "framecat decode -f length "},
	{typed: "framecat decode -f u16be:cou", want: "framecat decode -f u16be:counts="},
	{typed: "framecat decode -f u16be:offset=2,cou", want: "framecat decode -f u16be:offset=2,counts="},
	{typed: "framecat decode -f u16be:offset=2,counts=fr", want: "framecat decode -f u16be:offset=2,counts=frame "},
	{typed: "framecat decode -f u16be:m", shown: []string{"mask=", "magic=", "magic-at=", "max=", "min="}},
	{typed: "framecat decode -f dicom:str", want: "framecat decode -f dicom:strict "},
	{typed: "framecat decode -f u8:crc=xo", want: "framecat decode -f u8:crc=xor8 "},
	{typed: "framecat decode -f 'u8:crc=xo", want: "framecat decode -f 'u8:crc=xor8'"},
	{typed: "framecat decode -f mqtt --where type=PUBL", want: "framecat decode -f mqtt --where type=PUBLISH "},
	{typed: "framecat decode -o he", want: "framecat decode -o hex "},
	{typed: "framecat decode -o di", shown: []string{"dir:", "diameter", "dicom"}},
	{typed: "framecat decode -o dir:fol", want: "framecat decode -o dir:folder/"},
	{typed: "framecat decode --out=dir:fol", want: "framecat decode --out=dir:folder/"},
	{typed: "framecat decode -qfnets", want: "framecat decode -qfnetstring "},
	{typed: "framecat decode -f=u16be:cou", want: "framecat decode -f=u16be:counts="},
	{typed: "framecat encode -i bas", want: "framecat encode -i base64 "},
	{typed: "framecat encode -i dir", want: ""},
	{typed: "framecat decode --color al", want: "framecat decode --color always "},
	{typed: "framecat decode --on-error sk", want: "framecat decode --on-error skip "},
	{typed: "framecat decode cap", want: "framecat decode capture.bin "},
	{typed: "framecat decode two", want: `framecat decode two\ words.bin `},
	{typed: `framecat decode two\ wo`, want: `framecat decode two\ words.bin `},
	{typed: `framecat decode -f delim:\\r\\n,es`, want: `framecat decode -f delim:\\r\\n,esc=`},
	{typed: "framecat decode -f mqtt --where payl", want: "framecat decode -f mqtt --where payload"},
	{typed: "framecat decode --partial cap", want: "framecat decode --partial capture.bin "},
	{typed: "framecat decode --partial=cap", want: "framecat decode --partial=capture.bin "},
	{typed: "framecat decode -- cap", want: "framecat decode -- capture.bin "},
	{typed: "framecat decode -- --fram"},
	{typed: "framecat decode -n cap"},
	{typed: "framecat encode -m cap"},
	{typed: "framecat framings nets", want: "framecat framings netstring "},
	{typed: "framecat inspect -f au", want: "framecat inspect -f auto "},
	{typed: "framecat nosuch cap"},
	{typed: "framecat lis", want: "framecat listen "},
	{typed: "framecat send ", shown: []string{"localhost:", "tls://", "unix:"}},
	{typed: "framecat send loc", want: "framecat send localhost:"},
	{typed: "framecat send tl", want: "framecat send tls://"},
	{typed: "framecat send unix:cap", want: "framecat send unix:capture.bin "},
	{typed: "framecat listen unix:fol", want: "framecat listen unix:folder/"},
	{typed: "framecat send localhost:4000 cap", want: "framecat send localhost:4000 capture.bin "},
	{typed: "framecat send localhost cap"}, // the port is next
	{typed: "framecat send localhost 4000 cap", want: "framecat send localhost 4000 capture.bin "},
	{typed: "framecat listen 4000 cap"},
	{typed: "framecat send -f nets", want: "framecat send -f netstring "},
	{typed: "framecat listen -f u16be:cou", want: "framecat listen -f u16be:counts="},
	{typed: "framecat send --reply-framing nets", want: "framecat send --reply-framing netstring "},
	{typed: "framecat listen --reply-framing=u16be:cou", want: "framecat listen --reply-framing=u16be:counts="},
	{typed: "framecat send --chunk ", shown: []string{"frame", "header", "merge", "random"}},
	{typed: "framecat send localhost:4000 --chunk hea", want: "framecat send localhost:4000 --chunk header "},
	{typed: "framecat send --chunk=mer", want: "framecat send --chunk=merge "},
	{typed: "framecat send --gap cap"},
	{typed: "framecat send --cert cap", want: "framecat send --cert capture.bin "},
	{typed: "framecat listen -k --port-f", want: "framecat listen -k --port-file "},
	{typed: "framecat tap 4000 loc", want: "framecat tap 4000 localhost:"},
	{typed: "framecat tap 4000 unix:cap", want: "framecat tap 4000 unix:capture.bin "},
	{typed: "framecat tap localhost:4000 4001 cap"},
	{typed: "framecat tap -- cat cap", want: "framecat tap -- cat capture.bin "},
	{typed: "framecat tap -- cat --allow"},
	{typed: "framecat probe loc", want: "framecat probe localhost:"},
	{typed: "framecat probe -- cat cap", want: "framecat probe -- cat capture.bin "},
	// The line is never evaluated, and never run.
	{typed: "framecat decode $(touch pwned) --parti", want: "framecat decode $(touch pwned) --partial "},
	{typed: "framecat decode $(touch pwned) cap", want: "framecat decode $(touch pwned) capture.bin "},
	{typed: "framecat decode -f '$(touch pwned)' --parti", want: "framecat decode -f '$(touch pwned)' --partial "},
	{typed: "framecat decode $(touch pwned) ", shown: []string{"capture.bin", "folder"}},
	{typed: "framecat decode `touch pwned` ", shown: []string{"capture.bin", "folder"}},
	{typed: "framecat decode -f $(touch pwned) --frames=x"},
	{typed: "framecat decode --partial=pwned capt", want: "framecat decode --partial=pwned capture.bin "},
	{typed: "framecat encode -m hello --partial pwned --stat", want: "framecat encode -m hello --partial pwned --stats "},
	{typed: "framecat listen --exec 'touch pwned' --port-f", want: "framecat listen --exec 'touch pwned' --port-file "},
	{typed: "framecat listen --exec touch\\ pwn"},
	{typed: "framecat listen 0 --port-file pwned --keep", want: "framecat listen 0 --port-file pwned --keep-open "},
	{typed: "framecat listen unix:pwned --keep", want: "framecat listen unix:pwned --keep-open "},
	{typed: "framecat send localhost:4000 $(touch pwned) capt", want: "framecat send localhost:4000 $(touch pwned) capture.bin "},
}

// A shell that shows its line when Ctrl-G is typed, in marks that nobody types, and
// forgets it.
type shell struct {
	args  []string
	setup string
}

var testedShells = map[string]shell{
	"bash": {[]string{"--norc", "--noprofile", "-i"}, `
bind 'set show-all-if-ambiguous on'; bind 'set completion-query-items 0'; bind 'set page-completions off'; bind 'set bell-style none'
shows() { printf '\n<%s%s>\n' line: "$READLINE_LINE"; READLINE_LINE=; READLINE_POINT=0; }
bind -x '"\C-g": shows'
source <(framecat completion bash); PS1='$ '
`},
	"zsh": {[]string{"-f", "-i"}, `
unsetopt prompt_cr prompt_sp beep; autoload -Uz compinit; compinit -u -D; LISTMAX=0
shows() { zle -I; printf '\n<%s%s>\n' line: "$BUFFER"; BUFFER= }
zle -N shows; bindkey '^G' shows; setopt no_always_last_prompt
source <(framecat completion zsh); PS1='$ '
`},
	"fish": {[]string{"--no-config", "-i"}, `
function fish_prompt; echo '$ '; end; set -g fish_autosuggestion_enabled 0
function shows; printf '\n<%s%s>\n' line: (commandline); commandline -r ''; end
bind \cg shows
framecat completion fish | source
`},
}

// TestCompletionInShells types at real shells.
func TestCompletionInShells(t *testing.T) {
	peers.Need(t)
	for name, sh := range testedShells {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			term := startShell(t, name, sh)
			for _, r := range completionRows {
				if r.want == "" {
					r.want = r.typed
				}
				got, shown := term.complete(r.typed)
				if strings.HasSuffix(r.want, "'") {
					got = strings.TrimSuffix(got, " ") // some shells add a space after a quote that they close
				}
				if got != r.want {
					t.Errorf("%s: TAB gives %q, want %q\n%q", r.typed, got, r.want, shown)
				}
				for _, s := range r.shown {
					if !strings.Contains(shown, s) {
						t.Errorf("%s: TAB shows no %q:\n%s", r.typed, s, shown)
					}
				}
				if _, err := os.Stat(filepath.Join(term.dir, "pwned")); err == nil {
					t.Fatalf("%s: TAB ran what is on the line", r.typed)
				}
			}
		})
	}
}

// A terminal with a shell in it.
type terminal struct {
	t    *testing.T
	dir  string
	pty  *os.File
	read chan string
}

func startShell(t *testing.T, name string, sh shell) *terminal {
	path := inPath(t, name)
	if version, _ := exec.Command(path, "--version").Output(); name == "bash" && strings.Contains(string(version), "version 3.") {
		t.Skip("this bash can't show its line")
	}
	dir := t.TempDir()
	for _, f := range []string{"capture.bin", "two words.bin", "folder/x"} {
		os.Mkdir(filepath.Join(dir, filepath.Dir(f)), 0o777)
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(path, sh.args...)
	cmd.Dir, cmd.Env = dir, environment("HOME="+t.TempDir(), "TERM="+map[bool]string{true: "xterm", false: "dumb"}[name == "fish"], "ZDOTDIR="+dir, "HISTFILE=", "INPUTRC=/dev/null")
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 200, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t, dir, f, make(chan string, 64)}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := f.Read(buf)
			if err != nil {
				close(term.read)
				return
			}
			term.read <- string(buf[:n])
		}
	}()
	t.Cleanup(func() {
		f.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	setup := filepath.Join(t.TempDir(), "setup")
	if err := os.WriteFile(setup, []byte(sh.setup), 0o666); err != nil {
		t.Fatal(err)
	}
	term.Write("source " + setup + "; echo rea''dy\r")
	term.until(func(s string) bool { return strings.Contains(s, "ready\r") })
	return term
}

func (term *terminal) Write(s string) {
	if _, err := term.pty.WriteString(s); err != nil {
		term.t.Fatal(err)
	}
}

// until reads until what came is enough.
func (term *terminal) until(enough func(string) bool) string {
	var got strings.Builder
	late := time.After(patience)
	for !enough(got.String()) {
		select {
		case s, ok := <-term.read:
			if !ok {
				term.t.Fatalf("the shell ended: %q", got.String())
			}
			got.WriteString(s)
		case <-late:
			term.t.Fatalf("the shell says no more than %q", got.String())
		}
	}
	return got.String()
}

var controls = regexp.MustCompile(`\x1b(\[[0-9;?]*[a-zA-Z]|\(B)|[\x00-\x09\x0b-\x1f]`)

var lineShown = regexp.MustCompile(`(?s)<line:(.*?)>[\r\x1b]*\n`)

// complete types a line and TAB, and returns the line and what was shown.
func (term *terminal) complete(typed string) (line, shown string) {
	term.Write(typed + "\t\x07")
	got := term.until(lineShown.MatchString)
	return lineShown.FindStringSubmatch(got)[1], controls.ReplaceAllString(got, "")
}
