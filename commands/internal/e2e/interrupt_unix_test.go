//go:build linux || darwin

package e2e

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// startOnTerminal starts a command whose terminal is a new one. What the caller has not set of
// its input and output is the terminal too.
func startOnTerminal(t *testing.T, cmd *exec.Cmd) *terminal {
	t.Helper()
	tty := 0
	for i, set := range []bool{cmd.Stdin != nil, cmd.Stdout != nil} {
		if tty == i && set {
			tty++
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Ctty: tty}
	cmd.Env = environment("TERM=xterm", "NO_COLOR=1")
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	// At Ctrl-C the system drops output that has not been read, even some that comes after it.
	stty := exec.Command("stty", "noflsh")
	stty.Stdin = f
	if out, err := stty.CombinedOutput(); err != nil {
		t.Fatalf("stty: %v %s", err, out)
	}
	term := &terminal{t, cmd.Dir, f, make(chan string, 64)}
	go func() {
		defer close(term.read)
		buf := make([]byte, 4096)
		for {
			n, err := f.Read(buf)
			if err != nil {
				return
			}
			term.read <- string(buf[:n])
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		f.Close()
	})
	return term
}

// rest reads until the command has ended, and returns its status.
func (term *terminal) rest(cmd *exec.Cmd) (shown string, status int) {
	term.t.Helper()
	var got strings.Builder
	for s := range term.read {
		got.WriteString(s)
	}
	err := cmd.Wait()
	var end *exec.ExitError
	if err != nil && !errors.As(err, &end) {
		term.t.Fatal(err)
	}
	return got.String(), cmd.ProcessState.ExitCode()
}

// screen is what a terminal shows in the end: lines that were replaced or erased are gone.
func screen(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = l[strings.LastIndex(l, "\r\x1b[K")+1:]
		lines[i] = strings.TrimPrefix(lines[i], "\x1b[K")
	}
	return strings.Join(lines, "\n")
}

// The ways to end a command, and the status that it then has.
var interrupts = []struct {
	name   string
	send   func(term *terminal, cmd *exec.Cmd)
	echo   string // of the terminal
	status int
}{
	{"Ctrl-C", func(term *terminal, _ *exec.Cmd) { term.Write("\x03") }, "^C", 130},
	{"SIGTERM", func(_ *terminal, cmd *exec.Cmd) { cmd.Process.Signal(syscall.SIGTERM) }, "", 143},
	{"SIGHUP", func(_ *terminal, cmd *exec.Cmd) { cmd.Process.Signal(syscall.SIGHUP) }, "", 129},
}

// A signal ends a command that waits for input. It prints the counts so far first.
func TestInterruptWaiting(t *testing.T) {
	const (
		note  = `framecat: interrupted: the counts are those so far\n`
		stats = note + `messages    2\nbytes read  8\npayload     5 \(62\.5%\)\nsizes       2 to 3, mean 2\.5\ntime .*\n$`
		line  = `2 frames, 7 bytes, payload 5 bytes \(71\.4%\)\n$`
		frame = "\x03abc\x02hi\x09"
		none  = note + `0 frames, 0 bytes, payload 0 bytes\n$`
	)
	recorded := must(filepath.Abs("testdata/captures/pcap_gap.pcap"))
	for _, row := range []struct {
		args  string
		sent  string
		await string // shows that all of it was read
		want  string // after that
	}{
		{"decode -f u8", frame, "hi\n", `^$`},
		{"decode -f u8 --stats", frame, "hi\n", `^` + stats},
		{"encode -f u8 --stats --force", "abc\nhi\nxy", "\x02hi", `^` + strings.NewReplacer("  8", "  9", "62", "55", ".5%", ".6%").Replace(stats)},
		{"inspect -f u8", frame, "#1 payload 2\n", `^` + note + line},
		{"inspect -f u8 -o json", frame, `"hi"}` + "\n", `^` + note + `{"type":"summary","file":"fifo","frames":2,"silent":0,"bytes":7,"payload":5,.*}\n$`},
		{"inspect -f u8 --trace", frame, "9 more to come\n", `^interrupted: 2 frames came out, the buffer keeps 1 byte\n$`},
		{"inspect -f u8 --summary " + recorded, frame, "\nfifo\n", `^` + note + `frames +\d\n(.*\n)*$`},
		{"inspect -f auto", "", "\n", none},
		{"inspect -f u8", "", "", none},
	} {
		for _, by := range interrupts {
			t.Run(row.args+"/"+by.name, func(t *testing.T) {
				t.Parallel()
				if by.name == "SIGHUP" && signal.Ignored(syscall.SIGHUP) {
					t.Skip("the tests run with SIGHUP ignored, as nohup does, and so does framecat")
				}
				cmd := exec.Command("framecat", append(strings.Fields(row.args), "fifo")...)
				cmd.Dir = t.TempDir()
				if err := syscall.Mkfifo(filepath.Join(cmd.Dir, "fifo"), 0o600); err != nil {
					t.Fatal(err)
				}
				term := startOnTerminal(t, cmd)
				in, err := os.OpenFile(filepath.Join(cmd.Dir, "fifo"), os.O_WRONLY, 0)
				if err != nil {
					t.Fatal(err)
				}
				defer in.Close()
				in.WriteString(row.sent)
				if row.sent != "" {
					term.until(func(s string) bool { return strings.Contains(screen(s), row.await) })
				}
				by.send(term, cmd)
				shown, status := term.rest(cmd)
				shown = strings.Replace(screen(shown), by.echo, "", 1)
				if !regexp.MustCompile(row.want).MatchString(shown) || status != by.status {
					t.Errorf("status %d, want %d; the terminal shows\n%s\nwant %s", status, by.status, shown, row.want)
				}
			})
		}
	}
}

// Work on a large file shows a progress line on the terminal, which disappears before the counts
// of interrupted work. The file has a hole of a tebibyte.
func TestInterruptBusy(t *testing.T) {
	const note = `^framecat: interrupted: the counts are those so far\n`
	for _, row := range []struct {
		args   string
		stdout string // a file; "" is the terminal
		want   string
	}{
		{"decode -f fixed:65536 -o raw --stats", "/dev/null", note + `messages +\d{4,}\nbytes read +\d{8,}\npayload +\d+ \(\d+\.\d%\)\nsizes .*\ntime .*\n$`},
		{"encode -i fixed:65536 -f u32be --stats", "/dev/null", note + `messages +\d{4,}\n(.*\n)*$`},
		{"inspect -f fixed:65536 --summary", "", note + `frames +\d{4,}\nbytes +\d{8,}\n(.*\n)*$`},
		{"inspect -f fixed:65536 -o json --summary", "", note + `{"type":"summary".*}\n$`},
		{"inspect -f fixed:65536 --rows 1", "/dev/null", note + `$`},
	} {
		t.Run(row.args, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command("framecat", append(strings.Fields(row.args), "large")...)
			cmd.Dir = t.TempDir()
			large := must(os.Create(filepath.Join(cmd.Dir, "large")))
			defer large.Close()
			if err := large.Truncate(1 << 40); err != nil {
				t.Skip("the file system has no large files")
			}
			if row.stdout != "" {
				out := must(os.OpenFile(row.stdout, os.O_WRONLY, 0))
				defer out.Close()
				cmd.Stdout = out
			}
			term := startOnTerminal(t, cmd)
			pauseFor(cmd, time.Second) // the line is shown after a second, and none of work is needed
			progress := regexp.MustCompile(`\r\x1b\[K(\d+ messages, )?[\d.]+ [MG]iB of 1024 GiB \(\d+%\), [\d.]+ [KMG]iB/s$`)
			term.until(progress.MatchString)
			term.Write("\x03")
			shown, status := term.rest(cmd)
			if end := strings.TrimPrefix(screen(shown), "^C"); !regexp.MustCompile(row.want).MatchString(end) || status != 130 {
				t.Errorf("status %d, want 130; the terminal shows\n%s\nwant %s", status, end, row.want)
			}
		})
	}
}

// pauseFor stops a process for a while, soon after its start. If it is stopped too early, nothing
// else happens.
func pauseFor(cmd *exec.Cmd, d time.Duration) {
	time.Sleep(d / 4)
	cmd.Process.Signal(syscall.SIGSTOP)
	time.Sleep(d)
	cmd.Process.Signal(syscall.SIGCONT)
}

// A second signal ends a command at once, though its output is blocked: nobody reads the pipe.
func TestInterruptTwice(t *testing.T) {
	for _, row := range []struct{ args, message string }{
		{"decode -f u8", "\x01x"}, {"inspect -f u8", "\x01x"}, {"encode -f u8", "x\n"}, {"inspect -f u8 --trace", "\x01x"},
	} {
		t.Run(row.args, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command("framecat", append(strings.Fields(row.args), "fifo")...)
			cmd.Dir = t.TempDir()
			if err := syscall.Mkfifo(filepath.Join(cmd.Dir, "fifo"), 0o600); err != nil {
				t.Fatal(err)
			}
			unread, out, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer unread.Close()
			cmd.Stdout = out
			term := startOnTerminal(t, cmd)
			out.Close()
			in, err := os.OpenFile(filepath.Join(cmd.Dir, "fifo"), os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			in.SetWriteDeadline(time.Now().Add(300 * time.Millisecond)) // long after all pipes are full
			for many := []byte(strings.Repeat(row.message, 1<<16)); ; {
				if _, err := in.Write(many); err != nil {
					break
				}
			}
			term.Write("\x03")
			time.Sleep(150 * time.Millisecond) // the same signal sooner than this counts once
			term.Write("\x03")
			if shown, status := term.rest(cmd); status != 130 {
				t.Errorf("status %d, want 130; the terminal shows\n%s", status, shown)
			}
		})
	}
}

// A shell without job control starts background jobs with SIGINT ignored. It stays ignored, and
// SIGTERM ends them.
func TestBackground(t *testing.T) {
	script := `framecat listen -k 0 --port-file port & listen=$!
		mkfifo fifo; exec 3<>fifo; framecat decode -f u8 --stats fifo & decode=$!
		until test -s port; do sleep 0.02; done
		printf '\003abc' >&3; echo ready; read go
		kill -INT $listen $decode; sleep 0.2
		framecat send "$(cat port)" -m hello
		kill -TERM $listen; wait $listen; echo "listen $?"
		kill -TERM $decode; wait $decode; echo "decode $?"`
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = t.TempDir()
	term := startOnTerminal(t, cmd)
	term.until(func(s string) bool { return strings.Contains(s, "ready\r\n") && strings.Contains(s, "abc\r\n") })
	term.Write("go\r")
	shown, _ := term.rest(cmd)
	for _, want := range []string{"\nhello\n", "\nlisten 0\n", "\nmessages    1\n", "\ndecode 143\n"} {
		if !strings.Contains(screen(shown), want) {
			t.Errorf("the terminal shows\n%s\nwant %q", shown, want)
		}
	}
}
