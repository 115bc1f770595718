package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"framecat/commands/internal/compare"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/manual"
	"framecat/commands/internal/probe"
	"framecat/commands/internal/report"
	"framecat/hexview"
)

type probeOptions struct {
	common
	run      probe.Options
	target   probe.Target
	to       link.Dialer
	errors   *link.Tail     // of processes
	clients  *probe.Clients // nil if the peer is no client
	echo     bool
	stream   int64 // of a recording that has the replies; -1 is the only one
	portFile string
	in       formats.Format
	messages []string // the values of -m
	literal  bool     // take -m as it is, and not in the input format
	json     bool
	dryRun   bool
	junit    string // where to write a report as XML; "" is nowhere
	html     string // the same for a page
	limit    time.Duration
	view     hexview.Options
}

func probeCommand(e *Env) command {
	return command{
		page: manual.Command{
			Name: "probe", Args: []manual.Arg{{Value: manual.Address, Words: probeAddress().Terms}, fileArgs[0]}, Wraps: true,
			Summary: "find where a receiver breaks when its messages are cut",
			About: "Sends messages uncut, then the same bytes in other pieces, and compares the replies. It needs no knowledge of the protocol but the framing. " +
				"A case is one way to cut; each has a connection of its own. After each case a new connection must be answered. " +
				"It sends the messages hundreds of times: use it where that is harmless. With --, it runs COMMAND for each case, and uses its standard input and output. With --listen, it probes a client.",
			Flags: flagsOf(onProbe),
			Sections: []manual.Section{
				{Title: "Cases", Terms: probeCases, Text: "In split/M.OFFSET, M is the number of a later message. probe --dry-run lists all cases. --only and --skip take an ID, in which * is any text. " +
					"With one message, it is sent twice. Without -m and FILE, the messages are a short one with characters that are not ASCII, an empty one, and one of 300 bytes; --thorough adds one of 100,000 bytes, and ends connections at every offset. " +
					"With -f resp, they are commands for a server; to probe a parser of replies, give some: -i escaped -m '+OK\\r\\n' -m '$2\\r\\nhi\\r\\n'."},
				{Title: "Verdicts", Terms: probeVerdicts, Text: "Replies are judged by the strictest rule that the messages meet when they are sent uncut, twice: equal replies, as many replies, " +
					"or an answer to the first message. If what comes is no frames of --reply-framing, the reference is a FAIL; if nothing comes, cases are INCONCLUSIVE: with a wrong -f, it depends on the peer. A reply that is missing is waited for until new connections were answered several times. " +
					"A peer that is idle before a connection ends inside a frame, and keeps a processor busy for 3 s after it, is a FAIL; this is seen on Linux, if the peer is on this machine and belongs to the same user."},
				{Title: "Malformed frames", Text: "With --malformed, the first message is also sent in frames that are wrong, then nothing more. Each is written once, and has the wrong bytes that Cases lists; all others are as they were. " +
					"A framing without a length has no length/*, one without a checksum no checksum. The peer may answer as it likes, or close: that is INFO. It is a FAIL if the peer dies, or does not serve the next connection; if more replies come than what was sent can ask for " +
					"(a line may be a message, too, and 4 may be errors); if a reply repeats the payload with as many bytes as were announced, of which some were never sent; or if its memory (RSS) grows by more than what was sent and 16 MiB. " +
					"The memory of a COMMAND is compared with that for the reference. On Linux, that of a server on this machine is read too, if it belongs to the same user. A COMMAND may end with any status, but not by a signal, and within 5 s."},
				{Title: "Many cases", Text: "With --jobs, N cases are played at once. One that does not pass is played again alone, and only that counts. Those that end connections, and those of --malformed, are always played alone, unless the peer is a COMMAND, and so are all with --exec-oracle. " +
					"--known names a file with cases that are known to fail, one ID per line, in which * is any text; # begins a comment. They do not make the status 6, and probe reports those that fail no more."},
				probeAddress(), inSection(),
				{Title: "Clients", Text: "With --listen, probe accepts connections on ADDRESS, and cuts its replies: --reply in turn (the last one again), those of FILE, or with --echo the messages of the client. " +
					"If FILE is a capture, or with -i json what -o json of tap has printed, the replies are what the server sent on one stream: see --stream. With TLS, it needs --cert and --key; --client-ca asks for a certificate of the client. " +
					"With --run, COMMAND starts a client for each case, with our address in $FRAMECAT_ADDRESS, HOST:PORT or unix:PATH; what it prints and its status must stay the same too. " +
					"Without it, the client must connect again and again, each time within --connect-timeout. Replies are merged only if the client sends its next message before it has them."},
				{Title: "Peers that do not reply", Text: probe.StorageNotes},
				whatSection(compare.Notes),
				{Title: "COMMAND", Text: "After --, all words belong to COMMAND, flags too. It runs without a shell, once for each case. " +
					"There is no second connection and no reset; the next case shows whether it still starts. After close/OFFSET it may end with any status, but must end within 5 s. The COMMAND of --run runs in a shell."},
				{Title: "Notes", Text: "What a COMMAND writes to its standard error is shown if a case fails, and always with -v. On Linux, the next piece is written when a peer on this machine has read the one before. Elsewhere, probe waits for --gap, and reports that cuts may have been merged. The first reply of all may take 5 s, or as long as -w allows. " +
					"Each failure is printed with a framecat send line that repeats it. The first Ctrl-C prints the report so far. Each flag of the group TLS turns TLS on. " +
					"A run of cases with the same verdict is one line, which is printed when it ends; -o json prints each case after the next one has a connection. In a workflow of GitHub Actions, each kind of case that fails becomes an annotation, and the step gets a summary. " +
					"--html writes a page to send along, with all cases: what was written, expected and came as marked hex, and the line that repeats a failure. It loads nothing."},
			},
			Statuses: []int{0, 1, 2, 5, 6, 7, 124, 126, 130},
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

// dial makes a connection for a case.
func (o *probeOptions) dial(ctx context.Context) (net.Conn, error) {
	if o.errors != nil {
		o.errors.Forget()
	}
	return o.to.Dial(ctx)
}

// speaksTLS reports whether the peer answers a TLS handshake.
func (o *probeOptions) speaksTLS(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	nc, err := o.to.Dial(ctx)
	return err == nil && link.SpeaksTLS(ctx, nc)
}

// A probeReporter prints the results of a run.
type probeReporter interface {
	Result(*probe.Result) error
	End(*probe.Summary) error
}

// runProbe plays the cases and reports them.
func runProbe(e *Env, o probeOptions) error {
	if err := o.plan(e.Stdin); err != nil {
		return err
	}
	if o.assumed != "" {
		o.report.Note("-f %s is assumed; with another framing, give it with -f", o.assumed)
	}
	if err := o.checkCases(); err != nil {
		return err
	}
	if o.dryRun {
		return e.system().Print(caseList(&o.run))
	}
	if err := cmp.Or(checkOutput("--junit", o.junit), checkOutput("--html", o.html)); err != nil {
		return err
	}
	stdout := io.Writer(e.Stdout)
	if onGitHub(e) {
		stdout, o.report.W = &probe.Guard{Out: e.Stdout, JSON: o.json}, &probe.Guard{Out: e.Stderr}
	}
	closePeer, err := o.reach()
	defer closePeer()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	end := o.limited(ctx, cancel, e.signals())
	if report.IsTerminal(e.Stderr) && !o.report.Quiet && !e.system().Dumb() {
		line := report.NewStatusLine(e.Stderr)
		defer line.Close()
		o.report.Clear = line.Clear
		o.run.Started = func(c *probe.Case, i, n int) { line.Show(fmt.Sprintf("%d of %d: %s", i+1, n, c.ID)) }
	} else {
		last := time.Now()
		o.run.Started = func(c *probe.Case, i, n int) { // a log shows nothing while all cases pass
			if time.Since(last) >= 30*time.Second {
				last = time.Now()
				o.report.Note("case %d of %d: %s", i+1, n, c.ID)
			}
		}
	}
	out := o.reporter(stdout)
	var failed error // of the output
	o.run.Note = func(text string) { o.report.Note("%s", text) }
	o.run.Done = func(r *probe.Result) {
		if err := out.Result(r); err != nil && failed == nil {
			failed = err
			cancel()
		}
	}
	s, err := probe.Run(ctx, o.run)
	o.report.Clear()
	if mended := s.Mended(o.run.Known); len(mended) > 0 {
		o.report.Note("--known: no case fails any more of %s; remove this from the file", strings.Join(mended, ", "))
	}
	if len(s.Results) > 0 && failed == nil {
		failed = out.End(s)
	}
	if failed != nil {
		o.report.DieOfBrokenPipe(failed)
		return &report.Failure{Status: report.StatusIO, Text: "standard output: " + report.Reason(failed)}
	}
	if err := o.writeReports(e, s); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return <-end
	}
	if err != nil && o.to.Command != nil {
		return link.NotRun(o.to.Command[0], errors.Unwrap(err))
	}
	if err != nil {
		return &report.Failure{Status: report.StatusIO, Text: o.to.To.String() + ": " + report.Reason(err), Hints: link.TLSHints(errors.Unwrap(err), false, "")}
	}
	return verdict(s)
}

// onGitHub reports whether a workflow of GitHub Actions runs the program.
func onGitHub(e *Env) bool { return e.Getenv("GITHUB_ACTIONS") == "true" }

// writeReports writes the reports of --junit, --html and of GitHub Actions. That a summary cannot be written
// changes no verdict.
func (o *probeOptions) writeReports(e *Env, s *probe.Summary) error {
	plan := &o.run.Plan
	if o.junit != "" {
		if err := writeAtOnce(o.junit, probe.JUnit(s, plan, o.target), public); err != nil {
			return &report.Failure{Status: report.StatusIO, Text: "--junit: " + report.Reason(err)}
		}
	}
	if o.html != "" {
		if err := writePage(o.html, probe.Page(s, plan, o.target, o.unit()), nil); err != nil {
			return err
		}
	}
	if !onGitHub(e) || len(s.Results) == 0 {
		return nil
	}
	io.WriteString(e.Stderr, probe.Annotations(s, plan, o.target))
	if name := e.Getenv("GITHUB_STEP_SUMMARY"); name != "" {
		if err := appendTo(name, probe.StepSummary(s, plan, o.target)); err != nil {
			o.report.Warn("GITHUB_STEP_SUMMARY: " + report.Reason(err))
		}
	}
	return nil
}

// checkCases checks --only and --skip, and reports how often a peer gets the first message. The cases of
// a client are known only after its first connection.
func (o *probeOptions) checkCases() error {
	if o.clients != nil {
		return nil
	}
	every := o.run.Plan
	every.Malformed, every.Thorough = true, true
	for _, id := range o.run.Only {
		if err := known("--only", id, o.run.Plan.Cases(), every.Cases()); err != nil {
			return err
		}
	}
	for _, id := range o.run.Skip { // a case that is not played can be left out
		if err := known("--skip", id, every.Cases(), every.Cases()); err != nil {
			return err
		}
	}
	n := len(o.run.Selected())
	if n == 0 && len(o.run.Skip) > 0 {
		return report.Usage("--skip leaves no case to play")
	}
	if n += 2; !o.run.Peer.Process { // the reference is sent twice
		n *= 2 // after each case, the message shows whether the peer still answers
	}
	if !o.dryRun && o.report.Watched() {
		o.report.Note("the first message will be sent about %d times", n)
	}
	return nil
}

// known returns an error if a flag names no case of list. Every are those with all flags.
func known(flag, id string, list, every []probe.Case) error {
	if len(probe.Select(list, []string{id}, nil)) > 0 {
		return nil
	}
	f := report.Usage("%s %s: there is no such case", flag, id)
	if also := probe.Select(every, []string{id}, nil); len(also) > 0 {
		f.Hints = []string{"to play it, add --thorough"}
		if also[0].Malformed {
			f.Hints = []string{"to play it, add --malformed"}
		}
		return f
	}
	var ids []string
	for i := range list {
		ids = append(ids, list[i].ID)
	}
	if near := report.Nearest(id, ids); near != "" {
		f.Hints = append(f.Hints, "did you mean "+near+"?")
	}
	f.Hints = append(f.Hints, "to list the cases, add --dry-run")
	return f
}

// reach sets how the peer is reached. What it returns first ends that.
func (o *probeOptions) reach() (end func(), err error) {
	end = func() {}
	o.run.Dial = o.dial
	if !o.run.Peer.Process && o.clients == nil {
		return end, nil
	}
	var also io.Writer
	if o.report.Verbose {
		also = o.report.W
	}
	if o.errors, err = link.NewTail(also); err != nil {
		return end, err
	}
	end = func() { o.errors.Close() }
	o.to.Files.Stderr, o.run.Stderr = o.errors.Pipe, o.errors.Text
	if o.clients == nil {
		return end, nil
	}
	l, err := bind(&link.Options{Address: o.to.To}, o.portFile, o.report, nil, nil)
	if err != nil {
		return end, err
	}
	o.to.To = o.to.To.Bound(l.Addr())
	at := strings.TrimPrefix(o.to.To.String(), "tls://") // as a client of any kind takes it
	o.clients.Serve(l, o.to.Secure)
	o.clients.Stderr, o.clients.Wait, o.clients.Env = o.errors.Pipe, o.to.Timeout, append(os.Environ(), "FRAMECAT_ADDRESS="+at)
	o.run.Dial = func(ctx context.Context) (net.Conn, error) {
		o.errors.Forget()
		return o.clients.Accept(ctx)
	}
	return func() { l.Close(); o.errors.Close() }, nil
}

// limited calls cancel at a signal or after --max-time. It returns a channel that receives why.
func (o *probeOptions) limited(ctx context.Context, cancel func(), signals <-chan os.Signal) <-chan error {
	end := make(chan error, 1)
	go func() {
		select {
		case s := <-signals:
			end <- report.Interrupted(s)
		case <-link.Alarm(o.limit):
			end <- &report.Failure{Status: report.StatusTimeout, Text: "--max-time " + o.limit.String() + " passed"}
		case <-ctx.Done():
			return
		}
		cancel()
	}()
	return end
}

// reporter returns what prints the results on out.
func (o *probeOptions) reporter(out io.Writer) probeReporter {
	if o.json {
		return &probe.JSON{Plan: &o.run.Plan, Target: o.target, Out: out, Clear: o.report.Clear}
	}
	t := probe.NewTerminal(out, o.view, &o.run.Plan, o.target)
	t.Clear, t.All, t.Unit = o.report.Clear, o.report.Verbose, o.unit()
	return t
}

// unit is what the peer sends.
func (o *probeOptions) unit() string {
	if o.clients != nil {
		return "message"
	}
	return "reply"
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
	for _, c := range append(o.Plan.Cases()[:1:1], o.Selected()...) {
		fmt.Fprintf(&text, "%-18s %s, %s\n", c.ID, report.Count(int64(len(c.Writes)), "write"), cmp.Or(c.Place, "uncut"))
	}
	return text.String()
}
