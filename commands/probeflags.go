package commands

import (
	"bytes"
	"fmt"
	"math"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/compare"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/input"
	"framecat/commands/internal/link"
	"framecat/commands/internal/probe"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/replay"
	"framecat/commands/internal/report"
	"framecat/framing"
)

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
	if err = o.readClient(c); err != nil {
		return o, err
	}
	switch a := o.to.To; {
	case a.Once(false) || a.Stdio():
		return o, report.Usage("%s is one connection; probe makes one for each case", a)
	case a.Port == "0" && o.clients == nil:
		return o, report.Usage("cannot connect to port 0, which is only for listen")
	case !c.Bool("allow-remote") && !a.Loopback():
		f := report.Usage("%s is not on this machine only; that needs --allow-remote", a)
		f.Hints = []string{"probe sends its messages hundreds of times, and breaks connections: use it where that is harmless"}
		return o, f
	}
	name := "message"
	if o.clients != nil {
		name = "reply"
	}
	if o.messages, o.literal = c.StringSlice(name), !c.IsSet("in"); len(o.messages) > 0 && len(o.files) > 0 {
		return o, report.Usage("--%s and FILE cannot be combined", name)
	}
	if o.clients != nil && (len(o.messages)+len(o.files) == 0) != o.echo {
		return o, report.Usage("--listen needs one of --reply, --echo and a FILE with replies")
	}
	if o.in, err = formats.In(c.String("in")); err != nil {
		return o, err
	}
	if o.json, err = asJSON(c, "-o"); err != nil {
		return o, err
	}
	if o.stream, err = number(c, "stream", -1); err != nil {
		return o, err
	}
	o.dryRun, o.junit, o.html = c.Bool("dry-run"), c.String("junit"), c.String("html")
	if o.limit, err = duration(c, "max-time", 0); err != nil {
		return o, err
	}
	if o.to.Timeout, err = duration(c, "connect-timeout", 10*time.Second); err != nil {
		return o, err
	}
	if o.to.Secure, err = readTLS(c, &o.to.To, o.clients != nil, "", o.report); err != nil {
		return o, err
	}
	if o.view, err = readRows(c, e, e.Stdout); err != nil {
		return o, err
	}
	return o, o.readRun(c)
}

// readClient reads the flags for a peer that is a client.
func (o *probeOptions) readClient(c *cli.Context) (err error) {
	if o.echo = c.Bool("echo"); !c.Bool("listen") {
		for _, name := range []string{"reply", "echo", "run", "port-file", "stream", "client-ca"} {
			if c.IsSet(name) {
				return report.Usage("--%s needs --listen", name)
			}
		}
		return nil
	}
	if o.to.To.Network != "tcp" && o.to.To.Network != "unix" {
		return report.Usage("--listen: %s is no address of TCP or of a Unix socket", o.to.To)
	}
	for _, name := range []string{"message", "expect-reply", "dry-run", "jobs", "ca", "server-name", "insecure"} {
		if c.IsSet(name) {
			return report.Usage("--%s cannot be combined with --listen", name)
		}
	}
	o.clients, o.portFile = &probe.Clients{Run: c.String("run")}, c.String("port-file")
	return nil
}

// notAgain are flags that do not count when a case is played again.
var notAgain = []string{"only", "skip", "dry-run", "max-time", "junit", "html", "port-file", "out", "jobs", "known"}

// refuseOpening returns an error if streams of f open with frames of another framing, such as the PROXY header: no case
// has them.
func refuseOpening(f framing.Framing) error {
	outer, inner, _ := strings.Cut(f.String(), "/")
	if row := framing.Lookup(outer); row == nil || !row.Details().Opens() {
		return nil
	}
	e := report.Usage("-f %s: probe writes frames only, and nothing before them", f)
	e.Hints = []string{"probe a peer that takes frames at once, with -f and their framing"}
	if inner != "" {
		e.Hints = []string{"probe a peer that takes frames at once: -f " + inner}
	}
	return e
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
	if framing.PauseOf(ours) > 0 {
		return report.Usage("-f %s: probe cuts messages, with pauses between the pieces, and this framing has no cut messages", ours)
	}
	if o.clients == nil {
		if err := refuseOpening(ours); err != nil {
			return err
		}
	}
	o.run.Plan = probe.Plan{Framing: pump.ForDirection(ours, 0), Process: o.to.To.Process(), Thorough: c.Bool("thorough"), Malformed: c.Bool("malformed")}
	o.run.Peer = probe.Peer{
		Theirs: pump.ForDirection(theirs, 1), Max: o.max, Process: o.to.To.Process(),
		Unread: link.HasUnread, CloseWrite: link.CloseWrite, Reset: link.Reset, Exit: link.Exit, Memory: link.PeerMemory, Busy: link.PeerBusy,
	}
	o.target = probe.Target{Address: o.to.To.String(), Spec: o.framing.String(), Client: o.clients != nil}
	if c.IsSet("connect-timeout") {
		o.run.First = o.to.Timeout
	}
	if o.clients != nil {
		o.run.Plan.Framing, o.run.Peer.Theirs, o.run.Client = pump.ForDirection(theirs, 1), pump.ForDirection(ours, 0), true
		o.run.Unread = func(nc net.Conn) (unread, known bool) { return link.HasUnread(probe.Conn(nc)) }
		o.run.CloseWrite = func(nc net.Conn) error { return link.CloseWrite(probe.Conn(nc)) }
		o.run.Reset = func(nc net.Conn) { link.Reset(probe.Conn(nc)) }
		o.run.Memory = func(nc net.Conn) func() link.Memory { return link.PeerMemory(probe.Conn(nc)) }
	}
	if err = o.readMany(c); err != nil {
		return err
	}
	if o.run.Gap, err = duration(c, "gap", 20*time.Millisecond); err != nil {
		return err
	}
	if c.IsSet("gap") {
		o.target.Gap = o.run.Gap
	}
	ignore, err := compare.Read(c.StringSlice("ignore"))
	if err != nil {
		return err
	}
	if c.IsSet("ignore") {
		if o.run.Compare, err = ignore.For(o.run.Theirs, framing.EntryOf(o.run.Theirs)); err != nil {
			return err
		}
	}
	if o.target.Storage = c.String("exec-oracle"); o.target.Storage != "" {
		o.run.Stored = (&probe.Storage{Command: o.target.Storage}).Read
	}
	if o.to.To.Network == "tcp" && o.to.Secure == nil && o.clients == nil {
		o.run.SpeaksTLS = o.speaksTLS
	}
	o.run.Advice = hint.Advice{Assumed: o.assumed, Peer: true}
	if c.IsSet("reply-framing") && o.clients == nil {
		o.run.Advice = hint.Advice{Flag: "--reply-framing", Peer: true}
	}
	o.run.Only, o.run.Skip = c.StringSlice("only"), c.StringSlice("skip")
	for _, text := range c.StringSlice("expect-reply") {
		o.run.Expect = append(o.run.Expect, []byte(text))
	}
	if o.to.Command != nil {
		words := slices.Clone(o.to.Command)
		for i := range words {
			words[i] = report.QuoteArg(words[i])
		}
		o.target.Address = "exec:" + strings.Join(words, " ")
	}
	for _, f := range flagsOf(onProbe) {
		if !c.IsSet(f.Name) {
			continue
		}
		values := []string{c.String(f.Name)}
		if f.Repeat {
			values = c.StringSlice(f.Name)
		}
		var words []string
		for _, value := range values {
			if words = append(words, f.Names()[0]); f.Value != "" {
				words = append(words, report.QuoteArg(value))
			}
		}
		if f.Group == "TLS" || f.Name == "reply-framing" || f.Name == "max-frame" { // send has these too
			o.target.Flags = append(o.target.Flags, words...)
		}
		if !slices.Contains(notAgain, f.Name) && f.Group != "Reports" && f.Group != "Terminal" {
			o.target.Again = append(o.target.Again, words...)
		}
	}
	for _, name := range o.files {
		o.target.Files = append(o.target.Files, report.QuoteArg(name))
	}
	return nil
}

// plan makes the messages, and puts them into frames.
func (o *probeOptions) plan(stdin *os.File) error {
	p := &o.run.Plan
	if o.echo {
		o.run.Answer = func(_ int, message []byte) []byte {
			frame, _ := p.Framing.Append(nil, framing.Marks{}, message) // nothing, if it cannot carry the message
			return frame
		}
		return nil
	}
	if len(o.messages) == 0 && len(o.files) == 0 {
		var err error
		p.Defaults = true
		if p.Messages, err = probe.Frames(p.Framing, probe.Defaults(p.Thorough)); err != nil {
			return &report.Failure{Status: report.StatusPayload, Text: fmt.Sprintf("-f %s cannot carry the default message: %s", o.framing, err),
				Hints: []string{"give messages with -m or in a FILE"}}
		}
		return nil
	}
	if err := o.read(stdin); err != nil {
		return err
	}
	switch list := p.Messages; {
	case len(list) == 0:
		return report.Usage("there is no message in the input")
	case o.clients != nil:
		o.run.Answer = func(i int, _ []byte) []byte { return list[min(i, len(list)-1)].Frame }
	case len(list) == 1:
		p.Messages = append(p.Messages, p.Messages[0])
	}
	return nil
}

// read reads the messages, and puts them into frames. Of a recording, a client gets what the server sent.
func (o *probeOptions) read(stdin *os.File) error {
	p := &o.run.Plan
	in, format := texts(o.messages, o.literal && len(o.messages) > 0, o.in)
	if len(in) == 0 {
		for _, file := range input.Files(o.files, stdin, 0, -1) {
			if o.clients != nil {
				var done bool
				var err error
				if file, done, err = o.recorded(file); err != nil {
					return err
				} else if done {
					continue
				}
			}
			in = append(in, file)
		}
	}
	var frames bytes.Buffer
	codec := pump.Codec{Ours: p.Framing, OursFlag: "-f", In: format, Max: o.max}
	messages := codec.Outgoing(format, codec.Frames(o.in, &frames, o.report), o.report)
	if err := messages.Run(in); err != nil {
		return err
	}
	r := framing.NewReader(&frames, p.Framing)
	r.Max = -1
	for f, err := range r.Frames() {
		if err != nil {
			return &report.Failure{Status: report.StatusPayload, Text: err.Error()}
		}
		p.Messages = append(p.Messages, probe.NewMessage(p.Framing, slices.Concat(f.Header, f.Body, f.Trailer)))
	}
	return nil
}

// recorded adds what the server of a recording sent, and reports whether the input is one. Otherwise it returns the
// input as it is to be read.
func (o *probeOptions) recorded(in input.Input) (_ input.Input, done bool, err error) {
	if !o.literal && o.in.Name != "json" {
		return in, false, nil
	}
	p := &o.run.Plan
	side := replay.Side{Framing: p.Framing, Kind: framing.EntryOf(p.Framing)}
	tape, text, err := replay.Read(in, replay.Options{Sides: [2]replay.Side{side, side}, Stream: o.stream, Direction: capture.Directions[replay.Server], Max: -1, Detail: o.report.Detail})
	switch {
	case err != nil:
		return in, false, err
	case tape == nil && o.stream >= 0:
		return in, false, report.Usage("--stream: %s is no recording", in.Shown())
	case tape == nil:
		return input.Text(text), false, nil
	}
	if err := tape.Check(false); err != nil {
		return in, true, err
	}
	stream, err := tape.Only()
	if err != nil {
		return in, true, err
	}
	for _, m := range stream.Messages {
		if !m.Silent {
			p.Messages = append(p.Messages, probe.NewMessage(p.Framing, m.Wire()))
		}
	}
	return in, true, nil
}

// readMany reads --malformed, --jobs and --known.
func (o *probeOptions) readMany(c *cli.Context) error {
	seed, err := strconv.ParseUint(c.String("seed"), 10, 32)
	switch {
	case err != nil:
		return report.Usage("--seed: want a number from 0 to %d, not %q", uint32(math.MaxUint32), c.String("seed"))
	case c.IsSet("seed") && !o.run.Malformed:
		return report.Usage("--seed needs --malformed: no other case has random bytes")
	}
	o.run.Seed = uint32(seed)
	if o.run.Jobs, err = strconv.Atoi(c.String("jobs")); err != nil || o.run.Jobs < 1 {
		return report.Usage("--jobs: want a number from 1, not %q", c.String("jobs"))
	}
	if o.run.Jobs > 1 && c.IsSet("exec-oracle") {
		return report.Usage("--exec-oracle and --jobs cannot be combined: what is stored must belong to one case")
	}
	name := c.String("known")
	if name == "" {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return &report.Failure{Status: report.StatusIO, Text: "--known " + report.OneLine(name) + ": " + report.Reason(err)}
	}
	if o.run.Known, err = probe.KnownIDs(string(text)); err != nil {
		return report.Usage("--known %s: %s", name, err)
	}
	return nil
}
