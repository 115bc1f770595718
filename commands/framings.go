package commands

import (
	"errors"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/export"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
)

func framingsCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "framings", Args: []manual.Arg{{Value: manual.Spec, Optional: true, Repeat: true}},
			Summary: "list the framings, explain some, or export one",
			About: "Without a SPEC, lists the framings that -f can name. With SPECs, explains each: the layout " +
				"of its frames, where the rule is written down, an example, and its keys. With --search, lists those that " +
				"have all words in their name, their other names, their summary, their source or their group, in any case; the " +
				"words are WORD and the other arguments. If no framing has them, the status is 2.\n\nWith --to, prints the framing as " +
				"source code for another program: a dissector in Lua for Wireshark, a .ksy for Kaitai Struct, or a " +
				"pattern for ImHex. It works for framings of the length, delimiter and fixed rules and for the protocols that build on them.",
			Flags:    flagsOf(onFramings),
			Sections: []manual.Section{manual.Grammar},
			Statuses: []int{0, 1, 2},
			Examples: []manual.Example{
				{Text: "find framings by a word", Line: `framecat framings --search json`},
				{Text: "draw and explain a framing", Line: `framecat framings u16be:offset=2,counts=frame`},
				{Text: "write a dissector for Wireshark", Line: `framecat framings kafka --to wireshark >kafka.lua`},
			},
		},
		run: func(c *cli.Context) error {
			if err := checkColor(c); err != nil {
				return err
			}
			st := e.system().Style(e.Stdout, c.String("color"))
			if c.IsSet("to") {
				return exportFraming(e, c)
			}
			if c.IsSet("search") {
				return searchFramings(e, st, append(strings.Fields(c.String("search")), c.Args().Slice()...))
			}
			text, err := manual.Framings(st, c.Args().Slice())
			if err != nil {
				return formats.SpecFailure(err)
			}
			return e.system().PrintPage(text)
		},
	}
}

// exportFraming prints the framing of the argument for another program.
func exportFraming(e *Env, c *cli.Context) error {
	to, specs := c.String("to"), c.Args().Slice()
	switch {
	case !slices.Contains(export.Targets(), to):
		return report.Usage("--to: want wireshark, kaitai or imhex, not %q", to)
	case c.IsSet("search"):
		return report.Usage("--to and --search do not go together")
	case len(specs) != 1:
		return report.Usage("--to exports one framing, not %d", len(specs))
	}
	text, err := export.Text(to, specs[0])
	var unfit *export.UnfitError
	if errors.As(err, &unfit) {
		f := report.Usage("--to %s: %s", to, err)
		f.Hints = []string{"these can be exported: " + strings.Join(unfit.Fit, ", ")}
		return f
	} else if err != nil {
		return formats.SpecFailure(err)
	}
	return e.system().Print(text)
}

// searchFramings lists the framings that have all of the words.
func searchFramings(e *Env, st report.Style, words []string) error {
	if len(words) == 0 {
		return report.Usage("--search: want a word, not %q", "")
	}
	text, near := manual.Search(st, words)
	if len(words) == 1 && slices.Contains([]string{"crc", "checksum", "crc="}, strings.ToLower(words[0])) {
		text = strings.TrimPrefix(text+"\n"+manual.ChecksumNote, "\n")
	}
	if text != "" {
		return e.system().PrintPage(text)
	}
	f := report.Usage("no framing has %s in its names, its summary or its source", report.Sanitize(strings.Join(words, " and ")))
	switch advice := formats.AdviceFor(words[0]); {
	case advice != "":
		f.Hints = []string{advice}
	case near != "":
		f.Hints = []string{"did you mean " + near + "?"}
	default:
		f.Hints = []string{"for a list of all framings, run framecat framings"}
	}
	return f
}
