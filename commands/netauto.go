package commands

import (
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/commands/internal/serve"
	"framecat/framing"
)

// adapter returns a function that returns the options for a framing of peers that listen -f auto
// has found.
func (o *listenOptions) adapter(c *cli.Context, e *Env) func(spec string) (serve.Dialect, error) {
	auto := *o
	shared := auto.sink(e.Stdout) // shows the frames of all connections, with --hex
	dst := input.Output(e.Stdout, nil)
	return func(spec string) (d serve.Dialect, err error) {
		own := auto
		d.Command = withFraming(e.Args, spec)
		if d.Codec, own.theirKind, err = found(auto.codec, spec); err != nil {
			return d, err
		}
		if err = own.fit(c, e, true); err != nil {
			return d, err
		}
		d.To, d.ExecIn = shared, own.plain
		if !own.hex {
			d.To = formats.NewSink(own.out, formats.Frames(d.Theirs), dst, own.report)
		}
		d.Where, err = pump.NewFrameTest(c.StringSlice("where"), own.theirKind, d.Theirs)
		return d, err
	}
}

// found returns a codec for peers that send frames of a framing that was found, and its row in the
// table. Ours is the same, unless it is known.
func found(codec pump.Codec, spec string) (pump.Codec, *framing.Entry, error) {
	f, err := framing.Parse(spec)
	if codec.Theirs = f; codec.Ours == nil {
		codec.Ours = f
	}
	return codec, framing.Lookup(spec), err
}

// withFraming returns the command line of a run of -f auto with another framing.
func withFraming(args []string, spec string) string {
	words, set := []string{"framecat"}, false
	for i, arg := range args[1:] {
		if flag, ok := strings.CutSuffix(arg, "auto"); ok && !set {
			before := ""
			if flag == "" {
				before = args[i]
			}
			if set = isFramingFlag(strings.TrimSuffix(flag+before, "=")); set {
				arg = flag + spec
			}
		}
		words = append(words, report.QuoteArg(arg))
	}
	if !set { // $FRAMECAT_FRAMING
		words = append(words[:2:2], append([]string{"-f", report.QuoteArg(spec)}, words[2:]...)...)
	}
	return strings.Join(words, " ")
}

// isFramingFlag reports whether a flag, or a group of short ones, ends with that of the framing.
func isFramingFlag(s string) bool {
	return s == "--framing" || strings.HasPrefix(s, "-") && !strings.HasPrefix(s, "--") && strings.HasSuffix(s, "f")
}
