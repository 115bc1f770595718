package commands

import (
	"github.com/urfave/cli/v2"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
)

type encodeOptions struct {
	common
	in       formats.Format
	messages []string // the values of -m
	screen   bool     // standard output is a terminal, which frames must not control
	literal  bool     // take -m as it is, and not in the input format
}

func encodeCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "encode", Args: fileArgs,
			Summary: "messages in, frames out",
			About: "Reads messages from each FILE or from standard input, one message per line by default, " +
				"and writes each as a frame to standard output.",
			Flags:    flagsOf(onEncode),
			Sections: []manual.Section{inSection(), filterNotes()},
			Statuses: []int{0, 1, 2, 3, 4, 5, 130},
			Examples: []manual.Example{
				{Text: "put each line into a frame with a 2-byte length", Line: `printf 'hi\nthere\n' | framecat encode -f u16be > frames.bin`},
				{Text: "put two messages from the command line into frames", Line: `framecat encode -f netstring -m hello -m 'two words'`},
				{Text: "make one message of a file, for a language server", Line: `framecat encode -f lsp -i raw request.json`},
			},
		},
		run: func(c *cli.Context) error {
			o, err := readEncode(c, e)
			if err != nil {
				return err
			}
			return encode(e, o)
		},
	}
}

func readEncode(c *cli.Context, e *Env) (o encodeOptions, err error) {
	if o.common, err = readCommon(c, e); err != nil {
		return o, err
	}
	if o.in, err = formats.In(c.String("in")); err != nil {
		return o, err
	}
	o.messages, o.literal = c.StringSlice("message"), !c.IsSet("in")
	if len(o.messages) > 0 && len(o.files) > 0 {
		return o, report.Usage("-m and FILE cannot be combined")
	}
	if o.screen = report.IsTerminal(e.Stdout) && !o.force; o.screen && !formats.IsPrintable(o.framing) {
		return o, formats.RefuseEncode(o.framing)
	}
	return o, nil
}

// encode converts the messages of each input to frames on standard output.
func encode(e *Env, o encodeOptions) error {
	dst := input.Output(e.Stdout, o.work.Gate)
	var sink formats.Sink = formats.NewFrameSink(o.framing, o.in, "-f", dst, o.report)
	if o.screen {
		sink = formats.NewScreenSink(o.framing, o.in, "-f", dst, o.report, formats.ScreenHints(o.framing))
	}
	c := pump.New(o.in, sink, o.report, o.max)
	in := input.Files(o.files, e.Stdin, 0, -1)
	if c.Joined = len(o.messages) > 0; c.Joined {
		in, c.From = texts(o.messages, o.literal, c.From)
	}
	return o.common.run(c, in, e)
}
