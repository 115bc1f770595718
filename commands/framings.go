package commands

import (
	"github.com/urfave/cli/v2"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
)

func framingsCommand(s streams) command {
	return command{
		page: manual.Command{
			Name: "framings", Args: []manual.Arg{{Value: manual.Spec, Optional: true, Repeat: true}},
			Summary: "list the framings, or explain some",
			About:   "Without a SPEC, lists what -f can name. With one or more, draws each layout and\ntells its source, an example, and the keys of a plain name.",
			Flags:   flagsOf(onFramings),
			Examples: []manual.Example{
				{Text: "all, a line each",
					Line: `framecat framings`},
				{Text: "the layout, keys and examples of one",
					Line: `framecat framings u16be`},
				{Text: "a rule of your own, drawn",
					Line: `framecat framings u16be:offset=2,counts=frame`},
			},
		},
		run: func(c *cli.Context) error {
			if err := checkColor(c); err != nil {
				return err
			}
			text, err := manual.Framings(report.NewStyle(s.out, c.String("color")), c.Args().Slice())
			if err != nil {
				return formats.SpecFailure(err)
			}
			return report.PrintText(s.out, text)
		},
	}
}
