package commands

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/each"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/interrupt"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/commands/internal/views"
	"framecat/framing"
)

type decodeOptions struct {
	common
	selection
	out   formats.Format
	each  eachOptions
	auto  bool                                         // find the framing of each input
	join  bool                                         // put the frames of messages together, in a framing that is found
	goOn  []string                                     // flags for the command to go on with
	outOf func(*framing.Entry) (formats.Format, error) // the format for a framing that was found
}

func decodeCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "decode", Args: fileArgs,
			Summary: "frames in, messages out",
			About: "Reads frames from each FILE or from standard input and writes their payloads, one per " +
				"line by default. With -f A -o B it converts from framing A to framing B. A FILE may also " +
				"be a hex dump, or a capture (pcap, pcapng), and each may be compressed with gzip or zstd. Of a " +
				"capture with several TCP streams, choose one direction with --stream and --direction, or write all " +
				"with -o json or -o dir:DIR. -f auto finds the framing of each input and stream, as inspect does.",
			Flags:    flagsOf(onDecode),
			Sections: []manual.Section{outSection(), testSection(), eachSection("COMMAND"), streamsSection(), decodeNotes()},
			Statuses: []int{0, 1, 2, 3, 4, 5, 130},
			Examples: []manual.Example{
				{Text: "print each message on a line", Line: `printf '5:hello,2:hi,' | framecat decode -f netstring`},
				{Text: "print a JSON object per frame, with its offset and header", Line: `framecat decode -f u16be -o json frames.bin`},
				{Text: "convert from one framing to another", Line: `framecat decode -f varint -o u32be frames.bin > other.bin`},
			},
		},
		run: func(c *cli.Context) error {
			o, err := readDecode(c, e)
			if err != nil {
				return err
			}
			return decode(e, o)
		},
	}
}

func readDecode(c *cli.Context, e *Env) (o decodeOptions, err error) {
	o.goOn = goOnFlags(c)
	if _, o.auto = autoFraming(c, e); o.auto {
		o.common, o.join, err = readUnfound(c, e)
	} else {
		o.common, err = readCommon(c, e)
	}
	if err != nil {
		return o, err
	}
	o.outOf = func(kind *framing.Entry) (formats.Format, error) { return readOut(c, e, kind, o.force) }
	if o.out, err = readOut(c, e, o.kind, o.force); err != nil {
		return o, err
	}
	if o.auto {
		o.kind = nil // until it is found
	}
	if o.each, err = readEach(c); err != nil {
		return o, err
	}
	o.selection, err = readSelection(c, &o.common)
	return o, err
}

// eachOptions name the command that runs for each message; "" is none.
type eachOptions struct {
	command string
	jobs    int
}

// mostJobs is how many commands may run at once.
const mostJobs = 256

func readEach(c *cli.Context) (o eachOptions, err error) {
	o = eachOptions{c.String("each"), 1}
	switch {
	case c.IsSet("each") && strings.TrimSpace(o.command) == "":
		return o, report.Usage("--each: want a command, not %q", o.command)
	case !c.IsSet("each") && c.IsSet("jobs"):
		return o, report.Usage("--jobs needs --each")
	case !c.IsSet("each"):
		return o, nil
	}
	for _, name := range []string{"out", "json-payload", "hex"} {
		if c.IsSet(name) {
			return o, report.Usage("--each and --%s cannot be combined: COMMAND gets the messages", name)
		}
	}
	if text := c.String("jobs"); text != "" {
		if o.jobs, err = strconv.Atoi(text); err != nil || o.jobs < 1 || o.jobs > mostJobs {
			return o, report.Usage("--jobs: want a number from 1 to %d, not %q", mostJobs, text)
		}
	}
	return o, nil
}

// sink returns what runs the command for each message. Messages wait with the gate left; it may be nil.
func (o *eachOptions) sink(e *Env, gate *interrupt.Gate, r *report.Reporter) *each.Sink {
	return each.New(each.Options{
		Command: o.command, Jobs: o.jobs, Out: e.Stdout, Stderr: e.Stderr, Gate: gate,
		Failed: func(text string) { r.Detail("%s", text) },
	})
}

// readOut returns the output format. It depends on the framing, whose row is kind, and on
// whether standard output is a terminal.
func readOut(c *cli.Context, e *Env, kind *framing.Entry, force bool) (out formats.Format, err error) {
	if out, err = chosenOut(c, kind); err != nil {
		return out, err
	}
	return formats.FitTerminal(out, e.Stdout, force)
}

// chosenOut returns the format that -o names, or else the one that suits the framing.
func chosenOut(c *cli.Context, kind *framing.Entry) (out formats.Format, err error) {
	if !c.IsSet("out") && kind.Details().Out() != "" {
		out, err = formats.Out(kind.Details().Out())
	} else {
		out, err = formats.Out(c.String("out"))
	}
	if out.Embed = c.Bool("json-payload"); out.Embed && out.Name != "json" && err == nil {
		err = needsJSON()
	}
	return out, err
}

// needsJSON returns the error of --json-payload without -o json.
func needsJSON() error { return report.Usage("--json-payload needs -o json") }

// decode converts the frames of each input to messages on standard output.
func decode(e *Env, o decodeOptions) error {
	in := formats.Frames(o.framing)
	o.choice.Timed = framing.PauseOf(o.framing) > 0
	to := input.Output(e.Stdout, o.work.Gate)
	sink := formats.NewSink(o.out, in, to, o.report)
	if o.each.command != "" {
		sink = o.each.sink(e, o.work.Gate, o.report)
	}
	c := pump.New(in, sink, o.report, o.max)
	c.Advice = hint.Advice{Assumed: o.assumed, Auto: true}
	c.First, c.Last, c.Where, c.Choice = o.first, o.last, o.where, &o.choice
	if o.auto {
		c.Find = (&finder{o: &o, c: c, to: to}).find
	}
	return o.common.run(c, input.Files(o.files, e.Stdin, o.seek, o.length), e)
}

// run runs a conversion with the options that encode and decode share. A signal ends it, after
// the counts so far are printed.
func (o *common) run(c *pump.Conversion, in []input.Input, e *Env) error {
	partial, fresh, err := o.openPartial(in)
	if err != nil {
		return err
	}
	c.Skip, c.Left, c.Partial, c.Gate = o.skip, o.count, partial, o.work.Gate
	c.Stats.Start, c.Stats.Sizes = time.Now(), o.stats
	input.WidenPipe(e.Stdout)
	stop := pump.ShowProgress(o.report, o.work, &c.Stats)
	commands, _ := c.To.(*each.Sink)
	finish := func(err error) error {
		stop()
		o.report.EndStreams()
		if partial != nil {
			if end := closePartial(partial, fresh); end != nil && err == nil {
				err = pump.OutputFailure(o.report, partial.Name(), end)
			}
		}
		if to, ok := c.To.(formats.SlowSink); ok {
			o.report.Note("%s", to.Written())
		}
		if o.stats {
			c.Stats.Print(o.report)
		}
		return err
	}
	return o.work.Run(e.signals(), e.Stdout, func() error {
		err := c.Run(o.work.For(in))
		if commands != nil {
			if end := commands.Wait(); err == nil {
				err = end
			}
		}
		return finish(err)
	}, func() {
		if commands != nil {
			commands.Stop()
		}
		err := c.Interrupt()
		if err != nil {
			err = pump.OutputFailure(o.report, "standard output", err)
		}
		if o.stats {
			o.report.Note(views.Interrupted)
		}
		finish(err)
	})
}

// A finder sets the framing of a Conversion for each input of decode -f auto.
type finder struct {
	o       *decodeOptions
	c       *pump.Conversion
	to      io.Writer
	guesses pump.Guesses
	spec    string // the framing of the input before
	dir     int    // its direction
}

func (d *finder) find(in input.Input, src *input.Source) error {
	found, err := d.guesses.Detect(in, src)
	if err != nil {
		return err
	}
	if !found.Found() {
		return found.Undecided(in, src)
	}
	best := found.All[0]
	if best.Spec != d.spec || in.Dir() != d.dir {
		if err := d.use(best.Spec, in.Dir()); err != nil {
			return err
		}
	}
	d.o.where.Found(best.Entry, d.c.From.Framing, d.dir)
	d.note(in, src, found)
	src.Offset += int64(best.Start)
	_, err = io.CopyN(io.Discard, src.Reader, int64(best.Start))
	return err
}

// note prints what was found. For one of several streams it is short, since there may be many.
func (d *finder) note(in input.Input, src *input.Source, found *pump.Detection) {
	best, place := found.All[0], in.Shown()
	if in.Recorded != nil {
		place = in.Place()
	}
	goOn := "; go on with: " + pump.InspectAs(best, in, src, d.o.goOn...)
	if d.o.report.InSeries() {
		goOn = ""
		if len(d.o.files) < 2 {
			place = strings.TrimPrefix(place, in.Name+": ")
		}
	}
	d.o.report.Found(best.Spec, "%s: %s%s", place, found.Evidence(), goOn)
}

// use makes the Conversion read frames of another framing, or of another direction.
func (d *finder) use(spec string, dir int) error {
	f, err := framing.Parse(pump.Joined(spec, d.o.join))
	if err != nil {
		return err
	}
	kind := framing.Lookup(spec)
	f = pump.ForDirection(f, dir)
	out, err := d.o.outOf(kind)
	if err != nil {
		return err
	}
	if err := d.c.To.Flush(); err != nil {
		return err
	}
	d.spec, d.dir, d.c.From = spec, dir, formats.Frames(f)
	if _, any := d.c.To.(formats.StreamsSink); !any { // this one takes messages of any framing
		d.c.To = formats.NewSink(out, d.c.From, d.to, d.o.report)
	}
	return nil
}
