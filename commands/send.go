package commands

import (
	"io"
	"math"
	"os"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/report"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
)

type sendOptions struct {
	netOptions
	messages []string // given on the command line, instead of files
	literal  bool     // they are taken as they are

	expect      int64 // replies to wait for; -1 is as many as come
	lockstep    bool
	noHalfClose bool
	linger      time.Duration // for replies, after the last message; -1 is no limit
	repeat      int64         // times to send all messages; 0 is no end
	rate        float64       // messages a second; 0 is no limit
	retry       time.Duration
	chunk       link.Chunking
	gap         time.Duration
}

func sendCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "send",
		Usage:     "connect, send messages as frames, print the replies",
		UsageText: "framecat send [flags] ADDRESS [FILE...]",
		Description: "Sends the messages of each FILE, or of standard input, one a line by default, and\n" +
			"prints the replies as they come. After the last message it closes its side of the\n" +
			"connection and goes on printing until the peer closes the other. Where a peer throws\n" +
			"its replies away when it sees that, --expect N keeps the side open for N replies.\n\n" +
			"ADDRESS: HOST:PORT, HOST PORT, PORT (on 127.0.0.1), unix:/path, tls://HOST:PORT.\n\n" +
			outHelp + "\n\n" +
			"--chunk cuts or merges the writes, to see whether a receiver puts messages together:\n" +
			"frame (one a write), N (bytes a write), 3,3,4,1 (the last repeats), random[:SEED],\n" +
			"header (apart from the rest), merge[:N] (all that is pending, at most N bytes).\n\n" +
			"A peer that stays open and silent is waited for without end: --linger, --idle-timeout\n" +
			"or --timeout set one. --ca, --cert, --server-name and --insecure ask for TLS as --tls\n" +
			"does.\n\n" +
			"Statuses: 0 done, 1 I/O or network, 2 usage, 3 malformed or over-long frame, 4 the\n" +
			"stream ends inside a frame, 5 a message does not fit, 6 fewer replies than --expect,\n" +
			"124 --timeout passed, 130 or 143 interrupted.",
		Flags: append([]cli.Flag{
			&cli.StringSliceFlag{Name: "message", Aliases: []string{"m"}, KeepSpace: true, Usage: "`TEXT`: send this, not stdin; may be repeated"},
			&cli.StringFlag{Name: "expect", Usage: "`N`: end after N replies; status 6 if fewer come"},
			&cli.BoolFlag{Name: "lockstep", Usage: "wait for a reply to each message"},
			&cli.StringFlag{Name: "linger", Usage: "`DURATION`: how long to wait for replies at the end"},
			&cli.BoolFlag{Name: "no-half-close", Usage: "keep our side open after the last message"},
			&cli.StringFlag{Name: "repeat", Value: "1", Usage: "`N`: send all messages N times, 0: without end"},
			&cli.StringFlag{Name: "rate", Usage: "`N`: send N messages a second"},
			&cli.StringFlag{Name: "retry", Usage: "`DURATION`: go on trying to connect"},
			&cli.StringFlag{Name: "chunk", Usage: "`HOW`: cut or merge the writes, see below"},
			&cli.StringFlag{Name: "gap", Value: "2ms", Usage: "`DURATION`: between the writes of --chunk"},
			&cli.BoolFlag{Name: "stats", Usage: "messages, writes and round trips at the end"},
			serverNameFlag, insecureFlag,
		}, netFlags(quietFlag, &cli.StringFlag{Name: "connect-timeout", Aliases: []string{"w"}, DefaultText: "10s", Usage: "`DURATION`: how long to wait for the connection"})...),
		Action: func(c *cli.Context) error {
			o, err := readSend(c, s)
			if err != nil {
				return err
			}
			signals, stop := notifySignals()
			defer stop()
			return send(s, o, signals)
		},
	}
}

func readSend(c *cli.Context, s streams) (o sendOptions, err error) {
	if o.netOptions, err = readNet(c, s, false); err != nil {
		return o, err
	}
	o.messages, o.literal = c.StringSlice("message"), !c.IsSet("in")
	if len(o.messages) > 0 && len(o.files) > 0 {
		return o, report.Usage("messages come from -m or from files, not from both")
	}
	if o.address.Port == "0" {
		return o, report.Usage("port 0 is for listen: nobody can connect to it")
	}
	if o.connect == 0 && !c.IsSet("connect-timeout") {
		o.connect = 10 * time.Second
	}
	o.lockstep, o.noHalfClose = c.Bool("lockstep"), c.Bool("no-half-close")
	if o.expect, err = number(c, "expect", -1); err != nil {
		return o, err
	}
	if o.repeat, err = number(c, "repeat", 1); err != nil {
		return o, err
	}
	if o.linger, err = duration(c, "linger", -1); err != nil {
		return o, err
	}
	if o.retry, err = duration(c, "retry", 0); err != nil {
		return o, err
	}
	if o.gap, err = duration(c, "gap", 0); err != nil {
		return o, err
	}
	if text := c.String("rate"); text != "" {
		if o.rate, err = strconv.ParseFloat(text, 64); err != nil || !(o.rate > 0) || math.IsInf(o.rate, 1) {
			return o, report.Usage("--rate is a number of messages a second, not %q", text)
		}
	}
	if o.chunk, err = link.ParseChunking(c.String("chunk")); err != nil {
		return o, err
	}
	if o.chunk.Kind == "random" && c.String("chunk") == "random" {
		o.report.Note("--chunk random:%d does the same again", o.chunk.Seed)
	}
	return o, nil
}

// source returns the inputs, and the format they are in.
func (o *sendOptions) source(stdin *os.File) (in []input.Input, f formats.Format, err error) {
	f = o.in
	if len(o.messages) > 0 {
		for _, m := range o.messages {
			in = append(in, input.Text(m))
		}
		if o.literal {
			f = formats.Raw()
		}
		return in, f, nil
	}
	in = input.Files(o.files, stdin, 0, -1)
	for i := range in {
		if in[i].IsStdin() && o.repeat != 1 { // it can be read only once
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

// streams says whether standard input is read, and may go on for ever.
func (o *sendOptions) streams(stdin *os.File) bool {
	if len(o.messages) > 0 || o.repeat != 1 {
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
