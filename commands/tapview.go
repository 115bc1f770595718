package commands

import (
	"cmp"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/redact"
	"framecat/commands/internal/relay"
	"framecat/commands/internal/report"
	"framecat/commands/internal/rewrite"
	"framecat/commands/internal/views"
	"framecat/framing"
)

// tapView is what tap shows and records of what it relays.
type tapView struct {
	options views.Options
	guesses bool // the framing is found, and nobody asked for that
	sides   [2]views.Side
	out     *os.File // where messages are shown; nil if they are not, and until the log is open
	log     string   // the file of --log that out is; "" if there is none
	record  capture.Target
	stdout  *os.File      // the file of the record; nil if it has a name
	redact  *redact.Rules // nil if nothing is redacted
	clean   bool          // malformed bytes are a failure
	html    tapPage

	watch     *views.Watch
	recorder  *capture.Recorder
	ring      *ringSaver // of the recorder; nil if that writes a file
	redactors []*redact.Redactor
}

// readTapView reads the flags about what is shown and recorded. Out is where messages are shown
// without --log.
func readTapView(c *cli.Context, e *Env, r *report.Reporter, out *os.File) (v tapView, err error) {
	o := &v.options
	o.Report, o.Embed, o.Join = r.Fork(), c.Bool("json-payload"), c.Bool("join")
	if v.sides, err = readSides(c, e); err != nil {
		return v, err
	}
	if err = v.checkJoin(c); err != nil {
		return v, err
	}
	v.guesses = v.sides[0].Auto && !c.IsSet("framing") && e.Getenv("FRAMECAT_FRAMING") == ""
	if o.JSON, err = asJSON(c, "-o of tap"); err != nil {
		return v, err
	}
	if o.Embed && !o.JSON {
		return v, needsJSON()
	}
	if o.First, o.Last, err = framesRange(c.String("frames")); err != nil {
		return v, err
	}
	if o.Left, err = number(c, "count", pump.NoLimit); err != nil {
		return v, err
	}
	max, err := bytesFlag(c, "max-frame", 16<<20)
	if err != nil {
		return v, err
	}
	if o.Max = max; max == 0 {
		o.Max = -1
	}
	if err := v.readRedact(c); err != nil {
		return v, err
	}
	if v.html, err = readTapPage(c, e); err != nil {
		return v, err
	}
	if v.clean = c.Bool("expect-clean"); v.clean && c.Bool("quiet") {
		return v, report.Usage("--expect-clean and -q cannot be combined: with -q no frames are looked for")
	}
	if err := v.readRecord(c, e, out); err != nil {
		return v, err
	}
	if c.Bool("quiet") {
		if c.IsSet("log") {
			return v, report.Usage("--log and -q cannot be combined: with -q no messages are shown")
		}
		return v, nil
	}
	if v.out = out; c.IsSet("log") {
		name := withPid(c.String("log"))
		if name == "-" {
			return v, report.Usage("--log - names no file: without --log, messages are shown on standard output, or on standard error if bytes are relayed there")
		}
		v.out, v.log = nil, name
		if v.record.File != "" && sameFile(v.record.File, name) {
			return v, report.Usage("--log and --record name the same file, %s", report.OneLine(name))
		}
	}
	return v, v.readLook(c, e)
}

// withPid puts the number of this process in the place of %p in the name of a file.
func withPid(name string) string { return strings.ReplaceAll(name, "%p", strconv.Itoa(os.Getpid())) }

// readLook reads how messages are shown.
func (v *tapView) readLook(c *cli.Context, e *Env) (err error) {
	hex := c.Bool("hex")
	switch l := c.String("layout"); {
	case l != "list" && l != "frames":
		return report.Usage("--layout of tap: want list or frames, not %q", l)
	case hex && l == "list" && c.IsSet("layout"):
		return report.Usage("--hex and --layout list cannot be combined")
	case l == "frames":
		hex = true
	}
	if hex && v.options.JSON {
		return report.Usage("--hex and -o json cannot be combined")
	}
	for _, f := range []struct {
		name string
		fits bool
		with string
	}{{"rows", hex, "--hex"}, {"time", !hex && !v.options.JSON, "the list"}, {"width", !hex && !v.options.JSON, "the list"}} {
		if c.IsSet(f.name) && !f.fits {
			return report.Usage("--%s has an effect only with %s", f.name, f.with)
		}
	}
	if v.options.View, err = readRows(c, e, v.out); err != nil {
		return err
	}
	lines, err := readLines(c, e, v.out)
	if lines.First = 1; !hex {
		v.options.Lines = &lines
	}
	return err
}

// readSides returns how both directions are read.
func readSides(c *cli.Context, e *Env) (sides [2]views.Side, err error) {
	spec := cmp.Or(c.String("framing"), e.Getenv("FRAMECAT_FRAMING"), "auto")
	if sides[0], err = sideOf(c, spec, "", 0); err != nil {
		return sides, err
	}
	flag := ""
	if c.IsSet("to") {
		spec, flag = c.String("to"), "--to"
	} else if reply := c.String("reply-framing"); reply != "" {
		spec, flag = reply, "--reply-framing"
	}
	sides[1], err = sideOf(c, spec, flag, 1)
	return sides, err
}

// sideOf returns how a direction is read. Flag is the one that spec is from, unless that is -f.
func sideOf(c *cli.Context, spec, flag string, dir int) (s views.Side, err error) {
	if s.Auto = spec == "auto"; !s.Auto {
		s.Framing, s.Kind, err = parseSpec(c, spec, flag)
	}
	if err != nil {
		return s, err
	}
	s.Where, err = pump.NewFrameTest(c.StringSlice("where"), s.Kind, s.Framing, dir)
	return s, err
}

// checkJoin checks that nothing works on frames if they are put together: values in messages that are
// compressed or in fragments could not be hidden.
func (v *tapView) checkJoin(c *cli.Context) error {
	how, _ := link.ParseChunking(c.String("chunk")) // an error is reported where it is used
	for _, s := range v.sides {
		joined := ""
		switch {
		case s.Auto && v.options.Join:
			joined = "--join"
		case s.Framing != nil && s.Kind.Details().Joins(s.Framing):
			joined = "-f " + s.Framing.String()
		default:
			continue
		}
		for _, flag := range []string{"redact", "redact-bytes", "to", "chunk", "drop", "delay", "dup", "flip", "reset"} {
			if c.IsSet(flag) && (flag != "chunk" || rewrite.NeedsFrames(how)) {
				return report.Usage("--%s works on frames, and cannot be combined with %s, which puts them together", flag, joined)
			}
		}
	}
	return nil
}

// parseSpec returns the framing of a spec as it is with --join, and its row. Flag is the one that the spec is from, or "" for -f.
func parseSpec(c *cli.Context, spec, flag string) (framing.Framing, *framing.Entry, error) {
	spec, err := joinedSpec(c, spec, cmp.Or(flag, "-f"))
	if err != nil {
		return nil, nil, err
	}
	f, err := framing.Parse(spec)
	if err != nil {
		fail := formats.SpecFailure(err)
		fail.Text = strings.TrimPrefix(flag+": "+fail.Text, ": ")
		return nil, nil, fail
	}
	return f, framing.Lookup(spec), nil
}

// readRedact reads what is redacted.
func (v *tapView) readRedact(c *cli.Context) (err error) {
	if v.redact, err = redact.ReadRules(c.StringSlice("redact"), c.StringSlice("redact-bytes")); err == nil && v.redact != nil {
		err = v.redact.Check(v.redactSides())
		v.options.Redacted = true
	}
	return err
}

// redactSides returns the framings of both directions.
func (v *tapView) redactSides() (sides [2]redact.Side) {
	for i, s := range v.sides {
		sides[i] = redact.Side{Framing: s.Framing, Kind: s.Kind, Auto: s.Auto}
	}
	return sides
}

// watcher returns a watcher of the relay. What it takes is redacted before.
func (v *tapView) watcher(take func(capture.Event), idle func(), over func() bool) relay.Watcher {
	if v.redact != nil {
		r := redact.New(v.redact, v.redactSides(), v.options.Max, take)
		v.redactors = append(v.redactors, r)
		take = r.Take
	}
	return relay.Watcher{Take: take, Idle: idle, Over: over}
}

// begin begins to show and to record, and returns who watches the relay.
func (v *tapView) begin() (list []relay.Watcher, err error) {
	if err := v.open(); err != nil {
		return nil, err
	}
	if v.out != nil {
		if v.guesses {
			v.options.Report.Note(guessing)
		}
		if v.ring != nil {
			v.options.Malformed = v.ring.malformed
		}
		v.watch = views.NewWatch(v.out, v.options, v.sides)
		list = append(list, v.watcher(v.watch.Take, v.watch.Idle, v.watch.Over))
	}
	if v.html.file != "" {
		w := v.html.begin(v.options)
		list = append(list, v.watcher(w.Take, w.Idle, w.Over))
	}
	switch rec := v.recorder; {
	case v.ring != nil:
		list = append(list, v.watcher(v.ring.record, nil, nil))
	case rec != nil:
		flush := func() { v.recorded(rec.Flush()) }
		over := func() bool {
			failed := rec.Failed()
			if failed {
				flush() // reports the error
			}
			return failed
		}
		list = append(list, v.watcher(rec.Record, flush, over))
	}
	return list, nil
}

// end ends what begin began, after the relay. It returns what to add to the last line about it, and
// the failure of the view or the recording.
func (v *tapView) end(totals relay.Totals) (text string, err error) {
	for _, r := range v.redactors {
		r.End()
	}
	if v.watch != nil {
		messages, malformed, leftover := v.watch.End()
		if broken := v.watch.Failed(); broken != nil && !errors.Is(broken, syscall.EPIPE) { // nobody reads it any more: no failure
			err = &report.Failure{Status: report.StatusIO, Text: "messages could not be shown in " + report.OneLine(v.out.Name()) + ": " + report.Reason(broken)}
		}
		text += ", " + report.Count(messages, "message")
		text += ", " + report.Count(totals.Missed[0].Events[0]+totals.Missed[0].Events[1], "dropped view")
		switch {
		case !v.clean:
		case malformed > 0:
			err = &report.Failure{Status: report.StatusMalformed, Text: "--expect-clean: " + report.Count(malformed, "malformed frame")}
		case leftover > 0:
			err = &report.Failure{Status: report.StatusTruncated, Text: "--expect-clean: a connection ended inside a frame; " + report.Count(leftover, "byte") + " are left over"}
		}
		if v.log != "" {
			v.out.Close()
		}
	}
	if v.html.file != "" {
		err = cmp.Or(err, v.html.end())
	}
	if v.ring != nil {
		v.ring.end()
	}
	if v.recorder != nil {
		v.recorded(v.recorder.Close())
		missed := v.recorder.Missed()
		for _, n := range totals.Missed[len(totals.Missed)-1].Bytes {
			missed += n
		}
		if missed > 0 {
			err = &report.Failure{Status: report.StatusIO, Text: "--record " + report.OneLine(v.record.File) + ": " + report.Count(missed, "byte") + " are not recorded: more came than could be written"}
		}
	}
	return text, err
}
