package commands

import (
	"errors"
	"net"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/link"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/commands/internal/serve"
)

type listenOptions struct {
	netOptions
	keepOpen bool
	echo     bool
	exec     string
	maxConns int
	memory   int64         // bounds the buffers of all connections; 0 is no limit
	linger   time.Duration // how long the command of --exec may be silent after its input
	portFile string
	where    *pump.FrameTest
	each     eachOptions
	adapt    func(spec string) (serve.Dialect, error) // with -f auto
}

func listenCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "listen", Args: []manual.Arg{{Value: manual.Address, Words: listenAddress.Terms}},
			Summary: "accept connections, print the messages that arrive",
			About: "Prints the messages that peers send, one per line by default, and sends them the messages " +
				"of standard input. It serves one connection and then ends; with -k it serves many at once. -f auto finds " +
				"the framing of each connection from its first bytes, as inspect does.",
			Flags: flagsOf(onListen),
			Sections: []manual.Section{
				listenAddress, outSection(), testSection(), eachSection("Each"),
				{Title: "COMMAND", Text: "COMMAND runs once for each connection. It reads the peer's messages on its standard input, " +
					"in the format of -o. Its standard output is read in the format of -i and sent back. It is stopped when its connection " +
					"ends, or when it is silent for the time of --linger after its input has ended. While the peer reads slowly, it does not count as " +
					"silent, unless the peer reads nothing for --frame-timeout. A command that buffers its output " +
					"replies late: use sed -u, grep --line-buffered or stdbuf -oL. If -i and -o are the framing of -f, COMMAND reads and " +
					"writes whole frames, with their headers: framecat send with the same -f, -i and -o relays them to a server."},
				listenReplay, whatSection(""),
				{Title: "Auto", Text: "With -f auto, messages are printed and answered as soon as the framing of their connection is found. Nothing is sent before, unless " +
					"--reply-framing is set, and COMMAND starts then. If the peer ends, or 64 KiB have arrived, and the framing is still unknown, the connection is " +
					"closed, and the error shows what came. If the peer is silent for --frame-timeout before the framing is found, the connection is closed too."},
				{Title: "Notes", Text: "--where selects the messages that are printed: all are answered by --echo and COMMAND, -n counts those " +
					"that are printed, and index counts those of all connections. The first SIGINT or SIGTERM ends listen with status 0, after all that has arrived is written; " +
					"the second ends it at once. " + ignoredNote + " With -k, an error ends only its own connection, and a peer is " +
					"disconnected if it reads nothing for 1 s while others wait for standard input. --max-memory limits the buffers of all " +
					"connections together; its default is a quarter of the memory of the machine or container. If they need more, the newest " +
					"connections wait and are read later; one frame at a time may still go over the limit. Each flag of the group TLS turns TLS on; --ca has no " +
					"effect without --client-ca. " + sharedDirNote("--port-file")},
			},
			Statuses: []int{0, 1, 2, 3, 4, 5, 6, 124, 130},
			Examples: []manual.Example{
				{Text: "print the messages of one client", Line: `framecat listen -f u16be 4000`},
				{Text: "echo the messages of many clients, and log them as JSON", Line: `framecat listen -k --echo -o json 4000`},
				{Text: "turn an unbuffered filter into a server", Line: `framecat listen -k -f crlf --exec 'sed -u s/l/L/g' 4000`},
			},
		},
		run: func(c *cli.Context) error {
			o, err := readListen(c, e)
			if err != nil {
				return err
			}
			return listen(e, o, e.signals())
		},
	}
}

func readListen(c *cli.Context, e *Env) (o listenOptions, err error) {
	if err = checkReplay(c, "echo", "exec"); err != nil {
		return o, err
	}
	if o.netOptions, err = readNet(c, e, true); err != nil {
		return o, err
	}
	if len(o.files) > 0 {
		return o, report.Usage("listen takes only one address: unexpected argument %q", o.files[0])
	}
	o.keepOpen, o.echo, o.exec, o.portFile = c.Bool("keep-open"), c.Bool("echo"), c.String("exec"), c.String("port-file")
	if c.IsSet("exec") && strings.TrimSpace(o.exec) == "" {
		return o, report.Usage("--exec: want a command, not %q", o.exec)
	}
	if o.echo && o.exec != "" {
		return o, report.Usage("--echo and --exec cannot be combined")
	}
	if o.exec != "" && o.out.Dir != "" {
		return o, report.Usage("--exec and -o dir:PATH cannot be combined: COMMAND reads messages on its standard input")
	}
	if o.each, err = readEach(c); err != nil {
		return o, err
	}
	if o.linger, err = duration(c, "linger", 0); err != nil {
		return o, err
	}
	if o.maxConns, err = maxConns(c); err != nil {
		return o, err
	}
	if o.memory, err = bytesFlag(c, "max-memory", pump.DefaultMemory()); err != nil {
		return o, err
	}
	kind := o.theirKind
	if o.auto {
		kind, o.adapt = nil, o.adapter(c, e)
	}
	o.where, err = pump.NewFrameTest(c.StringSlice("where"), kind, o.codec.Theirs, 0)
	noteAbsent(o.report, o.where)
	return o, err
}

// listen serves connections until the only one has ended, until the wanted messages are
// written, or until a signal or --timeout ends it.
func listen(e *Env, o listenOptions, signals <-chan os.Signal) (err error) {
	if !o.report.Quiet {
		if err := o.ready(); err != nil {
			return err
		}
	}
	timeout := link.Alarm(o.link.Timeout)
	l, err := bind(&o.link, o.portFile, o.report, signals, timeout)
	if err != nil {
		return err
	}
	defer l.Close()
	stdin := e.Stdin
	if o.link.Address.Stdio() {
		report.KeepOnBrokenPipe()
		stdin = nil // its bytes are those of the peer
	}
	if o.replay.tape != nil {
		stdin = nil // the recording has all that is sent
	}
	run := serve.Options{
		Options: o.link, Codec: o.codec, Listener: l,
		KeepOpen: o.keepOpen, MaxConns: o.maxConns, Echo: o.echo, Exec: o.exec, ExecIn: o.plain, Linger: o.linger, MaxMemory: o.memory,
		To: o.sink(), Where: o.where, Count: o.count, Stdin: stdin, Stderr: e.Stderr, Report: o.report,
	}
	if o.replay.tape != nil {
		run.Replay = o.replay.server(&o.netOptions)
	}
	if o.each.command != "" {
		commands := o.each.sink(e, nil, o.report)
		run.To, run.Stop = commands, commands.Stop
		defer commands.Stop()
		defer func() {
			var f *report.Failure
			if errors.As(err, &f) && f.Status >= report.StatusTimeout { // the run ends at once
				return
			}
			done := make(chan error, 1)
			go func() { done <- commands.Wait() }()
			select {
			case end := <-done:
				if err == nil {
					err = end
				}
			case s := <-signals:
				err = report.Interrupted(s)
			}
		}()
	}
	if o.auto {
		run.Finder, run.Adapt = &pump.Finder{Server: o.link.Address.String()}, func(spec string) (serve.Dialect, error) {
			d, err := o.adapt(spec)
			if o.each.command != "" {
				d.To = run.To
			}
			return d, err
		}
		if o.link.Secure == nil {
			run.Keep = withFraming([]string{"", "listen", "-f", "auto", "-o", "raw", o.link.Address.String()}, "--framing", "fixed:1") + " > FILE"
		}
	}
	return serve.Run(run, signals, timeout)
}

// bind listens on the address of o, and sets that to the address in use. It writes that address to
// the file of --port-file, too.
func bind(o *link.Options, portFile string, r *report.Reporter, signals <-chan os.Signal, timeout <-chan time.Time) (net.Listener, error) {
	once := o.Address.Once(true)
	l, err := link.Listen(o.Address, o.Files)
	if err != nil {
		return nil, &report.Failure{Status: report.StatusIO, Text: o.Address.String() + ": " + report.Reason(err)}
	}
	if once {
		return l, nil
	}
	o.Address = o.Address.Bound(l.Addr())
	written := make(chan error, 1)
	go func() { written <- writeAtOnce(portFile, o.Address.String(), public) }()
	select {
	case err = <-written:
		if err != nil {
			err = &report.Failure{Status: report.StatusIO, Text: portFile + ": " + report.Reason(err)}
		}
	case s := <-signals: // the file is a pipe that nobody reads
		err = report.Interrupted(s)
	case <-timeout:
		err = report.TimedOut(o.Timeout)
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	r.Note("listening on %s", o.Address)
	return l, nil
}
