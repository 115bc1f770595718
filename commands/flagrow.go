package commands

import (
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

var (
	helpFlag    = &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "print help"}
	versionFlag = &cli.BoolFlag{Name: "version", Aliases: []string{"V"}, Usage: "print version, commit and date"}
)

// allFlags are the flags of a command and those that all have.
func allFlags(c *cli.Command) []cli.Flag {
	return append(c.Flags[:len(c.Flags):len(c.Flags)], helpFlag, versionFlag)
}

// A flagRow is what help, man pages and completion know of a flag.
type flagRow struct {
	names  []string // with their dashes, the one letter first
	value  string   // what stands for its value: SPEC, or the words to choose from; "" if it takes none
	text   string
	def    string // what holds without the flag
	repeat bool
}

// newFlagRow reads the table that urfave/cli keeps. In a flag's Usage, `…` marks
// what stands for the value; in front of a colon it is no part of the sentence.
func newFlagRow(f cli.Flag) flagRow {
	r := flagRow{}
	for _, n := range f.Names() {
		r.names = append(r.names, dashed(n))
	}
	slices.SortStableFunc(r.names, func(a, b string) int { return min(len(a), 3) - min(len(b), 3) })
	d := f.(cli.DocGenerationFlag)
	before, rest, found := strings.Cut(d.GetUsage(), "`")
	if !found {
		r.text = before
	} else {
		value, after, _ := strings.Cut(rest, "`")
		r.value = value
		if sentence, ok := strings.CutPrefix(after, ": "); ok && before == "" {
			r.text = sentence
		} else {
			r.text = before + value + after
		}
	}
	if !d.TakesValue() {
		return r
	}
	if r.value == "" {
		r.value = "VALUE"
	}
	r.def = d.GetDefaultText()
	if bare, err := strconv.Unquote(r.def); err == nil {
		r.def = bare
	}
	_, r.repeat = f.(*cli.StringSliceFlag)
	return r
}

// long is the name that is spelt out.
func (r *flagRow) long() string { return r.names[len(r.names)-1] }

// usage is the flag as it is written, in columns of their own for -x and --long.
func (r *flagRow) usage() string {
	s := strings.Join(r.names, ", ")
	if len(r.names) == 1 {
		s = "    " + s
	}
	if r.value != "" {
		s += " " + r.value
	}
	return s
}

// meaning is the sentence with the default behind it.
func (r *flagRow) meaning() string {
	if r.def == "" {
		return r.text
	}
	return r.text + " (" + r.def + ")"
}

// choices are the words that a value is one of; nil if it may be anything.
func choices(value string) (words []string) {
	for w := range strings.SplitSeq(value, "|") {
		w, _, _ = strings.Cut(w, "[")
		if w != "" && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" {
			words = append(words, w)
		}
	}
	return words
}

// A group is flags that a person looks for together.
type group struct{ title, flags string }

// groups are in the order of a reader's interest, and so are the flags in each.
var groups = []group{
	{"Framing", "framing reply-framing max-frame"},
	{"Input", "in message seek length capture stream direction"},
	{"Output", "out where frames count"},
	{"View", "layout cols rows summary trace chunks hex"},
	{"Exchange", "echo exec expect lockstep linger no-half-close repeat rate"},
	{"Connection", "connect-timeout retry keep-open max-conns port-file"},
	{"Timeouts", "timeout idle-timeout frame-timeout"},
	{"Cuts", "chunk gap"},
	{"TLS", "tls ca cert key server-name client-ca insecure"},
	{"Errors", "on-error partial"},
	{"Terminal", "color force"},
	{"Reports", "stats verbose quiet help version"},
}

const otherGroup = "Other"

// A flagGroup is a group with those of its flags that a command has.
type flagGroup struct {
	title string
	rows  []flagRow
}

// grouped puts flags into groups. What belongs to none is last.
func grouped(flags []cli.Flag) (out []flagGroup) {
	byName := map[string]cli.Flag{}
	for _, f := range flags {
		byName[f.Names()[0]] = f
	}
	take := func(title string, names []string) {
		g := flagGroup{title: title}
		for _, n := range names {
			if f := byName[n]; f != nil {
				g.rows = append(g.rows, newFlagRow(f))
				delete(byName, n)
			}
		}
		if len(g.rows) > 0 {
			out = append(out, g)
		}
	}
	for _, g := range groups {
		take(g.title, strings.Fields(g.flags))
	}
	var rest []string
	for _, f := range flags {
		rest = append(rest, f.Names()[0])
	}
	take(otherGroup, rest)
	return out
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
