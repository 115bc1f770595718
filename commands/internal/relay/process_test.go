//go:build unix

package relay

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/report"
)

// A placed run is a command with the relay in its place.
type placed struct {
	t       *testing.T
	in      *os.File // writes to its standard input
	out     *os.File // reads its standard output
	errs    shared
	stderr  *os.File // its standard error
	signals chan os.Signal
	timeout chan time.Time
	ended   chan bool
	totals  Totals
	err     error
}

// place starts a command.
func place(t *testing.T, watch []Watcher, command ...string) *placed {
	t.Helper()
	stdin, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := os.CreateTemp(t.TempDir(), "stderr")
	if err != nil {
		t.Fatal(err)
	}
	p := &placed{t: t, in: in, out: out, stderr: stderr, signals: make(chan os.Signal), timeout: make(chan time.Time), ended: make(chan bool)}
	for _, f := range []*os.File{in, out} {
		f.SetDeadline(time.Now().Add(patience))
	}
	go func() {
		defer close(p.ended)
		p.totals, p.err = RunProcess(ProcessOptions{
			Command: command, Stdin: stdin, Stdout: stdout, Stderr: stderr, Watch: watch, Drain: patience,
			Report: &report.Reporter{W: &p.errs, Marks: report.NewStyle(false), Clear: func() {}, Verbose: true},
		}, p.signals, p.timeout)
		stdin.Close() // as at the end of the program
		stdout.Close()
	}()
	t.Cleanup(func() {
		in.Close()
		out.Close()
		p.status()
		stderr.Close()
	})
	return p
}

// status waits for the end, and returns the exit status.
func (p *placed) status() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("the command does not end; stderr %s", p.errs.String())
	}
	var f *report.Failure
	if errors.As(p.err, &f) {
		return f.Status
	}
	return 0
}

// reads reads a line of the output of the command.
func (p *placed) reads(want string) {
	p.t.Helper()
	b := make([]byte, len(want))
	if _, err := io.ReadFull(p.out, b); string(b) != want {
		p.t.Fatalf("output %q, want %q: %v", b, want, err)
	}
}

// Random bytes both ways arrive as they were sent, and watchers see them.
func TestProcessTransparent(t *testing.T) {
	for watchers := range 2 {
		var seen record
		var watch []Watcher
		if watchers > 0 {
			watch = []Watcher{{Take: seen.watch}}
		}
		p := place(t, watch, "cat")
		p.in.SetDeadline(time.Time{})
		p.out.SetDeadline(time.Time{})
		var sent *digest
		var wg sync.WaitGroup
		wg.Go(func() {
			var err error
			if sent, err = writeChunks(p.in, size(), 1, p.in.Close); err != nil {
				t.Error(err)
			}
		})
		got, err := readChunks(p.out, 1)
		wg.Wait()
		if status := p.status(); got.String() != sent.String() || err != nil || status != 0 {
			t.Errorf("%s, want %s; status %d, error %v", got, sent, status, err)
		}
		if p.totals.Bytes != [2]int64{sent.n, sent.n} {
			t.Errorf("totals %v", p.totals)
		}
		for dir := range 2 * watchers {
			data, lost := &seen.data[dir], seen.lost[dir]
			if data.n+lost != sent.n || lost == 0 && data.String() != sent.String() {
				t.Errorf("direction %d: the watcher saw %s, and lost %d", dir, data, lost)
			}
		}
		if want := "[0open 0>closed 0<closed 0end]"; watchers > 0 && fmt.Sprint(seen.events) != want {
			t.Errorf("events %v, want %s", seen.events, want)
		}
	}
}

// The status is that of the command, and its standard error is ours.
func TestProcessStatus(t *testing.T) {
	for _, row := range []struct {
		command []string
		status  int
		out     string
		stderr  string
	}{
		{[]string{"true"}, 0, "", ""},
		{[]string{"sh", "-c", "echo out; echo err >&2; exit 3"}, 3, "out\n", "err\n"},
		{[]string{"sh", "-c", "kill -TERM $$"}, 143, "", ""},
		{[]string{"sh", "-c", "echo last; kill -KILL $$"}, 137, "last\n", ""},
		{[]string{"sh", "-c", "exec 1>&-; echo err >&2; exit 4"}, 4, "", "err\n"},
		{[]string{"echo", "--", "-v", "a b"}, 0, "-- -v a b\n", ""},
		{[]string{"/nosuch/command"}, 127, "", ""},
		{[]string{"nosuchcommand"}, 127, "", ""},
		{[]string{"/"}, 126, "", ""},
	} {
		p := place(t, nil, row.command...)
		status := p.status()
		out, _ := io.ReadAll(p.out)
		stderr, _ := os.ReadFile(p.stderr.Name())
		if status != row.status || string(out) != row.out || string(stderr) != row.stderr {
			t.Errorf("%q: status %d, output %q, stderr %q", row.command, status, out, stderr)
		}
	}
}

// A process that the command has started holds its output: the relay ends with the command, after
// all its output, however slowly that is read.
func TestProcessLeavesAnother(t *testing.T) {
	const lines = 20_000 // more than pipes hold
	p := place(t, nil, "sh", "-c", `sleep 1000 & echo $!; seq `+fmt.Sprint(lines))
	var pid, n int
	fmt.Fscanln(p.out, &pid)
	defer syscall.Kill(pid, syscall.SIGKILL)
	var last string
	for {
		if _, err := fmt.Fscanln(p.out, &last); err != nil {
			break
		}
		n++
	}
	if status := p.status(); status != 0 || n != lines || last != fmt.Sprint(lines) {
		t.Errorf("status %d, %d lines, the last %q", status, n, last)
	}
	if err := syscall.Kill(pid, 0); err != nil {
		t.Errorf("the other process: %v", err)
	}
}

// A process that the command has started writes for ever.
func TestProcessLeavesWriter(t *testing.T) {
	p := place(t, nil, "sh", "-c", `yes & echo $!`)
	go io.Copy(io.Discard, p.out)
	if status := p.status(); status != 0 { // yes ends because nobody reads it
		t.Errorf("status %d", status)
	}
}

// Signals are passed on; a command that ignores them goes on.
func TestProcessSignals(t *testing.T) {
	p := place(t, nil, "sh", "-c", `
		trap 'echo int' INT; trap 'echo usr1' USR1; trap 'echo term; exit 9' TERM
		echo ready; while :; do sleep 0.01; done`)
	p.reads("ready\n")
	for _, row := range []struct {
		signal syscall.Signal
		want   string
	}{{syscall.SIGINT, "int\n"}, {syscall.SIGUSR1, "usr1\n"}, {syscall.SIGINT, "int\n"}, {syscall.SIGTERM, "term\n"}} {
		p.signals <- row.signal
		p.reads(row.want)
	}
	if status := p.status(); status != 9 {
		t.Errorf("status %d", status)
	}
}

// A signal wakes a command that is stopped, as it is when it has read the terminal.
func TestProcessStopped(t *testing.T) {
	p := place(t, nil, "sh", "-c", `echo ready; kill -STOP $$; echo end`)
	p.reads("ready\n")
	time.Sleep(50 * time.Millisecond) // it may have to stop yet
	p.signals <- syscall.SIGTERM
	if status := p.status(); status != 143 {
		t.Errorf("status %d", status)
	}
}

// An interrupt reaches the processes that the command has started, as that of a terminal does.
func TestProcessInterruptsGroup(t *testing.T) {
	p := place(t, nil, "sh", "-c", `trap : INT; sh -c 'trap "echo child; exit" INT; echo ready; while :; do sleep 0.01; done'; echo end`)
	p.reads("ready\n")
	p.signals <- syscall.SIGINT
	p.reads("child\nend\n")
	if status := p.status(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// If nobody reads our output, the command cannot write. If the command reads no more, our input is
// closed.
func TestProcessClosedPipes(t *testing.T) {
	p := place(t, nil, "yes")
	p.reads("y\n")
	p.out.Close()
	if status := p.status(); status != 128+int(syscall.SIGPIPE) {
		t.Errorf("nobody reads: status %d", status)
	}
	if text := p.errs.String(); strings.Contains(text, "standard output") {
		t.Errorf("nobody reads: stderr %q", text)
	}
	p = place(t, nil, "sh", "-c", "exec 0<&-; echo ready; exec sleep 1000")
	p.reads("ready\n")
	var err error
	for err == nil {
		_, err = p.in.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the command does not read: %v", err)
	}
	p.signals <- syscall.SIGINT
	if status := p.status(); status != 130 {
		t.Errorf("the command does not read: status %d", status)
	}
}

// A watcher that never returns delays neither the bytes nor the end.
func TestProcessBlockedWatcher(t *testing.T) {
	release := make(chan bool)
	defer close(release)
	p := place(t, []Watcher{{Take: func(capture.Event) { <-release }}}, "sh", "-c", "cat; exit 6")
	io.WriteString(p.in, "hello")
	p.reads("hello")
	p.in.Close()
	if status := p.status(); status != 6 || p.totals.Missed[0].Bytes != [2]int64{5, 5} {
		t.Errorf("status %d, totals %v", status, p.totals)
	}
}

// --timeout ends the command and what it has started.
func TestProcessTimeout(t *testing.T) {
	for _, command := range []string{"sleep 1000 & echo ready; wait", "trap '' TERM; echo ready; while :; do sleep 0.01; done"} {
		p := place(t, nil, "sh", "-c", command)
		p.reads("ready\n")
		p.timeout <- time.Now()
		if status := p.status(); status != 124 {
			t.Errorf("%s: status %d", command, status)
		}
	}
}
