package commands

import (
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/client"
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
	shared := auto.sink() // shows the frames of all connections, with --hex
	dst := input.Output(auto.screen, nil)
	return func(spec string) (d serve.Dialect, err error) {
		own := auto
		d.Command = withFraming(e.Args, "--framing", spec)
		if d.Codec, own.theirKind, err = found(auto.codec, spec, 0, c.Bool("join")); err != nil {
			return d, err
		}
		if err = own.fit(c, e, true); err != nil {
			return d, err
		}
		d.To, d.ExecIn = shared, own.plain
		if !own.hex {
			d.To = formats.NewSink(own.out, formats.Frames(d.Theirs), dst, own.report)
		}
		d.Where, err = ofFound(c, own.theirKind, d.Theirs, own.report)
		noteAbsent(own.report, d.Where)
		return d, err
	}
}

// ofFound returns the test of --where for a framing that was found. With --keep-open, other clients
// may have a framing that has its fields.
func ofFound(c *cli.Context, k *framing.Entry, f framing.Framing, r *report.Reporter) (*pump.FrameTest, error) {
	test, err := pump.NewFrameTest(c.StringSlice("where"), nil, nil, 0)
	if err != nil {
		return nil, err
	}
	test.Found(k, f, 0)
	if err = test.Unfit(); err != nil && c.Bool("keep-open") {
		why, _, _ := strings.Cut(err.Error(), "\n")
		r.Fork().Note("%s: no message of such clients can match", why)
		err = nil
	}
	return test, err
}

// found returns a codec for peers that send frames of a framing that was found, in a direction, and
// its row in the table. Ours is the same, unless it is known. Join is --join.
func found(codec pump.Codec, spec string, dir int, join bool) (pump.Codec, *framing.Entry, error) {
	spec = pump.Joined(spec, join)
	f, err := framing.Parse(spec)
	if codec.Theirs = pump.ForDirection(f, dir); codec.Ours == nil {
		codec.Ours = pump.ForDirection(f, 1-dir)
	}
	return codec, framing.Lookup(spec), err
}

// replyAdapter returns a function that returns the options for a framing of replies that
// send --reply-framing auto has found.
func (o *sendOptions) replyAdapter(c *cli.Context, e *Env) func(spec string) (client.Reply, error) {
	auto := *o
	shared := auto.sink()
	return func(spec string) (r client.Reply, err error) {
		own := auto
		r.Command, r.To = withFraming(e.Args, "--reply-framing", spec), shared
		if own.codec, own.theirKind, err = found(auto.codec, spec, 1, c.Bool("join")); err != nil {
			return r, err
		}
		if err = own.fit(c, e, false); err == nil && !own.hex {
			r.To = own.sink()
		}
		r.Framing = own.codec.Theirs
		return r, err
	}
}

// withFraming returns a command line with another framing in place of auto, the value of a flag.
func withFraming(args []string, flag, spec string) string {
	words, set := []string{"framecat"}, false
	for i, arg := range args[1:] {
		if start, ok := strings.CutSuffix(arg, "auto"); ok && !set {
			before := ""
			if start == "" {
				before = args[i]
			}
			if set = endsIn(strings.TrimSuffix(start+before, "="), flag); set {
				arg = start + spec
			}
		}
		words = append(words, report.QuoteArg(arg))
	}
	if !set { // $FRAMECAT_FRAMING
		words = append(words[:2:2], append([]string{"-f", report.QuoteArg(spec)}, words[2:]...)...)
	}
	return strings.Join(words, " ")
}

// endsIn reports whether a word is the flag or, for -f, a group of short ones that ends with it.
func endsIn(word, flag string) bool {
	short := flag == "--framing" && strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.HasSuffix(word, "f")
	return word == flag || short
}
