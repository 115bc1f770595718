package commands

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/framing"
)

func framingsCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:        "framings",
		Usage:       "list the framings, or explain some",
		UsageText:   "framecat framings [NAME...]",
		Description: "Without a NAME, lists what -f can name. With one or more, draws each layout and\ntells its keys, its source and an example.",
		Flags:       []cli.Flag{colorsFlag},
		Action: func(c *cli.Context) error {
			if err := checkColor(c); err != nil {
				return err
			}
			return framings(s.out, newStyle(s.out, c.String("color")), c.Args().Slice())
		},
	}
}

func framings(w io.Writer, st style, names []string) error {
	var b strings.Builder
	if len(names) == 0 {
		listFramings(&b, st)
	}
	var rows []*framing.Kind
	for _, name := range names {
		name, _, _ = strings.Cut(name, ":")
		k := framing.Lookup(name)
		if k == nil {
			_, err := framing.Parse(name)
			return specFailure(err)
		}
		rows = append(rows, k)
	}
	for i, k := range rows {
		if i > 0 {
			b.WriteString("\n")
		}
		explain(&b, st, k)
	}
	return printText(w, b.String())
}

func listFramings(b *strings.Builder, st style) {
	for _, k := range framing.Kinds() {
		fmt.Fprintf(b, "%s  %s\n", st.strong(fmt.Sprintf("%-16s", k.Name)), k.Summary)
	}
	b.WriteString("\nframecat framings NAME explains one.\n")
}
