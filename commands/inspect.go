package commands

import (
	"github.com/urfave/cli/v2"

	"framecat/commands/internal/input"
	"framecat/commands/internal/views"
)

type inspectOptions struct {
	common
	selection
	view  views.Options
	asked bool // -f auto asked for the framing to be found
}

func inspectCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "show where the frames are in a captured stream",
		UsageText: "framecat inspect [flags] [FILE...]",
		Description: "Shows each FILE, or standard input, as hex, with a mark before each part:\n" +
			"[ header, | payload, / trailer, < leftover, ~ fill, ! the first wrong byte.\n" +
			"Offsets are those of each stream; frames are numbered on over all of them.\n\n" +
			"-f auto looks for the framing. What it finds is rated in bits: each doubles the\n" +
			"odds, and under 24 it can't tell; then the bytes are shown without marks, status 3.\n\n" +
			whereHelp + "\n\n" +
			"Statuses: 0 done, 1 I/O, 2 usage, 3 malformed or over-long frame, or a framing that\n" +
			"can't be told, 4 the stream ends inside a frame.",
		Flags: []cli.Flag{
			autoFlag(),
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "`json`: a record a frame, and one for all else"},
			&cli.StringFlag{Name: "cols", Aliases: []string{"c"}, Usage: "`N`: bytes a row (16; on a terminal what fits)"},
			&cli.StringFlag{Name: "rows", Usage: "`N`: at most N rows a frame, 0: all"},
			&cli.StringFlag{Name: "layout", Value: "frames", Usage: "`frames|dump`: a frame on its own rows, or not"},
			&cli.BoolFlag{Name: "summary", Usage: "counts and sizes, and no rows"},
			&cli.BoolFlag{Name: "trace", Usage: "each read and decision of the reassembly buffer"},
			&cli.StringFlag{Name: "chunks", Usage: "`3,3,4,1`: of --trace: sizes of reads, the last repeats"},
			captureFlag, streamFlag, directionFlag, whereFlag, &cli.StringFlag{Name: "count", Aliases: []string{"n"}, Usage: "`N`: show N frames, then stop reading"}, framesFlag, seekFlag, lengthFlag, maxFlag, errorFlag, colorsFlag, verboseFlag, quietFlag,
		},
		Action: func(c *cli.Context) error {
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
