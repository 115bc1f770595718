package commands

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// common has the options that most commands share.
type common struct {
	framing framing.Framing
	kind    *framing.Entry // its row in the table
	assumed string         // the framing, if no flag or variable named one; else ""
	max     int64          // of payloads: see framing.Reader
	count   int64
	force   bool
	skip    bool
	partial string
	stats   bool
	files   []string
	report  *report.Reporter
	work    *input.Work // of commands that read files
}

// readCommon reads the flags that most commands share. Its error is a usage failure.
func readCommon(c *cli.Context, e *Env) (common, error) {
	o := common{
		count: pump.NoLimit, force: c.Bool("force"), partial: c.String("partial"), stats: c.Bool("stats"),
		files: c.Args().Slice(), report: report.New(e.system(), c.String("color")),
		work: input.NewWork(),
	}
	o.report.Verbose, o.report.Quiet = c.Bool("verbose"), c.Bool("quiet")
	var err error
	if o.framing, o.kind, err = framingOf(c, e); err != nil {
		return o, err
	}
	if !c.IsSet("framing") && e.Getenv("FRAMECAT_FRAMING") == "" {
		o.assumed = o.framing.String()
	}
	if c.IsSet("max-frame") {
		if o.max, err = report.ParseSize(c.String("max-frame")); err != nil {
			return o, report.Usage("--max-frame: %s", err)
		}
		if o.max == 0 {
			o.max = -1
		}
	}
	if o.count, err = number(c, "count", pump.NoLimit); err != nil {
		return o, err
	}
	switch c.String("on-error") {
	case "stop", "": // not every command has the flag
	case "skip":
		o.skip = true
	default:
		return o, report.Usage("--on-error: want stop or skip, not %q", c.String("on-error"))
	}
	return o, checkColor(c)
}

// checkColor checks the value of --color.
func checkColor(c *cli.Context) error {
	switch w := c.String("color"); w {
	case "auto", "always", "never":
		return nil
	default:
		return report.Usage("--color: want auto, always or never, not %q", w)
	}
}

// readUnfound is readCommon for a framing that is to be found, and perhaps to be read with --join.
func readUnfound(c *cli.Context, e *Env) (o common, join bool, err error) {
	join = c.Bool("join")
	c.Set("framing", "lines") // until it is found
	defer withoutJoin(c)()
	o, err = readCommon(c, e)
	return o, join, err
}

// withoutJoin takes --join back until the function that it returns is called: the framing that is read
// meanwhile only holds the place of one that is to be found.
func withoutJoin(c *cli.Context) (restore func()) {
	join := c.Bool("join")
	c.Set("join", "false")
	return func() { c.Set("join", strconv.FormatBool(join)) }
}

// framingOf returns the framing of -f or of $FRAMECAT_FRAMING, or else u32be, and its row in
// the table.
func framingOf(c *cli.Context, e *Env) (framing.Framing, *framing.Entry, error) {
	spec, from := "u32be", ""
	if env := e.Getenv("FRAMECAT_FRAMING"); env != "" {
		spec, from = env, "$FRAMECAT_FRAMING: "
	}
	if c.IsSet("framing") {
		spec, from = c.String("framing"), ""
	}
	if spec == "auto" {
		fail := report.Usage("%sauto guesses the framing of what is read, but %s writes frames: give their framing", cmp.Or(from, "-f "), c.Command.Name)
		fail.Hints = []string{"to find it from frames in a FILE or a capture, run framecat inspect -f auto FILE; it prints the -f to use"}
		if c.Command.Name == "send" {
			fail.Hints = append(fail.Hints, "to find only the framing of the replies, use --reply-framing auto")
		}
		return nil, nil, fail
	}
	spec, err := joinedSpec(c, spec, "-f")
	if err != nil {
		return nil, nil, err
	}
	f, err := framing.Parse(spec)
	if err != nil {
		fail := formats.SpecFailure(err)
		fail.Text = from + fail.Text
		return nil, nil, fail
	}
	return f, framing.Lookup(spec), nil
}

// joinedSpec returns the spec of a flag as it is with --join.
func joinedSpec(c *cli.Context, spec, flag string) (string, error) {
	k := framing.Lookup(spec)
	switch {
	case !c.Bool("join"):
		return spec, nil
	case spec == "auto":
		f := report.Usage("--join needs the framing of the messages: give %s SPEC, not auto", flag)
		f.Hints = []string{"to find it, run framecat without --join"}
		return "", f
	case k == nil: // the error is about the spec
		return spec, nil
	}
	if joined := k.Details().Joined(spec); joined != "" {
		return joined, nil
	}
	f := report.Usage("--join: %s does not cut messages into frames: each frame is a message", k.Name)
	if k.Details().Traits().Sealed {
		f = report.Usage("--join cannot join the messages in %s: they are encrypted", k.Name)
		f.Hints = []string{"record the stream where it is not encrypted: with framecat tap --tls, or where a proxy has decrypted it"}
		return "", f
	}
	var names []string
	for _, e := range framing.Entries() {
		if e.Details().Joined(e.Name) != "" {
			names = append(names, e.Name)
		}
	}
	f.Hints = []string{"--join is for " + strings.Join(names, ", ") + "; leave it out"}
	return "", f
}

// number reads a flag whose value is a number from 0; def is its value if it is not given.
func number(c *cli.Context, name string, def int64) (int64, error) {
	if !c.IsSet(name) {
		return def, nil
	}
	n, err := strconv.ParseInt(c.String(name), 10, 64)
	if err != nil || n < 0 {
		return 0, report.Usage("--%s: want a number from 0, not %q", name, c.String(name))
	}
	return n, nil
}

// bytesFlag reads a flag whose value is a SIZE; def is its value if it is not given.
func bytesFlag(c *cli.Context, name string, def int64) (int64, error) {
	if !c.IsSet(name) {
		return def, nil
	}
	n, err := report.ParseSize(c.String(name))
	if err != nil {
		return 0, report.Usage("--%s: %s", name, err)
	}
	return n, nil
}

// A selection is the part of the inputs that decode and inspect read.
type selection struct {
	first, last int64 // indexes of frames
	seek        int64 // bytes to skip
	length      int64 // bytes to read; -1 is all
	where       *pump.FrameTest
	choice      input.Choice // which streams of a capture
}

// readSelection reads the flags of a selection.
func readSelection(c *cli.Context, o *common) (s selection, err error) {
	if s.first, s.last, err = framesRange(c.String("frames")); err != nil {
		return s, err
	}
	if s.seek, err = bytesFlag(c, "seek", 0); err != nil {
		return s, err
	}
	if s.length, err = bytesFlag(c, "length", -1); err != nil {
		return s, err
	}
	if s.choice, err = readChoice(c); err != nil {
		return s, err
	}
	s.where, err = pump.NewFrameTest(c.StringSlice("where"), o.kind, o.framing, max(0, slices.Index(capture.Directions[:], s.choice.Direction)))
	if err == nil && s.choice.Direction != "" { // otherwise both may be read
		noteAbsent(o.report, s.where)
	}
	return s, err
}

// noteAbsent reports values of --where that no message can have, because only the other end of the
// connection sends such messages.
func noteAbsent(r *report.Reporter, where *pump.FrameTest) {
	for _, value := range where.Absent() {
		r.Note("--where: no message of this direction has %s, only those of the other direction", value)
	}
}

// texts returns the values of -m as inputs, and their format. If they are literal, each is a message as it
// is. In a format with a message per line, an empty value is an empty message too.
func texts(values []string, literal bool, f formats.Format) (in []input.Input, _ formats.Format) {
	if literal {
		f = formats.Raw()
	}
	for _, m := range values {
		if m == "" && !f.Spec && f.Name != "json" && f.Name != "raw" {
			m = "\n"
		}
		in = append(in, input.Text(m))
	}
	return in, f
}

// framesRange reads the value of --frames: A-B, A-, -B or A.
func framesRange(s string) (first, last int64, err error) {
	if s == "" {
		return 0, pump.NoLimit, nil
	}
	a, b, dash := strings.Cut(s, "-")
	if !dash {
		b = a
	}
	last = math.MaxInt64 - 1
	if a != "" {
		first, err = strconv.ParseInt(a, 10, 64)
	}
	if err == nil && b != "" {
		last, err = strconv.ParseInt(b, 10, 64)
	}
	if err != nil || strings.Contains(s, "+") || a == "" && b == "" || first > last {
		return 0, 0, report.Usage("--frames: want A-B, A-, -B or A, counted from 0, not %q", s)
	}
	return first, last, nil
}

// readChoice reads the flags about captures.
func readChoice(c *cli.Context) (ch input.Choice, err error) {
	ch = input.Choice{Kind: c.String("capture"), Decompress: c.String("decompress"), Direction: c.String("direction")}
	switch ch.Kind {
	case "auto", "raw", "pcap", "hexdump":
	default:
		return ch, report.Usage("--capture: want auto, raw, pcap or hexdump, not %q", ch.Kind)
	}
	switch ch.Decompress {
	case "auto", "never":
	default:
		return ch, report.Usage("--decompress: want auto or never, not %q", ch.Decompress)
	}
	switch ch.Direction {
	case "", "c2s", "s2c":
	default:
		return ch, report.Usage("--direction: want c2s or s2c, not %q", ch.Direction)
	}
	if ch.Stream, err = number(c, "stream", -1); err == nil {
		ch.Count, err = number(c, "count", 0)
	}
	return ch, err
}

// asJSON reads -o of a command that prints JSON records or something else. Flag is its name in errors.
func asJSON(c *cli.Context, flag string) (bool, error) {
	out := c.String("out")
	if out != "" && out != "json" {
		return false, report.Usage("%s: want json, not %q", flag, out)
	}
	return out == "json", nil
}
