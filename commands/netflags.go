package commands

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/commands/internal/views"
	"framecat/framing"
	"framecat/hexview"
)

// netOptions are the options that send and listen share.
type netOptions struct {
	common
	link  link.Options
	codec pump.Codec

	theirKind *framing.Entry // the row of the peer's framing in the table
	auto      bool           // find the framing of what the peer sends
	out       formats.Format // for messages that peers send
	plain     formats.Format // out as it is when standard output is not a terminal
	hex       bool           // show frames instead of messages
	times     bool           // show when each frame came or went, too
	ascii     bool           // show nothing but ASCII with them
	view      hexview.Options
	screen    *os.File // where the messages of peers go: standard output, unless that is the connection
	replay    replayOptions
}

// sink returns a sink for the messages that peers send.
func (o *netOptions) sink() formats.Sink {
	if o.hex {
		return views.NewHexSink(o.screen, views.HexOptions{
			View: o.view, Max: o.max, Times: o.times, ASCII: o.ascii,
		})
	}
	return formats.NewSink(o.out, formats.Frames(o.codec.Theirs), input.Output(o.screen, nil), o.report)
}

// ready returns an error if the messages could not be written. It is called before there is a
// connection.
func (o *netOptions) ready() error {
	if o.out.Dir == "" || o.hex {
		return nil
	}
	err := (&formats.DirSink{Path: o.out.Dir}).Ready()
	var at *fs.PathError
	if errors.As(err, &at) {
		return &report.Failure{Status: report.StatusIO, Text: report.OneLine(at.Path) + ": " + report.Reason(err), Hints: formats.OutputHints(err)}
	}
	return err
}

// readNet reads the flags that send and listen share.
func readNet(c *cli.Context, e *Env, listening bool) (o netOptions, err error) {
	if _, asked := autoFraming(c, e); c.IsSet("replay") {
		if err = o.replay.begin(c, e); err != nil {
			return o, err
		}
	} else {
		o.auto = asked && listening
	}
	if o.auto {
		o.common, _, err = readUnfound(c, e)
	} else {
		o.common, err = readCommon(c, e)
	}
	if err != nil {
		return o, err
	}
	if o.link.Address, o.files, err = link.ParseAddress(o.files); err != nil {
		return o, err
	}
	o.link.Files = link.Files{Stdin: e.Stdin, Stdout: e.Stdout, Stderr: e.Stderr}
	if o.screen = e.Stdout; o.link.Address.Stdio() {
		o.screen = e.Stderr
	}
	if err = checkLocal(c, e, o.link.Address, listening); err != nil {
		return o, err
	}
	if o.codec.In, err = formats.In(c.String("in")); err != nil {
		return o, err
	}
	o.theirKind = o.kind
	o.codec.Theirs, o.codec.Ours, o.codec.OursFlag, o.codec.Max = o.framing, o.framing, "-f", o.max
	o.codec.Advice = hint.Advice{Assumed: o.assumed, Auto: listening, Peer: true}
	if !listening && o.assumed == "" {
		o.codec.Advice.Flag = "--reply-framing" // -f is right for what the server reads, or so the user says
	}
	if o.auto {
		o.codec.Ours, o.codec.Advice.Auto = nil, false
	}
	if err = o.readReply(c, c.String("reply-framing"), listening); err != nil {
		return o, err
	}
	theirs := 1
	if listening {
		theirs = 0
	}
	o.codec.Theirs, o.codec.Ours = pump.ForDirection(o.codec.Theirs, theirs), pump.ForDirection(o.codec.Ours, 1-theirs)
	if err = o.readHex(c, e); err != nil {
		return o, err
	}
	for _, d := range []struct {
		flag string
		to   *time.Duration
	}{{"connect-timeout", &o.link.Connect}, {"idle-timeout", &o.link.Deadlines.Idle}, {"frame-timeout", &o.link.Deadlines.Frame}, {"timeout", &o.link.Timeout}} {
		if *d.to, err = duration(c, d.flag, 0); err != nil {
			return o, err
		}
	}
	if o.link.Secure, err = readTLS(c, &o.link.Address, listening, "", o.report); err != nil {
		return o, err
	}
	if err = o.readReplay(c, e, listening); err != nil {
		return o, err
	}
	return o, o.fit(c, e, listening)
}

// readReply reads the value of --reply-framing; "" is none.
func (o *netOptions) readReply(c *cli.Context, spec string, listening bool) error {
	switch {
	case spec == "", spec == "auto" && o.auto:
		return nil
	case spec == "auto" && listening:
		f := report.Usage("--reply-framing auto: listen writes the replies, and must know their framing")
		f.Hints = []string{"without --reply-framing, replies have the framing of -f"}
		return f
	case spec == "auto":
		o.auto, spec = true, "lines" // until it is found
		defer withoutJoin(c)()
	}
	reply, kind, err := parseSpec(c, spec, "--reply-framing")
	if err != nil {
		return err
	}
	if listening {
		o.codec.Ours, o.codec.OursFlag = reply, "--reply-framing"
	} else {
		o.codec.Theirs, o.theirKind = reply, kind
		o.codec.Advice.Flag, o.codec.Advice.Assumed = "--reply-framing", ""
	}
	return nil
}

// fit sets the output formats for the framing of the peer.
func (o *netOptions) fit(c *cli.Context, e *Env, listening bool) (err error) {
	if o.plain, err = chosenOut(c, o.theirKind); err == nil {
		o.out, err = formats.FitTerminal(o.plain, o.screen, o.force || o.hex || listening && o.report.Quiet)
	}
	return err
}

// duration reads a flag whose value is a time in Go's syntax or a number of seconds; def is
// its value if it is not given.
func duration(c *cli.Context, name string, def time.Duration) (time.Duration, error) {
	if text := c.String(name); text != "" {
		return parseDuration(name, text)
	}
	return def, nil // it was not given
}

// parseDuration reads a DURATION of a flag.
func parseDuration(name, text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if seconds, bare := strconv.ParseFloat(text, 64); bare == nil && seconds < 1e9 {
		d, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || d < 0 {
		return 0, report.Usage("--%s: want a time such as 500ms, 2s or 1m30s, not %q", name, text)
	}
	return d, nil
}

// readHex reads --hex, and the flags that need it.
func (o *netOptions) readHex(c *cli.Context, e *Env) (err error) {
	o.hex, o.times, o.ascii = c.Bool("hex"), c.Bool("times"), e.system().ASCII()
	switch {
	case o.times && !o.hex:
		return report.Usage("--times needs --hex")
	case c.IsSet("rows") && !o.hex:
		return report.Usage("--rows needs --hex")
	case !o.hex:
		return nil
	}
	if c.IsSet("out") && c.String("exec") == "" { // with --exec, -o is the format for the command
		return report.Usage("--hex and -o cannot be combined")
	}
	o.view, err = readRows(c, e, o.screen)
	if !c.IsSet("rows") {
		o.view.Hint = func() string { return "to show all rows, use --rows 0" }
	}
	return err
}

// checkLocal checks an address that has one connection, or is a file descriptor, and the flags that
// go with it.
func checkLocal(c *cli.Context, e *Env, a link.Address, listening bool) error {
	if err := a.Check(listening, e.Getenv); err != nil || !listening || !a.Once(true) {
		return err
	}
	switch {
	case c.Bool("keep-open"):
		return report.Usage("%s is one connection; it cannot be used with --keep-open", a)
	case c.IsSet("port-file"):
		return report.Usage("%s has no port; it cannot be used with --port-file", a)
	}
	return nil
}
