//go:build linux || darwin

package e2e

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecat/commands"
	"framecat/commands/internal/peers"
)

// A signal at any moment leaves no half message in a regular file: the file ends as if only so
// many messages had been wanted. It may be appended to, and the input may be a file or a pipe.
func TestInterruptRandom(t *testing.T) {
	t.Parallel()
	const messages = 10
	for _, row := range []struct {
		args  string
		lines bool // the input is lines, not frames
		send  bool // the input comes from a server
	}{
		{args: "decode"}, {args: "decode -o raw"}, {args: "decode -o json"}, {args: "decode -o netstring"}, {args: "decode -o u32be"},
		{args: "decode -o hex"}, {args: "encode -f varint", lines: true}, {args: "encode -f netstring -i u32be"},
		{args: "inspect -f u32be"}, {args: "inspect -f u32be -o json"}, {args: "inspect -f u32be --summary"},
		{args: "decode", send: true}, {args: "decode -o raw", send: true}, {args: "decode -o json", send: true},
	} {
		name := row.args
		if row.send {
			name = "send" + strings.TrimPrefix(name, "decode")
		}
		t.Run(name, func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			rnd := rand.New(rand.NewPCG(seed, 6))
			stream := largeMessages(rnd, messages, row.lines)
			x := &interrupted{t: t, rnd: rnd, dir: t.TempDir(), args: strings.Fields(row.args), stream: stream}
			for n := range messages + 1 {
				x.whole = append(x.whole, normal(x.run("-n", fmt.Sprint(n))))
			}
			runs := 2
			if peers.Long() {
				runs = 4
			}
			for range runs {
				switch {
				case row.send:
					x.fromServer()
				case rnd.IntN(2) == 0:
					x.fromPipe()
				default:
					x.fromFile()
				}
			}
		})
	}
}

// A file that is streamed as one message is written as a whole, or not at all.
func TestInterruptOneMessage(t *testing.T) {
	t.Parallel()
	stream := make([]byte, 32<<20)
	x := &interrupted{t: t, rnd: rand.New(rand.NewPCG(1, 6)), dir: t.TempDir(), args: []string{"encode", "-i", "raw"}, stream: stream}
	x.whole = []string{"", string(binary.BigEndian.AppendUint32(nil, uint32(len(stream)))) + string(stream)}
	for range 3 {
		x.fromFile()
	}
}

// largeMessages is a stream of messages of up to 200 kB.
func largeMessages(rnd *rand.Rand, n int, lines bool) (stream []byte) {
	for range n {
		m := make([]byte, rnd.IntN(200_000))
		for i := range m {
			m[i] = byte('a' + (i+i/16)%26) // no row of a view equals the row before
		}
		if lines {
			stream = append(append(stream, m...), '\n')
		} else {
			stream = append(binary.BigEndian.AppendUint32(stream, uint32(len(m))), m...)
		}
	}
	return stream
}

// An interrupted command writes to a file until a signal ends it.
type interrupted struct {
	t      *testing.T
	rnd    *rand.Rand
	dir    string
	args   []string
	stream []byte
	whole  []string // what may be in the file: the output of each number of messages
	cut    int      // after how many bytes of the input or the output the signal comes
	before string   // what was in the file
	over   chan struct{}
	out    string // the name of the file
}

// run runs the command in this process, which takes less time than to start one, and returns what
// it writes.
func (x *interrupted) run(flags ...string) string {
	x.t.Helper()
	in, out := filepath.Join(x.dir, "whole in"), filepath.Join(x.dir, "whole out")
	if err := os.WriteFile(in, x.stream, 0o600); err != nil {
		x.t.Fatal(err)
	}
	stdin, stdout := must(os.Open(in)), must(os.Create(out))
	defer stdin.Close()
	defer stdout.Close()
	status := commands.Run(commands.Env{
		Args:  append(append([]string{"framecat"}, x.args...), flags...),
		Stdin: stdin, Stdout: stdout, Stderr: os.Stderr, Getenv: os.Getenv,
	})
	if status != 0 {
		x.t.Fatalf("%q %q: status %d", x.args, flags, status)
	}
	return string(must(os.ReadFile(out)))
}

// start starts the command.
func (x *interrupted) start(stdin io.Reader, args ...string) *exec.Cmd {
	x.t.Helper()
	cmd := exec.Command("framecat", args...)
	cmd.Stdin = stdin
	x.out = filepath.Join(x.dir, "out")
	flag := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if x.before = ""; x.rnd.IntN(2) == 0 {
		flag, x.before = os.O_WRONLY|os.O_APPEND, "what was there before\n"
		os.WriteFile(x.out, []byte(x.before), 0o600)
	}
	out, err := os.OpenFile(x.out, flag, 0o600)
	if err != nil {
		x.t.Fatal(err)
	}
	cmd.Stdout = out
	defer out.Close()
	if err := cmd.Start(); err != nil {
		x.t.Fatal(err)
	}
	x.over = make(chan struct{})
	go func() {
		cmd.Wait()
		close(x.over)
	}()
	return cmd
}

// connection is what send adds to a record.
var connection = regexp.MustCompile(`,"direction":"s2c","conn":1,"peer":"[^"]*","time":"[^"]*","t":[0-9.]+`)

// normal returns what does not depend on how the stream is split into reads: the hex view ends
// a row at each of them. Of its rows, normal returns the bytes.
func normal(out string) string {
	if !strings.HasPrefix(out, "00000000 [") {
		return connection.ReplaceAllString(out, "")
	}
	var b strings.Builder
	for line := range strings.Lines(out) {
		if len(line) > 57 && line[8] == ' ' && line[57] == ' ' {
			line = strings.TrimRight(line[9:57], " ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// end waits for the command, and checks what it left.
func (x *interrupted) end(cmd *exec.Cmd) {
	x.t.Helper()
	<-x.over
	got := must(os.ReadFile(x.out))
	rest, kept := strings.CutPrefix(string(got), x.before)
	status := cmd.ProcessState.ExitCode()
	if status == -1 && rest == "" { // the signal came before the start of main
		return
	}
	if i := slices.Index(x.whole, normal(rest)); !kept || i < 0 || status != 143 && !(status == 0 && i == len(x.whole)-1) {
		x.t.Errorf("%q, cut at %d, appended %t: status %d, the file has %d bytes, which are the output of no number of messages",
			cmd.Args, x.cut, x.before != "", status, len(rest))
	}
}

func (x *interrupted) fromPipe() {
	r, w, err := os.Pipe()
	if err != nil {
		x.t.Fatal(err)
	}
	cmd := x.start(r, x.args...)
	r.Close()
	x.feed(cmd, w)
	w.Close()
	x.end(cmd)
}

// feed writes the stream, with the signal at some place in it.
func (x *interrupted) feed(cmd *exec.Cmd, w io.Writer) {
	x.cut = x.rnd.IntN(len(x.stream))
	w.Write(x.stream[:x.cut])
	cmd.Process.Signal(syscall.SIGTERM)
	w.Write(x.stream[x.cut:]) // it fails if the command has ended
}

func (x *interrupted) fromFile() {
	in := filepath.Join(x.dir, "in")
	if err := os.WriteFile(in, x.stream, 0o600); err != nil {
		x.t.Fatal(err)
	}
	stdin := must(os.Open(in))
	defer stdin.Close()
	cmd := x.start(stdin, x.args...)
	x.cut = x.rnd.IntN(len(x.whole[len(x.whole)-1]))
	for at := 0; at <= x.cut; time.Sleep(100 * time.Microsecond) {
		if info, err := os.Stat(x.out); err == nil {
			at = int(info.Size()) - len(x.before)
		}
		select {
		case <-x.over:
			at = x.cut + 1
		default:
		}
	}
	cmd.Process.Signal(syscall.SIGTERM)
	x.end(cmd)
}

func (x *interrupted) fromServer() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		x.t.Fatal(err)
	}
	defer l.Close()
	args := append([]string{"send", "-m", "hello", "--no-half-close", l.Addr().String()}, x.args[1:]...)
	cmd := x.start(nil, args...)
	c, err := l.Accept()
	if err != nil {
		x.t.Fatal(err)
	}
	x.feed(cmd, c)
	x.end(cmd)
	c.Close()
}
