package e2e

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"framecat/commands/internal/peers"
)

// Here listen is the server, and other programs are its clients.

// A listener is a listen, or another command that accepts connections, that runs.
type listener struct {
	t       *testing.T
	address string
	cmd     *exec.Cmd
	out     string // the file's name
	errs    bytes.Buffer
	ended   chan error
}

// listens starts listen on an address; port 0 chooses a free port.
func listens(t *testing.T, args ...string) *listener {
	t.Helper()
	return accepts(t, append([]string{"listen"}, args...)...)
}

// accepts starts a command that accepts connections.
func accepts(t *testing.T, args ...string) *listener {
	t.Helper()
	dir := t.TempDir()
	l := &listener{t: t, out: filepath.Join(dir, "out"), ended: make(chan error, 1)}
	out := must(os.Create(l.out))
	defer out.Close()
	l.cmd = exec.Command("framecat", append([]string{args[0], "--port-file", dir + "/address"}, args[1:]...)...)
	l.cmd.Stdout, l.cmd.Stderr = out, &l.errs
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { l.ended <- l.cmd.Wait() }()
	t.Cleanup(func() { l.cmd.Process.Kill() })
	l.address = strings.TrimSpace(waitForFile(t, dir+"/address", "\n"))
	return l
}

// port is that of the address.
func (l *listener) port() string { return l.address[strings.LastIndexByte(l.address, ':')+1:] }

// printed waits until the output holds text, and returns it.
func (l *listener) printed(text string) string {
	l.t.Helper()
	return waitForFile(l.t, l.out, text)
}

// stop ends the command as a user would, and returns what it printed.
func (l *listener) stop() string {
	l.t.Helper()
	l.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-l.ended:
		if err != nil {
			l.t.Errorf("%q: %v\n%s", l.cmd.Args, err, &l.errs)
		}
	case <-time.After(patience):
		l.t.Fatalf("%q does not end\n%s", l.cmd.Args, &l.errs)
	}
	return string(must(os.ReadFile(l.out)))
}

// runs runs a client, which must end well, and returns what it printed.
func runs(t *testing.T, stdin io.Reader, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = stdin, &out, &errs, time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s%s", name, args, err, &out, &errs)
	}
	return out.String()
}

const erlangClient = `#!/usr/bin/env escript
main(Clients) ->
    [client(list_to_integer(N), list_to_integer(Port)) || C <- Clients, [N, Port] <- [string:split(C, ":")]],
    io:format("all came back~n").
client(N, Port) ->
    {ok, S} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {packet, N}, {active, false}]),
    Messages = [<<"hello">>, <<>>, <<0, 255, 13, 10>>, binary:copy(<<"x">>, 255), <<"end">>],
    [ok = gen_tcp:send(S, M) || M <- Messages],
    [{ok, M} = gen_tcp:recv(S, 0, 20000) || M <- Messages],
    ok = gen_tcp:close(S).
`

// Erlang as a client: what it sends in packets comes back, and is printed.
func TestPeerListenErlang(t *testing.T) {
	t.Parallel()
	escript := peers.Path(t, "escript", "apt-get install erlang-base")
	script := filepath.Join(t.TempDir(), "client")
	if err := os.WriteFile(script, []byte(erlangClient), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{script}
	var listeners []*listener
	for _, size := range []string{"1", "2", "4"} {
		l := listens(t, "-k", "--echo", "-f", "erlang:"+size, "-o", "escaped", "0")
		listeners, args = append(listeners, l), append(args, size+":"+l.port())
	}
	if got := runs(t, nil, escript, args...); got != "all came back\n" {
		t.Errorf("the client printed %q", got)
	}
	want := "hello\n\n" + `\x00\xff\r\n` + "\n" + strings.Repeat("x", 255) + "\nend\n"
	for _, l := range listeners {
		if got := l.stop(); got != want {
			t.Errorf("listen printed %q, want %q", got, want)
		}
	}
}

// Logger counts the octets of each message it sends.
func TestPeerLogger(t *testing.T) {
	t.Parallel()
	logger := peers.Path(t, "logger", "apt-get install bsdutils")
	l := listens(t, "-k", "-f", "syslog", "0")
	runs(t, nil, logger, "--tcp", "--octet-count", "--server", "127.0.0.1", "--port", l.port(), "--rfc5424=notq", "--priority", "user.info", "--tag", "test", "one message")
	l.printed("one message\n")
	runs(t, strings.NewReader("of many\nlines\n"), logger, "--tcp", "--octet-count", "-n", "127.0.0.1", "-P", l.port(), "--rfc3164", "-t", "test")
	l.printed("lines\n")
	got := strings.Split(l.stop(), "\n")
	for i, want := range []string{"<14>1 20… test - - … one message", "<13>… test: of many", "<13>… test: lines", ""} {
		if i >= len(got) || !alike(got[i], want) {
			t.Errorf("line %d of %q, want %q", i, got, want)
		}
	}
}

// Rsyslog forwards messages, also such as hold a line feed.
func TestPeerRsyslog(t *testing.T) {
	t.Parallel()
	rsyslogd := peers.Path(t, "rsyslogd", "apt-get install rsyslog", "/usr/sbin")
	logger := peers.Path(t, "logger", "apt-get install bsdutils")
	l := listens(t, "-k", "-f", "syslog", "-o", "escaped", "0")
	dir := t.TempDir()
	conf := `global(workDirectory="` + dir + `" parser.escapeControlCharactersOnReceive="off")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="` + dir + `/log")
action(type="omfwd" target="127.0.0.1" port="` + l.port() + `" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")
`
	if err := os.WriteFile(dir+"/conf", []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	serve(t, rsyslogd, "-n", "-f", dir+"/conf", "-i", dir+"/pid")
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Lstat(dir + "/log"); err == nil {
			break
		} else if time.Since(start) > patience {
			t.Fatal(err)
		}
	}
	runs(t, nil, logger, "-u", dir+"/log", "-p", "local0.err", "-t", "test", "hello")
	runs(t, nil, logger, "-u", dir+"/log", "-p", "local0.err", "-t", "test", "two\nlines")
	l.printed(`two`)
	got := strings.Split(l.stop(), "\n")
	for i, want := range []string{"<131>1 20… test - - …hello…", `<131>1 20… test - - …two\nlines…`, ""} {
		if i >= len(got) || !alike(got[i], want) {
			t.Errorf("line %d of %q, want %q", i, got, want)
		}
	}
}

// Socat on a unix socket, on either side.
func TestPeerSocat(t *testing.T) {
	t.Parallel()
	socat := peers.Path(t, "socat", "apt-get install socat")
	sock := filepath.Join(t.TempDir(), "sock")
	serve(t, socat, "UNIX-LISTEN:"+sock+",fork", "EXEC:cat")
	if got := asks(t, []byte("hello\n\nend\n"), "-f", "netstring", "unix:"+sock); got != "hello\n\nend\n" {
		t.Errorf("send prints %q", got)
	}
	l := listens(t, "--echo", "unix:"+sock+"2")
	asked := encode(t, "u32be", "hello", "", "end")
	if got := runs(t, bytes.NewReader(asked), socat, "-t", "20", "-", "UNIX-CONNECT:"+sock+"2"); got != string(asked) {
		t.Errorf("socat got %q back, want %q", got, asked)
	}
	if err := <-l.ended; err != nil {
		t.Errorf("%v\n%s", err, &l.errs)
	}
	if got := l.printed("end\n"); got != "hello\n\nend\n" {
		t.Errorf("listen prints %q", got)
	}
}

// Nc knows no frames: it carries bytes, on either side.
func TestPeerNetcat(t *testing.T) {
	t.Parallel()
	nc := peers.Path(t, "nc.openbsd", "apt-get install netcat-openbsd")
	asked := encode(t, "u16be", "hello", "", "end")
	answer := encode(t, "netstring", "yes", "no")

	port, got := freePort(t), make(chan string)
	late, answers := io.Pipe() // else the replies may come before the requests are sent, which ends send
	go func() {
		time.Sleep(500 * time.Millisecond)
		answers.Write(answer)
		answers.Close()
	}()
	go func() { got <- runs(t, late, nc, "-N", "-l", "127.0.0.1", port) }()
	// Nc may drop what it has to say when it sees the end of ours: --expect keeps that back.
	if printed := asks(t, []byte("hello\n\nend\n"), "-f", "u16be", "--reply-framing", "netstring", "--expect", "2", port); printed != "yes\nno\n" {
		t.Errorf("send prints %q", printed)
	}
	if got := <-got; got != string(asked) {
		t.Errorf("nc got %q, want %q", got, asked)
	}
	l := listens(t, "--echo", "-f", "u16be", "0")
	if got := runs(t, bytes.NewReader(asked), nc, "-N", "127.0.0.1", l.port()); got != string(asked) {
		t.Errorf("nc got %q back, want %q", got, asked)
	}
	if got := l.printed("end\n"); got != "hello\n\nend\n" {
		t.Errorf("listen prints %q", got)
	}
}
