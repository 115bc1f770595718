package commands

import (
	"github.com/urfave/cli/v2"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/manual"
)

func framingsCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "framings", Args: []manual.Arg{{Value: manual.Spec, Optional: true, Repeat: true}},
			Summary: "list the framings, or explain some",
			About: "Without a SPEC, lists the framings that -f can name. With SPECs, explains each: the layout " +
				"of its frames, where the rule is written down, an example, and its keys.",
			Flags:    flagsOf(onFramings),
			Sections: []manual.Section{manual.Grammar},
			Statuses: []int{0, 1, 2},
			Examples: []manual.Example{
				{Text: "list all framings", Line: `framecat framings`},
				{Text: "explain one: its layout, keys and examples", Line: `framecat framings u16be`},
				{Text: "draw a framing of your own", Line: `framecat framings u16be:offset=2,counts=frame`},
			},
		},
		run: func(c *cli.Context) error {
			if err := checkColor(c); err != nil {
				return err
			}
			text, err := manual.Framings(e.system().Style(e.Stdout, c.String("color")), c.Args().Slice())
			if err != nil {
				return formats.SpecFailure(err)
			}
			return e.system().Print(text)
		},
	}
}
