package relay

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/link"
	"framecat/commands/internal/report"
)

// ProcessOptions are the options of RunProcess.
type ProcessOptions struct {
	Command               []string
	Stdin, Stdout, Stderr *os.File      // ours
	Timeout               time.Duration // for everything; 0 is no limit
	Drain                 time.Duration // how long the watchers may take at the end
	Watch                 []Watcher
	Copier                func(Way) Copier // as in Options
	Report                *report.Reporter
}

// A process is a command between our standard input and output.
type process struct {
	ProcessOptions
	cmd     *exec.Cmd
	in, out *os.File // its standard input and output
	output  *link.Output
	stream  *stream
	flows   [2]flow
	cut     atomic.Bool // both ways are closed
}

// RunProcess runs a command in our place: the command gets our standard input and the
// signals that come, and we write its output and end with its exit status. The caller has
// started the timeout.
func RunProcess(o ProcessOptions, signals <-chan os.Signal, timeout <-chan time.Time) (Totals, error) {
	p := &process{ProcessOptions: o}
	if err := p.start(); err != nil {
		return Totals{}, link.NotRun(o.Command[0], err)
	}
	hub := newHub(o.Watch, 1)
	p.stream = hub.stream(0)
	p.stream.open("standard input", strings.Join(o.Command, " "))
	p.flows = [2]flow{
		client: {dir: client, src: o.Stdin, dst: p.in, stream: p.stream},
		target: {dir: target, src: p.output, dst: o.Stdout, stream: p.stream},
	}
	done := make(chan struct{})
	if o.Copier != nil {
		for dir := range p.flows {
			p.flows[dir].copier = o.Copier(Way{Conn: 1, Dir: dir, Done: done})
		}
	}
	err := p.run(signals, timeout)
	close(done)
	o.Stdin.SetReadDeadline(time.Now()) // nobody needs it any more
	p.in.Close()
	p.out.Close()
	p.stream.add(target, capture.Ended)
	t := Totals{Connections: 1, Missed: hub.finish(time.Now().Add(o.Drain))}
	for dir := range p.flows {
		t.Bytes[dir] = p.flows[dir].bytes.Load()
	}
	return t, err
}

// start starts the command, in a process group of its own.
func (p *process) start() (err error) {
	p.cmd = exec.Command(p.Command[0], p.Command[1:]...)
	p.cmd.Stderr = p.Stderr
	if p.in, p.out, err = link.Start(p.cmd); err == nil {
		p.output = link.NewOutput(p.out)
	}
	return err
}

// run waits until the command has ended and its output is written. It returns the status of the
// command as a failure.
func (p *process) run(signals <-chan os.Signal, timeout <-chan time.Time) (status error) {
	exited, written := make(chan error, 1), make(chan struct{})
	go func() { exited <- p.cmd.Wait() }()
	go p.feed()
	go func() {
		defer close(written)
		p.drain()
	}()
	var kill <-chan time.Time
	var late error
	for exited != nil || written != nil {
		select {
		case s := <-signals:
			if exited == nil { // what is left is to write its output, which nobody reads
				return status
			}
			p.Report.Detail("%s: passed on to %s", s, p.Command[0])
			link.PassOn(p.cmd.Process, s)
		case <-timeout:
			late = report.TimedOut(p.Timeout)
			if exited == nil {
				return late
			}
			link.EndGroup(p.cmd.Process)
			kill = time.After(lastTime)
		case <-kill:
			link.KillGroup(p.cmd.Process)
		case err := <-exited:
			exited, kill = nil, nil
			status = p.ended(err)
		case <-written:
			written = nil
		}
	}
	if late != nil {
		return late
	}
	return status
}

// ended is called when the command has ended. It returns its status as a failure.
func (p *process) ended(err error) error {
	p.output.Ended()
	if err == nil {
		p.Report.Detail("%s: exit status 0", p.Command[0])
		return nil
	}
	p.Report.Detail("%s: %s", p.Command[0], err)
	f := &report.Failure{Status: report.StatusIO, Reported: true}
	if state := p.cmd.ProcessState; state != nil {
		f.Status = state.ExitCode()
		if w, ok := state.Sys().(syscall.WaitStatus); ok && w.Signaled() {
			f.Status = report.StatusSignal + int(w.Signal())
		}
	}
	return f
}

// feed passes our standard input on to the command. If the command reads no more, ours is closed:
// its writer then gets the error that it would get without us.
func (p *process) feed() {
	defer p.in.Close()
	switch err := p.flows[client].copy(); {
	case err == nil:
		p.stream.add(client, capture.Closed) // before the command can end because of it
	case err.writing:
		p.Stdin.Close()
	default:
		p.fail(client, "standard input", err.error)
	}
}

// drain writes the output of the command. If nobody reads ours, that of the command is closed.
func (p *process) drain() {
	err := p.flows[target].copy()
	switch {
	case err == nil:
		p.stream.add(target, capture.Closed)
		p.Stdout.Close()
	case err.writing:
		p.out.Close()
		p.fail(target, "standard output", err.error)
	default:
		p.fail(target, p.Command[0], err.error)
	}
}

// end closes both ways, after the Copier of one has failed.
func (p *process) end(dir int, why string) {
	p.cut.Store(true)
	p.stream.cut(dir, why)
	p.Stdin.SetReadDeadline(time.Now())
	p.Stdin.Close()
	p.in.Close()
	p.out.Close()
	p.Stdout.Close()
}

// fail reports an error of reading or writing, unless it only means that the other side, or we,
// have closed a file.
func (p *process) fail(dir int, what string, err error) {
	var failure *report.Failure
	var cut *Cut
	switch {
	case p.cut.Load():
		return
	case errors.As(err, &failure):
		p.Report.Fork().Fail("", failure)
		p.end(dir, failure.Text)
		return
	case errors.As(err, &cut):
		p.Report.Detail("%s", cut.Why)
		p.end(dir, cut.Why)
		return
	}
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, fs.ErrClosed) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) {
		return
	}
	p.Report.Fork().Fail("", &report.Failure{Status: report.StatusIO, Text: what + ": " + report.Reason(err)})
}
