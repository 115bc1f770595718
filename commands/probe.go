package commands

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/probe"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
	"framecat/hexview"
)

type probeOptions struct {
	common
	run      probe.Options
	target   probe.Target
	to       link.Dialer
	errors   *link.Tail // of processes
	in       formats.Format
	messages []string // the values of -m
	literal  bool     // take -m as it is, and not in the input format
	json     bool
	dryRun   bool
	junit    string // where to write a report as XML; "" is nowhere
	limit    time.Duration
	view     hexview.Options
}

func probeCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "probe", Args: []manual.Arg{{Value: manual.Address, Words: sendAddress.Terms}, fileArgs[0]}, Wraps: true,
			Summary: "find where a receiver breaks when its messages are cut",
			About: "Sends messages uncut, then the same bytes in other pieces, and compares the replies. It needs no knowledge of the protocol but the framing. " +
				"A case is one way to cut; each has a connection of its own. After each case a new connection must be answered. " +
				"It sends the messages hundreds of times: use it where that is harmless. With --, it runs COMMAND for each case, and uses its standard input and output.",
			Flags: flagsOf(onProbe),
			Sections: []manual.Section{
				{Title: "Cases", Terms: probeCases, Text: "In split/M.OFFSET, M is the number of a later message. probe --dry-run lists all cases. --only and --skip take an ID, in which * is any text. " +
					"With one message, it is sent twice. Without -m and FILE, the messages are a short one with characters that are not ASCII, an empty one, and one of 300 bytes."},
				{Title: "Verdicts", Terms: probeVerdicts, Text: "Replies are judged by the strictest rule that the messages meet when they are sent uncut, twice: equal replies, as many replies, " +
					"or an answer to the first message. A reply that is missing is waited for until new connections were answered several times."},
				sendAddress, inSection(),
				{Title: "Notes", Text: "What a COMMAND writes to its standard error is shown if a case fails, and always with -v. On Linux, the next piece is written when a peer on this machine has read the one before. Elsewhere, probe waits for --gap, and reports that cuts may have been merged. " +
					"Each failure is printed with a framecat send line that repeats it. The first Ctrl-C prints the report so far. Each flag of the group TLS turns TLS on."},
			},
			Statuses: []int{0, 1, 2, 5, 6, 7, 124, 130},
			Examples: []manual.Example{
				{Text: "find out whether a server puts its messages together", Line: `framecat probe -f u32be localhost:4000`},
				{Text: "send a message of your own, in two pieces only", Line: `framecat probe -f netstring -m hello --only 'split/*' localhost:4000`},
				{Text: "probe a command that answers each line", Line: `framecat probe -f lines --skip 'split/2.*' -- sed -u s/a/b/`},
			},
		},
		run: func(c *cli.Context) error {
			o, err := readProbe(c, e)
			if err != nil {
				return err
			}
			return runProbe(e, o)
		},
	}
}

// readProbe reads the flags and arguments of probe.
func readProbe(c *cli.Context, e *Env) (o probeOptions, err error) {
	if o.common, err = readCommon(c, e); err != nil {
		return o, err
	}
	if len(o.files) > 0 && o.files[0] == "--" {
		o.to.Command, o.files = o.files[1:], nil
		if len(o.to.Command) == 0 {
			return o, report.Usage("there is no COMMAND after --")
		}
		o.to.To = link.Command(o.to.Command)
	} else if o.to.To, o.files, err = link.ParseAddress(o.files); err != nil {
		return o, err
	}
	switch a := o.to.To; {
	case a.Once(false) || a.Stdio():
		return o, report.Usage("%s is one connection; probe makes one for each case", a)
	case a.Port == "0":
		return o, report.Usage("cannot connect to port 0, which is only for listen")
	case !c.Bool("allow-remote") && !a.Loopback():
		f := report.Usage("%s is another machine; that needs --allow-remote", a)
		f.Hints = []string{"probe sends its messages hundreds of times, and breaks connections: use it where that is harmless"}
		return o, f
	}
	if o.messages, o.literal = c.StringSlice("message"), !c.IsSet("in"); len(o.messages) > 0 && len(o.files) > 0 {
		return o, report.Usage("-m and FILE cannot be combined")
	}
	if o.in, err = formats.In(c.String("in")); err != nil {
		return o, err
	}
	if o.json, err = asJSON(c); err != nil {
		return o, err
	}
	o.dryRun, o.junit = c.Bool("dry-run"), c.String("junit")
	if o.limit, err = duration(c, "max-time", 0); err != nil {
		return o, err
	}
	if o.to.Timeout, err = duration(c, "connect-timeout", 10*time.Second); err != nil {
		return o, err
	}
	if o.to.Secure, err = readTLS(c, &o.to.To, false, "", o.report); err != nil {
		return o, err
	}
	if o.view, err = readRows(c, e, e.Stdout); err != nil {
		return o, err
	}
	return o, o.readRun(c)
}

// asJSON reads -o of a command that prints JSON records or something else.
func asJSON(c *cli.Context) (bool, error) {
	if out := c.String("out"); c.IsSet("out") && out != "json" {
		return false, report.Usage("-o: want json, not %q", out)
	}
	return c.IsSet("out"), nil
}

// readRun reads what the package probe needs.
func (o *probeOptions) readRun(c *cli.Context) (err error) {
	ours, theirs := o.framing, o.framing
	if spec := c.String("reply-framing"); spec != "" {
		if theirs, err = framing.Parse(spec); err != nil {
			f := formats.SpecFailure(err)
			f.Text = "--reply-framing: " + f.Text
			return f
		}
	}
	o.run.Plan = probe.Plan{Framing: pump.ForDirection(ours, 0), Process: o.to.To.Process()}
	o.run.Peer = probe.Peer{
		Theirs: pump.ForDirection(theirs, 1), Max: o.max, Process: o.to.To.Process(),
		Unread: link.HasUnread, CloseWrite: link.CloseWrite, Reset: link.Reset, Exit: link.Exit,
	}
	if o.run.Gap, err = duration(c, "gap", 20*time.Millisecond); err != nil {
		return err
	}
	o.run.Only, o.run.Skip = c.StringSlice("only"), c.StringSlice("skip")
	for _, text := range c.StringSlice("expect-reply") {
		o.run.Expect = append(o.run.Expect, []byte(text))
	}
	o.target = probe.Target{Address: o.to.To.String(), Spec: o.framing.String()}
	if o.to.Command != nil {
		words := slices.Clone(o.to.Command)
		for i := range words {
			words[i] = report.QuoteArg(words[i])
		}
		o.target.Address = "exec:" + strings.Join(words, " ")
	}
	for _, f := range flagsOf(onProbe) { // send has these too
		switch {
		case f.Group != "TLS" && f.Name != "reply-framing" && f.Name != "max-frame", !c.IsSet(f.Name):
		case f.Value == "":
			o.target.Flags = append(o.target.Flags, f.Long())
		default:
			o.target.Flags = append(o.target.Flags, f.Long(), report.QuoteArg(c.String(f.Name)))
		}
	}
	return nil
}

// dial makes a connection for a case.
func (o *probeOptions) dial(ctx context.Context) (net.Conn, error) {
	if o.errors != nil {
		o.errors.Forget()
	}
	return o.to.Dial(ctx)
}

// plan makes the messages, and puts them into frames.
func (o *probeOptions) plan(stdin *os.File) error {
	p := &o.run.Plan
	if len(o.messages) == 0 && len(o.files) == 0 {
		var err error
		p.Defaults = true
		if p.Messages, err = probe.Frames(p.Framing, probe.Defaults()); err != nil {
			return &report.Failure{Status: report.StatusPayload, Text: fmt.Sprintf("-f %s cannot carry the default message: %s", o.framing, err),
				Hints: []string{"give messages with -m or in a FILE"}}
		}
		return nil
	}
	var in []input.Input
	format := o.in
	for _, m := range o.messages {
		in = append(in, input.Text(m))
	}
	switch {
	case len(in) == 0:
		in = input.Files(o.files, stdin, 0, -1)
	case o.literal:
		format = formats.Raw()
	}
	var frames bytes.Buffer
	codec := pump.Codec{Ours: p.Framing, OursFlag: "-f", In: format, Max: o.max}
	messages := codec.Outgoing(format, codec.Frames(format, &frames, o.report), o.report)
	if err := messages.Run(in); err != nil {
		return err
	}
	r := framing.NewReader(&frames, p.Framing)
	r.Max = -1
	for {
		f, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return &report.Failure{Status: report.StatusPayload, Text: err.Error()}
		}
		p.Messages = append(p.Messages, probe.NewMessage(p.Framing, slices.Concat(f.Header, f.Body, f.Trailer)))
	}
	switch len(p.Messages) {
	case 0:
		return report.Usage("there is no message in the input")
	case 1:
		p.Messages = append(p.Messages, p.Messages[0])
	}
	return nil
}

// runProbe plays the cases and reports them.
func runProbe(e *Env, o probeOptions) error {
	if err := o.plan(e.Stdin); err != nil {
		return err
	}
	if o.assumed != "" {
		o.report.Note("-f %s is assumed; with another framing, give it with -f", o.assumed)
	}
	if o.dryRun {
		return e.system().Print(caseList(&o.run))
	}
	if o.run.Peer.Process {
		var err error
		var also io.Writer
		if o.report.Verbose {
			also = e.Stderr
		}
		if o.errors, err = link.NewTail(also); err != nil {
			return err
		}
		defer o.errors.Close()
		o.to.Files.Stderr, o.run.Stderr = o.errors.Pipe, o.errors.Text
	}
	o.run.Dial = o.dial
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	end := make(chan error, 1) // why the run was ended
	go func() {
		select {
		case s := <-e.signals():
			end <- report.Interrupted(s)
		case <-link.Alarm(o.limit):
			end <- &report.Failure{Status: report.StatusTimeout, Text: "--max-time " + o.limit.String() + " passed"}
		case <-ctx.Done():
			return
		}
		cancel()
	}()
	var out interface {
		Result(*probe.Result) error
		End(*probe.Summary) error
	}
	out = &probe.JSON{Plan: &o.run.Plan, Target: o.target, Out: e.Stdout}
	if !o.json {
		t := probe.NewTerminal(e.Stdout, o.view, &o.run.Plan, o.target)
		t.All, out = o.report.Verbose, t
	}
	var failed error // of the output
	o.run.Note = func(text string) { o.report.Note("%s", text) }
	o.run.Done = func(r *probe.Result) {
		o.report.Clear()
		if err := out.Result(r); err != nil && failed == nil {
			failed = err
			cancel()
		}
	}
	if report.IsTerminal(e.Stderr) && !o.report.Quiet && !e.system().Dumb() {
		line := report.NewStatusLine(e.Stderr)
		defer line.Close()
		o.report.Clear = line.Clear
		o.run.Started = func(c *probe.Case, i, n int) { line.Show(fmt.Sprintf("%d of %d: %s", i+1, n, c.ID)) }
	}
	s, err := probe.Run(ctx, o.run)
	o.report.Clear()
	if len(s.Results) > 0 && failed == nil {
		failed = out.End(s)
	}
	if failed != nil {
		o.report.DieOfBrokenPipe(failed)
		return &report.Failure{Status: report.StatusIO, Text: "standard output: " + report.Reason(failed)}
	}
	if o.junit != "" {
		var xml strings.Builder
		probe.JUnit(&xml, s, &o.run.Plan, o.target)
		if err := writePortFile(o.junit, xml.String()); err != nil {
			return &report.Failure{Status: report.StatusIO, Text: "--junit: " + report.Reason(err)}
		}
	}
	if ctx.Err() != nil {
		return <-end
	}
	if err != nil {
		return &report.Failure{Status: report.StatusIO, Text: o.to.To.String() + ": " + report.Reason(err), Hints: link.TLSHints(errors.Unwrap(err), false, "")}
	}
	return verdict(s)
}

// verdict returns the failure of a run whose cases did not all pass. The report has shown it.
func verdict(s *probe.Summary) error {
	switch {
	case s.Count(probe.Fail) > 0:
		return &report.Failure{Status: report.StatusUnmet, Reported: true}
	case s.Count(probe.Inconclusive) > 0:
		return &report.Failure{Status: report.StatusUnsure, Reported: true}
	}
	return nil
}

// caseList lists the cases of a run.
func caseList(o *probe.Options) string {
	var text strings.Builder
	list := o.Plan.Cases()
	for _, c := range append(list[:1:1], probe.Select(list[1:], o.Only, o.Skip)...) {
		fmt.Fprintf(&text, "%-18s %s, %s\n", c.ID, report.Count(int64(len(c.Writes)), "write"), cmp.Or(c.Place, "uncut"))
	}
	return text.String()
}
