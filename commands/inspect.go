package commands

import (
	"github.com/urfave/cli/v2"

	"framecat/commands/internal/input"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/views"
)

type inspectOptions struct {
	common
	selection
	view  views.Options
	asked bool // -f auto asked for the framing to be found
}

func inspectCommand(s streams) command {
	return command{
		page: manual.Command{
			Name: "inspect", Args: fileArgs,
			Summary: "show where the frames are in a captured stream",
			About: "Shows each FILE, or standard input, as hex, with a mark before each part:\n" +
				"[ header, | payload, / trailer, < leftover, ~ fill, ! the first wrong byte.\n" +
				"Offsets are those of each stream; frames are numbered on over all of them.",
			Flags: flagsOf(onInspect),
			Notes: []string{
				"-f auto looks for the framing. What it finds is rated in bits: each doubles the\n" +
					"odds, and under 24 it can't tell; then the bytes are shown without marks, status 3.",
				whereHelp,
				"Statuses: 0 done, 1 I/O, 2 usage, 3 malformed or over-long frame, or a framing that\n" +
					"can't be told, 4 the stream ends inside a frame.",
			},
			Examples: []manual.Example{
				{Text: "mark where each frame starts, and its payload",
					Line: `framecat inspect -f u16be frames.bin`},
				{Text: "counts and sizes, no rows",
					Line: `printf '5:hello,2:hi,' | framecat inspect -f netstring --summary`},
				{Text: "how a receiver that reads 3 bytes at a time puts frames together",
					Line: `framecat inspect -f u16be --trace --chunks 3 frames.bin`},
			},
		},
		run: func(c *cli.Context) error {
			o, err := readInspect(c, s)
			if err != nil {
				return err
			}
			return inspect(s, o)
		},
	}
}

// inspect shows each input.
func inspect(s streams, o inspectOptions) error {
	if o.view.Auto && !o.asked && o.count > 0 {
		o.report.Note("no framing is given: -f auto looks for it")
	}
	return views.Inspect(s.out, input.Files(o.files, s.in, o.seek, o.length), o.view)
}
