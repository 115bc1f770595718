package commands

import (
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/client"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/report"
)

type sendOptions struct {
	netOptions
	client   client.Options                          // without the options that are in netOptions
	adapt    func(spec string) (client.Reply, error) // with --reply-framing auto
	messages []string                                // the values of -m
	literal  bool                                    // take -m as it is, and not in the input format
}

func sendCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "send", Args: []manual.Arg{{Value: manual.Address, Words: sendAddress.Terms}, fileArgs[0]},
			Summary: "connect, send messages as frames, print the replies",
			About: "Sends the messages of each FILE or of standard input, one message per line by default, " +
				"and prints the replies as they arrive. After the last message it closes its side of the " +
				"connection, and prints replies until the peer closes the other side. If the peer drops " +
				"its replies when our side closes, use --expect N: our side stays open until N replies " +
				"have arrived.",
			Flags: flagsOf(onSend),
			Sections: []manual.Section{
				sendAddress, outSection(),
				{Title: "HOW", Terms: chunkWords, Text: "A receiver that handles TCP correctly replies the same to all of them."},
				sendReplay, whatSection(""),
				{Title: "Notes", Text: "If the peer stays open and sends nothing, send waits forever: set --linger, " +
					"--idle-timeout or --timeout. --reply-framing auto finds the framing of the replies from their first bytes, as inspect does; " +
					"if they show too little, the error shows what came. " + ignoredNote + " Each flag of the group TLS turns TLS on."},
			},
			Statuses: []int{0, 1, 2, 3, 4, 5, 6, 124, 130},
			Examples: []manual.Example{
				{Text: "send a message, and print the reply", Line: `framecat send -f netstring localhost:4000 -m hello`},
				{Text: "send one byte per write: does the server put the message together?", Line: `framecat send --chunk 1 --expect 1 localhost:4000 -m hello`},
				{Text: "send each line after the reply to the one before, and time the replies", Line: `framecat send --lockstep --stats localhost:4000 lines.txt`},
			},
		},
		run: func(c *cli.Context) error {
			o, err := readSend(c, e)
			if err != nil {
				return err
			}
			return send(e, o, e.signals())
		},
	}
}

func readSend(c *cli.Context, e *Env) (o sendOptions, err error) {
	if err = checkReplay(c, "message", "in", "out", "json-payload", "hex", "lockstep", "expect", "repeat", "rate", "chunk", "gap", "stats"); err != nil {
		return o, err
	}
	if o.netOptions, err = readNet(c, e, false); err != nil {
		return o, err
	}
	if o.auto {
		o.adapt = o.replyAdapter(c, e)
	}
	o.messages, o.literal = c.StringSlice("message"), !c.IsSet("in")
	if len(o.messages) > 0 && len(o.files) > 0 {
		return o, report.Usage("-m and FILE cannot be combined")
	}
	if o.replay.tape != nil && len(o.files) > 0 {
		return o, report.Usage("--replay and FILE cannot be combined: the recording has what is sent")
	}
	if o.replay.tape == nil && o.link.Address.Stdio() && len(o.messages) == 0 && (len(o.files) == 0 || slices.Contains(o.files, "-")) {
		f := report.Usage("%s: standard input is the connection, so that messages cannot come from it", o.link.Address)
		f.Hints = []string{"give the messages with -m, or name a FILE"}
		return o, f
	}
	if o.link.Address.Port == "0" {
		return o, report.Usage("cannot connect to port 0, which is only for listen")
	}
	if o.link.Connect == 0 && !c.IsSet("connect-timeout") {
		o.link.Connect = 10 * time.Second
	}
	o.client.Lockstep, o.client.NoHalfClose = c.Bool("lockstep"), c.Bool("no-half-close")
	if o.client.Expect, err = number(c, "expect", -1); err != nil {
		return o, err
	}
	if o.client.Repeat, err = number(c, "repeat", 1); err != nil {
		return o, err
	}
	if o.client.Linger, err = duration(c, "linger", -1); err != nil {
		return o, err
	}
	if o.client.Retry, err = duration(c, "retry", 0); err != nil {
		return o, err
	}
	if o.client.Gap, err = duration(c, "gap", 0); err != nil {
		return o, err
	}
	if text := c.String("rate"); text != "" {
		if o.client.Rate, err = strconv.ParseFloat(text, 64); err != nil || !(o.client.Rate > 0) || math.IsInf(o.client.Rate, 1) {
			return o, report.Usage("--rate: want a number of messages per second, not %q", text)
		}
	}
	if o.client.Chunk, err = link.ParseChunking(c.String("chunk")); err != nil {
		return o, err
	}
	if c.IsSet("gap") && o.client.Chunk.Kind == "" {
		return o, report.Usage("--gap needs --chunk")
	}
	if o.client.Chunk.Kind == "random" && c.String("chunk") == "random" {
		o.report.Note("to repeat these cuts, use --chunk random:%d", o.client.Chunk.Seed)
	}
	return o, nil
}

// send sends the messages and prints the replies.
func send(e *Env, o sendOptions, signals <-chan os.Signal) error {
	if err := o.ready(); err != nil {
		return err
	}
	if o.link.Address.Stdio() {
		report.KeepOnBrokenPipe()
	}
	if o.replay.tape != nil {
		return o.play(signals)
	}
	x := o.client
	x.Options, x.Codec, x.Report, x.Stats, x.To = o.link, o.codec, o.report, o.stats, o.sink()
	x.Adapt, x.Joined = o.adapt, len(o.messages) > 0
	x.Streams = o.streams(e.Stdin)
	x.Typing = x.Streams && report.IsTerminal(e.Stdin)
	if x.Streams {
		x.ToEnd = func() { endPipe(e.Stdout) }
	}
	x.Source = func() ([]input.Input, formats.Format, error) { return o.source(e.Stdin) }
	return client.Run(x, signals)
}

// endPipe closes standard output if it is a pipe. The program that reads it then sees that the
// peer has closed its side, although send may still have messages to send.
func endPipe(out *os.File) {
	if info, err := out.Stat(); err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0 {
		out.Close()
	}
}

// source returns the inputs with our messages, and their format.
func (o *sendOptions) source(stdin *os.File) (in []input.Input, f formats.Format, err error) {
	f = o.codec.In
	if len(o.messages) > 0 {
		in, f = texts(o.messages, o.literal, f)
		return in, f, nil
	}
	in = input.Files(o.files, stdin, 0, -1)
	for i := range in {
		if in[i].IsStdin() && o.client.Repeat != 1 { // standard input can be read only once
			all, err := io.ReadAll(in[i].Stdin)
			if err != nil {
				return nil, f, err
			}
			text := string(all)
			in[i] = input.Text(text)
		}
	}
	return in, f, nil
}

// streams reports whether messages come from standard input and it may never end.
func (o *sendOptions) streams(stdin *os.File) bool {
	if len(o.messages) > 0 || o.client.Repeat != 1 {
		return false
	}
	info, err := stdin.Stat()
	if err != nil || info.Mode().IsRegular() {
		return false
	}
	for _, name := range o.files {
		if name == "-" {
			return true
		}
	}
	return len(o.files) == 0
}
