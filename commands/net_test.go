package commands

import (
	"bytes"
	"encoding/binary"
	"flag"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Most tests wait for a timeout or a peer, so more of them run at once than there are processors.
func TestMain(m *testing.M) {
	flag.Set("test.parallel", "6") // -parallel overrides it
	os.Exit(m.Run())
}

// patience is how long a test waits at most for something that must happen.
const patience = 20 * time.Second

// A runner is a command that runs in this process.
type runner struct {
	t       *testing.T
	addr    string // of listen and tap
	stdout  string // the name of the file
	stderr  string
	signals chan os.Signal
	done    chan int
}

// startNet starts listen, send or tap; stdin may be nil.
func startNet(t *testing.T, stdin *os.File, args ...string) *runner {
	t.Helper()
	return start(t, stdin, nil, args)
}

// startNetTo starts listen, send or tap with the given standard output.
func startNetTo(t *testing.T, stdout *os.File, args ...string) *runner {
	t.Helper()
	return start(t, nil, stdout, args)
}

func start(t *testing.T, stdin, stdout *os.File, args []string) *runner {
	t.Helper()
	dir := t.TempDir()
	r := &runner{
		t: t, stdout: filepath.Join(dir, "out"), stderr: filepath.Join(dir, "err"),
		signals: make(chan os.Signal, 2), done: make(chan int, 1),
	}
	out, errs := mustCreate(t, r.stdout), mustCreate(t, r.stderr)
	if stdin == nil {
		stdin = textFile(t, "")
	}
	if stdout != nil {
		out = stdout
	}
	portFile := filepath.Join(dir, "address")
	serves := args[0] == "listen" || args[0] == "tap" && !slices.Contains(args, "--")
	if serves {
		args = append(args, "--port-file", portFile)
	}
	go func() { r.done <- runNet(testEnv(stdin, out, errs), r.signals, args) }()
	if serves {
		eventually(t, "the address", func() bool {
			text, _ := os.ReadFile(portFile)
			r.addr = strings.TrimSpace(string(text))
			return r.addr != "" || len(r.done) > 0
		})
	}
	return r
}

// textFile returns an open file that has this text.
func textFile(t *testing.T, text string) *os.File {
	t.Helper()
	f := mustCreate(t, filepath.Join(t.TempDir(), "in"))
	f.WriteString(text)
	f.Seek(0, io.SeekStart)
	return f
}

func mustCreate(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// runNet is Run, with signals that the test sends.
func runNet(e Env, signals <-chan os.Signal, args []string) int {
	e.Args = append([]string{"framecat"}, args...)
	e.Signals = func(...os.Signal) <-chan os.Signal { return signals }
	return Run(e)
}

// status waits for the end of the command.
func (r *runner) status() int {
	r.t.Helper()
	select {
	case n := <-r.done:
		r.done <- n
		return n
	case <-time.After(patience):
		r.t.Fatalf("the command does not end; stderr %s", r.errors())
		return 0
	}
}

// stop ends the command as SIGTERM does.
func (r *runner) stop() int {
	r.t.Helper()
	r.signals <- syscall.SIGTERM
	return r.status()
}

func (r *runner) output() string {
	r.t.Helper()
	out := mustRead(r.t, r.stdout)
	checkRecords(r.t, out)
	return out
}

func (r *runner) errors() string { return mustRead(r.t, r.stderr) }

// want checks how the command ended.
func (r *runner) want(status int, stdout string, stderr ...string) {
	r.t.Helper()
	if got := r.status(); got != status {
		r.t.Errorf("status %d, want %d", got, status)
	}
	if got := r.output(); got != stdout {
		r.t.Errorf("stdout %q, want %q", got, stdout)
	}
	for _, s := range stderr {
		if got := r.errors(); !strings.Contains(got, s) {
			r.t.Errorf("stderr %q, want %q in it", got, s)
		}
	}
}

func mustRead(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// eventually waits until ok returns true, because of other goroutines.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s: did not happen in time", what)
}

// dialTest connects to a running listen.
func dialTest(t *testing.T, addr string) net.Conn {
	t.Helper()
	network := "tcp"
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		network, addr = "unix", path
	}
	c, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

// frames returns the messages as u32be frames.
func frames(messages ...string) []byte {
	var b []byte
	for _, m := range messages {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(m))), m...)
	}
	return b
}

// readAll reads to the end of a connection, however it ends.
func readAll(c io.Reader) string {
	var b bytes.Buffer
	io.Copy(&b, c)
	return b.String()
}

// serveTest accepts connections and calls serve with each.
func serveTest(t *testing.T, serve func(c *net.TCPConn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c.(*net.TCPConn))
			}()
		}
	}()
	return l.Addr().String()
}
