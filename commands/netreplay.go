package commands

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/client"
	"framecat/commands/internal/compare"
	"framecat/commands/internal/input"
	"framecat/commands/internal/replay"
	"framecat/commands/internal/report"
	"framecat/commands/internal/serve"
)

// replayOptions are the flags of send and listen about a recording that is played.
type replayOptions struct {
	sides   [2]replay.Side // the framings that are given
	tape    *replay.Tape   // nil if nothing is played
	ignore  compare.Ignore
	speed   float64 // of the recorded time; 0 if times do not count
	max     bool    // --speed max
	differ  *replay.Differ
	echo    bool
	instead []byte
}

// begin reads the framings of a recording that is to be played, in place of those of the connection.
func (r *replayOptions) begin(c *cli.Context, e *Env) (err error) {
	if c.Bool("join") {
		return report.Usage("--join and --replay cannot be combined: the frames of the recording are played as they were")
	}
	specs := [2]string{cmp.Or(c.String("framing"), e.Getenv("FRAMECAT_FRAMING")), c.String("reply-framing")}
	specs[1] = cmp.Or(specs[1], specs[0])
	for dir, flag := range []string{"", "--reply-framing"} {
		if spec := specs[dir]; spec != "" && spec != "auto" {
			side := replay.Side{Spec: spec}
			if side.Framing, side.Kind, err = parseSpec(c, spec, flag); err != nil {
				return err
			}
			r.sides[dir] = side
		}
	}
	c.Set("framing", "lines") // until it is found
	return c.Set("reply-framing", "")
}

// checkReplay checks that flags are used together that can be. With a recording, the flags in not mean nothing.
func checkReplay(c *cli.Context, not ...string) error {
	if !c.IsSet("replay") {
		for _, name := range []string{"stream", "speed", "ignore", "on-miss"} {
			if c.IsSet(name) {
				return report.Usage("--%s needs --replay", name)
			}
		}
		return nil
	}
	for _, name := range not {
		if c.IsSet(name) {
			return report.Usage("--%s and --replay cannot be combined: the recording is sent as it is, and only differences are printed", name)
		}
	}
	return nil
}

// readReplay reads the recording of --replay, and the flags that go with it.
func (o *netOptions) readReplay(c *cli.Context, e *Env, listening bool) (err error) {
	name := c.String("replay")
	switch {
	case !c.IsSet("replay"):
		return nil
	case name == "":
		return report.Usage("--replay: want the name of a FILE")
	case name == "-" && o.link.Address.Stdio():
		return report.Usage("--replay -: standard input is the connection; name a FILE")
	}
	r := &o.replay
	if r.ignore, err = compare.Read(c.StringSlice("ignore")); err != nil {
		return err
	}
	if err = r.readSpeed(c.String("speed")); err != nil {
		return err
	}
	stream, err := number(c, "stream", -1)
	if err != nil {
		return err
	}
	in := input.Files([]string{name}, e.Stdin, 0, -1)[0]
	tape, _, err := replay.Read(in, replay.Options{Sides: r.sides, Stream: stream, Max: o.max, Detail: o.report.Detail})
	if err != nil {
		return err
	}
	if tape == nil {
		f := report.Usage("%s is no recording: want a capture (pcap or pcapng), or what tap -o json prints", in.Shown())
		f.Hints = []string{"to make one, run framecat tap --record FILE"}
		return f
	}
	if err := tape.Check(o.force); err != nil {
		return err
	}
	r.tape = tape
	theirs := replay.Server
	if listening {
		theirs = replay.Client
	}
	them, us := tape.Sides[theirs], tape.Sides[1-theirs]
	o.codec.Theirs, o.theirKind, o.codec.Ours = them.Framing, them.Kind, us.Framing
	r.differ = &replay.Differ{Tape: tape.Name}
	if r.differ.View, err = readRows(c, e, e.Stderr); err != nil {
		return err
	}
	if r.differ.View.Width > 0 {
		r.differ.View.Cols = colsFor(r.differ.View.Width - len("- "))
	}
	if !listening {
		if err := r.checkPlayed(); err != nil {
			return err
		}
		if !c.IsSet("frame-timeout") {
			o.link.Deadlines.Frame = replayTimeout
		}
	}
	if r.differ.Comparer, err = r.ignore.For(them.Framing, them.Kind); err != nil {
		return err
	}
	r.differ.Comparer.ByValue()
	return r.readMiss(c, o)
}

// readSpeed reads the value of --speed.
func (r *replayOptions) readSpeed(text string) (err error) {
	if r.max = text == "max"; r.max || text == "" {
		return nil
	}
	if r.speed, err = strconv.ParseFloat(text, 64); err != nil || !(r.speed > 0) || math.IsInf(r.speed, 1) {
		return report.Usage("--speed: want max, or a number above 0 such as 1, 2 or 0.5, not %q", text)
	}
	return nil
}

// readMiss reads the value of --on-miss. Of a FILE, the messages are put into frames.
func (r *replayOptions) readMiss(c *cli.Context, o *netOptions) error {
	switch miss := c.String("on-miss"); miss {
	case "", "close":
	case "echo":
		r.echo = true
	default:
		var frames bytes.Buffer
		messages := o.codec.Outgoing(o.codec.In, o.codec.Frames(o.codec.In, &frames, o.report), o.report)
		if err := messages.Run(input.Files([]string{miss}, nil, 0, -1)); err != nil {
			return err
		}
		r.instead = frames.Bytes()
	}
	return nil
}

// server returns what answers as the server of the recording did.
func (r *replayOptions) server(o *netOptions) *serve.Replay {
	return &serve.Replay{Answers: replay.NewAnswers(r.tape, r.differ.Comparer), Speed: r.speed, Echo: r.echo, Instead: r.instead, Differ: r.differ}
}

// replayTimeout is how long send waits for a reply that was recorded, unless --frame-timeout is given.
const replayTimeout = 5 * time.Second

// play sends what the client of the recording sent.
func (o *sendOptions) play(signals <-chan os.Signal) error {
	r := &o.replay
	stream := r.tape.Streams[0]
	x := o.client
	x.Options, x.Codec, x.Report = o.link, o.codec, o.report
	return client.Play(x, client.Playing{
		Stream: stream, Replies: replay.NewReplies(r.tape, stream, r.differ.Comparer), Differ: r.differ,
		Speed: r.speed, Max: r.max, Wait: o.link.Deadlines.Frame,
	}, signals)
}

// checkPlayed checks that a recording has one client, whose messages can be sent.
func (r *replayOptions) checkPlayed() error {
	stream, err := r.tape.Only()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(stream.Messages, func(m replay.Message) bool { return m.Dir == replay.Client }) {
		return &report.Failure{Status: report.StatusMalformed, Text: fmt.Sprintf("%s: stream %d has no message of a client", r.tape.Name, stream.Index)}
	}
	return nil
}
