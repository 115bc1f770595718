package commands

import (
	"cmp"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/link"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/redact"
	"framecat/commands/internal/relay"
	"framecat/commands/internal/report"
	"framecat/commands/internal/rewrite"
)

// drainTime is how long connections, and what is shown of them, may still go on after a signal.
const drainTime = 5 * time.Second

// noteTime is how long tap waits for its last line to be written, after a command has ended.
const noteTime = 500 * time.Millisecond

type tapOptions struct {
	link     link.Options // of the side that accepts
	target   link.Dialer
	command  []string // runs in place of connections
	maxConns int
	portFile string
	report   *report.Reporter

	view  tapView
	rules *rewrite.Rules
}

func tapCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "tap", Args: []manual.Arg{{Value: manual.Address, Words: listenAddress.Terms}, {Value: manual.Target, Words: tapTarget.Terms}}, Wraps: true,
			Summary: "show messages between client and server, or of a command",
			About: "Accepts connections on ADDRESS, connects to TARGET for each, and passes bytes both ways: in order, and unchanged unless --to, --chunk or a fault is asked for. " +
				"Meanwhile it shows the messages, a line each, and can record them. With --, tap runs COMMAND, and is used in its place: " +
				"standard input and output are passed on, and so are signals; the exit status is that of COMMAND, and messages are shown on standard error.",
			Flags: flagsOf(onTap),
			Sections: []manual.Section{
				{Title: "View", Text: "Without -f, the framing of each direction is found from its first bytes, which are held for 2 s at most; if it fits no more, it is found anew. " +
					"What tap shows never changes, delays or stops a byte. If more comes than can be shown, messages are left out: the last line counts the reads that were left out as dropped views. " +
					"--where, --frames and -n select what is shown; all is relayed and recorded. Numbers count in each direction. " +
					"A line reports when a connection changes to TLS, after which bytes are only counted, or by HTTP's Upgrade to another protocol, whose messages follow. " +
					"In a list, ! marks bytes that are no frame, < a leftover, and ? bytes without a framing. If bytes are malformed, " +
					"the view goes on at the next frame."},
				{Title: "Pages", Text: pageNote},
				{Title: "Recording", Text: "--record FILE writes all that is relayed as pcapng, which inspect, decode, tshark and Wireshark read: each read is a segment, with its time. " +
					"If more comes than can be written, the rest is a gap, which tap reports at the end. " +
					"--record ring:SIZE:FILE keeps the last SIZE bytes. They are written at the end, and before that when a frame is malformed or a connection is reset, " +
					"once a second at most, and at SIGUSR1. SIZE is 128KiB to 1GiB; %n in FILE numbers the files, and %p is the process number. " +
					"--record - writes to standard output, for example into wireshark -k -i -; it needs -q or --log. " +
					"Connection 1 is stream 0 of the recording. Pipes and unix sockets have made-up addresses there, such as 127.1.0.0; a comment at their first packet names them. " +
					"A recording holds secrets: FILE is readable by its owner only."},
				listenAddress, tapTarget,
				{Title: "TIMES", Terms: timeWords},
				testSection(),
				{Title: "COMMAND", Text: "All words after -- belong to COMMAND, flags too. It runs without a shell, in a process group of its own, and cannot read the terminal. " +
					"Its standard error is that of tap. When COMMAND ends, tap ends after it has written its output, even if other processes still hold " +
					"the pipe. Each signal is passed on, so tap ends when COMMAND does. The status is that of COMMAND, or 128 and the number of the signal that ended it, even if --expect-clean finds something " +
					"or a file cannot be written: that is only reported."},
				whatSection(redact.WhatNotes),
				tapFaults, tapTo,
				{Title: "HOW", Terms: chunkWords, Text: "Programs that handle TCP correctly behave the same with all of them. N, 3,3,4,1 and random need no -f."},
				{Title: "Notes", Text: "The first SIGINT or SIGTERM ends tap with status 0: it accepts no more connections, and those that are open may go on " +
					"for 5 s. The second ends it at once. " + ignoredNote + " With -v, each connection is reported. If TARGET cannot be reached, the connection of the client is reset. " +
					"If there is only one connection, as with -, tap ends with it, and a failure is status 1. " +
					"TLS ends at tap: each side may use it or not. Each flag of a group of TLS turns TLS on for its side. " + sharedDirNote("--port-file")},
			},
			Statuses: []int{0, 1, 2, 3, 4, 124, 126, 130},
			Examples: []manual.Example{
				{Text: "show what the clients of a port and a server say", Line: `framecat tap -f u32be 4001 localhost:4000`},
				{Text: "record it too, as JSON and as a capture", Line: `framecat tap -f u32be -o json --record t.pcapng 4001 localhost:4000`},
				{Text: "show what goes in and out of a command", Line: `printf 'hello\n' | framecat tap -f lines -- tr a-z A-Z`},
			},
		},
		run: func(c *cli.Context) error {
			o, err := readTap(c, e)
			if err != nil {
				return err
			}
			report.KeepOnBrokenPipe()
			if o.command != nil {
				return tapProcess(e, o)
			}
			return tap(e, o, e.signals(o.view.asking()...))
		},
	}
}

// readTap reads the flags and arguments of tap.
func readTap(c *cli.Context, e *Env) (o tapOptions, err error) {
	o.report = report.New(e.system(), c.String("color"))
	o.report.Verbose, o.report.Quiet = c.Bool("verbose"), c.Bool("quiet")
	if err := checkColor(c); err != nil {
		return o, err
	}
	if o.link.Timeout, err = duration(c, "timeout", 0); err != nil {
		return o, err
	}
	args := c.Args().Slice()
	if len(args) > 0 && args[0] == "--" {
		o.command = args[1:]
		if err := checkTapProcess(c, o.command); err != nil {
			return o, err
		}
		if o.view, err = readTapView(c, e, o.report, e.Stderr); err == nil {
			o.rules, err = readTapRules(c, e, &o.view, o.report)
		}
		return o, err
	}
	if len(args) > 2 && args[1] == "--" {
		o.target.Command, args = args[2:], []string{args[0], link.Command(args[2:]).String()}
	}
	if len(args) != 2 || args[1] == "--" {
		f := report.Usage("tap takes two addresses, ADDRESS and TARGET, or -- and a COMMAND")
		f.Hints = []string{"for example: framecat tap 4001 localhost:4000", "for a command: framecat tap -- COMMAND ARG..."}
		return o, f
	}
	if o.link.Address, err = tapAddress(args[0]); err != nil {
		return o, orCommand(args, err)
	}
	if o.target.To, err = tapAddress(args[1]); err != nil {
		return o, orCommand(args, err)
	}
	// exec: is a process of its own in each place.
	if o.link.Address == o.target.To && o.link.Address.Port != "0" && o.link.Address.Once(true) == o.target.To.Once(false) {
		return o, report.Usage("ADDRESS and TARGET are both %s: tap would connect to itself", o.target.To)
	}
	if err = checkLocal(c, e, o.link.Address, true); err != nil {
		return o, err
	}
	if err = checkLocal(c, e, o.target.To, false); err != nil {
		return o, err
	}
	if !c.Bool("allow-remote") && !o.link.Address.Loopback() {
		return o, report.Usage("%s accepts connections from other machines; that needs --allow-remote", o.link.Address)
	}
	if o.maxConns, err = maxConns(c); err != nil {
		return o, err
	}
	if o.link.Deadlines.Idle, err = duration(c, "idle-timeout", 0); err != nil {
		return o, err
	}
	if o.target.Timeout, err = duration(c, "connect-timeout", 10*time.Second); err != nil {
		return o, err
	}
	if o.target.Retry, err = duration(c, "retry", 0); err != nil {
		return o, err
	}
	o.portFile = c.String("port-file")
	o.link.Files = link.Files{Stdin: e.Stdin, Stdout: e.Stdout, Stderr: e.Stderr}
	o.target.Files = o.link.Files
	if o.link.Secure, err = readTLS(c, &o.link.Address, true, "", o.report); err != nil {
		return o, err
	}
	if o.target.Secure, err = readTLS(c, &o.target.To, false, "target-", o.report); err != nil {
		return o, err
	}
	screen := e.Stdout
	if o.link.Address.Stdio() || o.target.To.Stdio() {
		screen = e.Stderr
	}
	if o.view, err = readTapView(c, e, o.report, screen); err == nil {
		o.rules, err = readTapRules(c, e, &o.view, o.report)
	}
	return o, err
}

// tapAddress reads an address of tap, which is one word.
func tapAddress(word string) (link.Address, error) {
	a, _, err := link.ParseAddress([]string{word})
	return a, err
}

// orCommand adds a hint to the failure of an address, if the words may be those of a command.
func orCommand(words []string, err error) error {
	if f, ok := err.(*report.Failure); ok && !strings.Contains(words[0], ":") && strings.Trim(words[0], "0123456789") != "" {
		f.Hints = append(f.Hints, "to run a command, write -- before it: framecat tap -- "+report.QuoteArg(words[0])+" ARG...")
	}
	return err
}

// checkTapProcess checks the words and flags of a COMMAND.
func checkTapProcess(c *cli.Context, words []string) error {
	if len(words) == 0 {
		return report.Usage("there is no COMMAND after --")
	}
	for _, f := range flagsOf(onTap) {
		switch f.Group {
		case "Connection", "TLS", "TLS to TARGET":
		default:
			if f.Name != "idle-timeout" {
				continue
			}
		}
		if c.IsSet(f.Name) {
			return report.Usage("--%s needs ADDRESS and TARGET; it cannot be used with a COMMAND", f.Name)
		}
	}
	return nil
}

// maxConns reads --max-conns.
func maxConns(c *cli.Context) (int, error) {
	n, err := strconv.Atoi(c.String("max-conns"))
	if err != nil || n < 1 {
		return 0, report.Usage("--max-conns: want a number from 1, not %q", c.String("max-conns"))
	}
	return n, nil
}

// tap relays connections until a signal or --timeout ends it.
func tap(e *Env, o tapOptions, signals <-chan os.Signal) error {
	timeout := link.Alarm(o.link.Timeout)
	once := o.link.Address.Once(true) || o.target.To.Once(false)
	l, err := bind(&o.link, o.portFile, o.report, signals, timeout)
	if err != nil {
		return err
	}
	defer l.Close()
	watch, err := o.view.begin()
	if err != nil {
		return err
	}
	totals, err := relay.Run(relay.Options{
		Listener: l, Secure: o.link.Secure, Target: o.target, Once: once, MaxConns: o.maxConns, Idle: o.link.Deadlines.Idle, Timeout: o.link.Timeout,
		Drain: drainTime, Watch: watch, Copier: o.rules.Copier, Report: o.report,
	}, o.view.served(signals, false), timeout)
	seen, failed := o.view.end(totals)
	o.report.Note("%s, %s%s", report.Count(totals.Connections, "connection"), totals.Text(e.system().ASCII()), seen+o.rules.Text())
	return cmp.Or(err, failed)
}

// tapProcess runs a command, and relays its standard input and output.
func tapProcess(e *Env, o tapOptions) error {
	watch, err := o.view.begin()
	if err != nil {
		return err
	}
	totals, err := relay.RunProcess(relay.ProcessOptions{
		Command: o.command, Stdin: e.Stdin, Stdout: e.Stdout, Stderr: e.Stderr, Timeout: o.link.Timeout, Drain: drainTime,
		Watch: watch, Copier: o.rules.Copier, Report: o.report,
	}, o.view.served(e.signals(link.PassedOn()...), true), link.Alarm(o.link.Timeout))
	if totals.Connections > 0 { // the command was started
		seen, failed := o.view.end(totals)
		noted := make(chan struct{})
		go func() {
			defer close(noted)
			o.report.Note("%s%s", totals.Text(e.system().ASCII()), seen+o.rules.Text())
			if failed != nil {
				o.report.Note("%s", failed)
			}
		}()
		select {
		case <-noted:
		case <-time.After(noteTime): // nobody reads standard error
		}
	}
	return err // that of the command, always
}
