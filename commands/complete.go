package commands

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/framing"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
)

// completeCommand is what the completion scripts call. It reads tables, and never
// runs a command or looks at a file.
const completeCommand = "__complete"

// A candidate is what may stand in the place of a word.
type candidate struct{ text, help string }

// A completion is what may stand at the end of a line. Paths are completed by the
// shell.
type completion struct {
	prefix string // part of the word that stays as it is, in front of each candidate
	kind   string // "words", "files" or "dirs"
	list   []candidate
}

func wordsOf(prefix string, list []candidate) completion {
	return completion{prefix: prefix, kind: "words", list: list}
}

// only keeps the candidates that begin with what is typed.
func (c completion) only(typed string) completion {
	c.list = slices.DeleteFunc(c.list, func(x candidate) bool { return !strings.HasPrefix(x.text, typed) })
	return c
}

// complete tells what the last of the words behind "framecat" may become.
func complete(app *cli.App, words []string) completion {
	last := words[len(words)-1]
	if len(words) == 1 || len(words) == 2 && words[0] == "help" {
		if strings.HasPrefix(last, "-") {
			return wordsOf("", flagNames([]cli.Flag{helpFlag, versionFlag}, last, nil)).only(last)
		}
		return wordsOf("", commandNames(app)).only(last)
	}
	c := app.Command(words[0])
	if c == nil {
		return wordsOf("", nil)
	}
	return newPartLine(c, words[1:len(words)-1]).complete(last)
}

func commandNames(app *cli.App) (list []candidate) {
	for _, c := range app.Commands {
		list = append(list, candidate{c.Name, c.Usage})
	}
	return append(list, candidate{"help", helpUsage})
}

// A partLine is a command with what stands on its line before the word to complete.
type partLine struct {
	command *cli.Command
	flags   map[string]flagRow // by each name, dashes and all
	used    map[string]bool    // flags on the line, by their long name
	pending *flagRow           // its value is next
	spec    string             // value of --framing
	args    []string           // arguments on the line
	ended   bool               // by "--"
}

func newPartLine(c *cli.Command, words []string) *partLine {
	l := &partLine{command: c, flags: map[string]flagRow{}, used: map[string]bool{}}
	for _, f := range allFlags(c) {
		r := newFlagRow(f)
		for _, n := range r.names {
			l.flags[n] = r
		}
	}
	for _, w := range words {
		l.read(w)
	}
	return l
}

// read takes one word of the line, as arrange does.
func (l *partLine) read(w string) {
	switch {
	case l.pending != nil:
		l.value(l.pending, w)
		l.pending = nil
	case l.ended || w == "-" || !strings.HasPrefix(w, "-"):
		l.args = append(l.args, w)
	case w == "--":
		l.ended = true
	default:
		r, value, given := l.split(w)
		switch {
		case r == nil:
		case given:
			l.value(r, value)
		case r.value != "":
			l.used[r.long()] = true
			l.pending = r
		}
	}
}

func (l *partLine) value(r *flagRow, v string) {
	l.used[r.long()] = true
	if r.long() == "--framing" {
		l.spec = v
	}
}

// split finds the flag in a word and the value behind it, if one is there. Of joined
// letters it is the last.
func (l *partLine) split(w string) (r *flagRow, value string, given bool) {
	if strings.HasPrefix(w, "--") {
		name, value, given := strings.Cut(w, "=")
		if row, ok := l.flags[name]; ok {
			l.used[row.long()] = true
			return &row, value, given
		}
		return nil, "", false
	}
	for i := 1; i < len(w); i++ {
		row, ok := l.flags["-"+w[i:i+1]]
		if !ok {
			return nil, "", false
		}
		l.used[row.long()] = true
		if r = &row; row.value != "" {
			return r, strings.TrimPrefix(w[i+1:], "="), i+1 < len(w)
		}
	}
	return r, "", false
}

// complete tells what the last word may become.
func (l *partLine) complete(last string) completion {
	switch {
	case l.pending != nil:
		return l.valueOf(l.pending.value, l.pending.long(), last)
	case l.ended || last == "" || !strings.HasPrefix(last, "-"):
		return l.argument(last)
	}
	names := flagNames(allFlags(l.command), last, l.used)
	if r, value, given := l.split(last); r != nil && given && r.value != "" {
		c := l.valueOf(r.value, r.long(), value)
		c.prefix = strings.TrimSuffix(last, value) + c.prefix
		return c
	}
	return wordsOf("", names).only(last)
}

// flagNames are the flags that are not yet used: the long ones, and for a single dash
// the short ones too.
func flagNames(flags []cli.Flag, typed string, used map[string]bool) (short []candidate) {
	var long []candidate
	for _, f := range flags {
		r := newFlagRow(f)
		if used[r.long()] && !r.repeat {
			continue
		}
		long = append(long, candidate{r.long(), r.meaning()})
		if len(r.names) > 1 && !strings.HasPrefix(typed, "--") {
			short = append(short, candidate{r.names[0], r.meaning()})
		}
	}
	return append(short, long...)
}

// argument tells what an argument may become, from how the command's usage calls it:
// framecat send [flags] ADDRESS [FILE...].
func (l *partLine) argument(last string) completion {
	_, words, ok := strings.Cut(l.command.UsageText, "[flags]")
	if !ok {
		_, words, _ = strings.Cut(l.command.UsageText, l.command.Name)
	}
	places := strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(words))
	if len(l.args) > 0 && len(places) > 0 && places[0] == "ADDRESS" && lacksPort(l.args[0]) {
		places = slices.Insert(places, 1, "PORT")
	}
	if len(places) == 0 {
		return wordsOf("", nil)
	}
	place, more := strings.CutSuffix(places[min(len(l.args), len(places)-1)], "...")
	if len(l.args) >= len(places) && !more {
		return wordsOf("", nil)
	}
	return l.valueOf(place, "", last)
}

// lacksPort says whether an address goes on with its port in the next word, as
// parseAddress takes it.
func lacksPort(word string) bool {
	host, _ := strings.CutPrefix(word, "tls://")
	return !strings.Contains(host, ":") && !link.IsDigits(host)
}

// valueOf tells what a value may become, from what stands for it in the usage.
func (l *partLine) valueOf(stands, flag, typed string) completion {
	if words := choices(stands); len(words) > 0 {
		return wordsOf("", plain(words)).only(typed)
	}
	switch stands {
	case "FILE", "PATH":
		return completion{kind: "files"}
	case "DIR":
		return completion{kind: "dirs"}
	case "SPEC":
		c := completeSpec(typed)
		if flag == "--framing" && l.command.Name == "inspect" {
			c.list = append(c.list, wordsOf("", []candidate{{"auto", "look for the framing"}}).only(typed).list...)
		}
		return c
	case "FORMAT":
		return completeFormat(flag == "--out", typed)
	case "TEST":
		return l.completeTest(typed)
	case "HOW":
		return wordsOf("", chunkHelp).only(typed)
	case "ADDRESS":
		if strings.HasPrefix(typed, "unix:") {
			return completion{prefix: "unix:", kind: "files"}
		}
		return wordsOf("", addressHelp).only(typed)
	}
	return wordsOf("", nil)
}

// chunkHelp are the values of --chunk that have a name.
var chunkHelp = []candidate{
	{"frame", "a frame a write"},
	{"header", "each header apart from the rest"},
	{"merge", "all frames that are pending in a write"},
	{"random", "writes of any size"},
}

// addressHelp is how addresses begin.
var addressHelp = []candidate{
	{"localhost:", "a port of this machine"},
	{"tls://", "HOST:PORT, with TLS"},
	{"unix:", "the path of a socket"},
}

func plain(words []string) (list []candidate) {
	for _, w := range words {
		list = append(list, candidate{text: w})
	}
	return list
}

func completeFormat(out bool, typed string) completion {
	if strings.HasPrefix(typed, "dir:") && out {
		return completion{prefix: "dir:", kind: "dirs"}
	}
	if strings.Contains(typed, ":") {
		return completeSpec(typed)
	}
	var list []candidate
	for _, f := range formats.FormatHelp {
		if out || f.Name != "dir:" {
			list = append(list, candidate{f.Name, f.Text})
		}
	}
	for _, f := range framingCandidates() {
		if f.text != "lines" { // it is a format above
			list = append(list, f)
		}
	}
	return wordsOf("", list).only(typed)
}

// framingCandidates are the names of framings. What can't do without an argument ends
// in a colon.
func framingCandidates() (list []candidate) {
	for _, k := range framing.Kinds() {
		name := k.Name
		if strings.HasPrefix(k.Usage, name+":") {
			name += ":"
		}
		list = append(list, candidate{name, k.Summary})
	}
	return list
}
