package commands

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/framing"

	"framecat/commands/internal/report"

	"framecat/commands/internal/formats"
)

func framingsCommand(s streams) command {
	return command{
		page: Command{
			Name: "framings", Args: []Arg{{Value: Spec, Optional: true, Repeat: true}},
			Summary: "list the framings, or explain some",
			About:   "Without a SPEC, lists what -f can name. With one or more, draws each layout and\ntells its source, an example, and the keys of a plain name.",
			Flags:   flagsOf(onFramings),
			Examples: []Example{
				{Text: "all, a line each",
					Line: `framecat framings`, Want: "netstring"},
				{Text: "the layout, keys and examples of one",
					Line: `framecat framings u16be`, Want: "counts=payload|rest|frame"},
				{Text: "a rule of your own, drawn",
					Line: `framecat framings u16be:offset=2,counts=frame`, Want: "00 09                                length"},
			},
		},
		run: func(c *cli.Context) error {
			if err := checkColor(c); err != nil {
				return err
			}
			return framings(s.out, report.NewStyle(s.out, c.String("color")), c.Args().Slice())
		},
	}
}

func framings(w io.Writer, st report.Style, names []string) error {
	var b strings.Builder
	if len(names) == 0 {
		listFramings(&b, st)
	}
	for i, spec := range names {
		if i > 0 {
			b.WriteString("\n")
		}
		name, args, _ := strings.Cut(spec, ":")
		k := framing.Lookup(name)
		f, err := framing.Parse(spec)
		switch {
		case k != nil && args == "":
			explain(&b, st, k)
		case err != nil:
			return formats.SpecFailure(err)
		default:
			explainSpec(&b, st, k, f)
		}
	}
	return report.PrintText(w, b.String())
}

func listFramings(b *strings.Builder, st report.Style) {
	for _, k := range framing.Kinds() {
		fmt.Fprintf(b, "%s  %s\n", st.Strong(fmt.Sprintf("%-16s", k.Name)), k.Summary)
	}
	b.WriteString("\nframecat framings NAME explains one.\n")
}
