package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
)

// echoes sends messages to a peer that takes them out of their frames and sends
// them back in frames of its own, which must be the same.
func echoes(t *testing.T, p peer, spec string, messages ...string) {
	t.Helper()
	framed := make([]string, len(messages))
	for i, m := range messages {
		framed[i] = "|" + m
	}
	asked := request(t, spec, framed...)
	wrote := p.ask(asked, string(asked))
	if !bytes.Equal(wrote, asked) {
		t.Errorf("the peer wrote more than\n%.300q:\n%.300q", asked, wrote)
	}
	for i, f := range decode(t, spec, wrote, 0) {
		if i >= len(messages) || f.payload != messages[i] {
			t.Fatalf("message %d is %.300q", i, f.payload)
		}
	}
}

const erlangEcho = `#!/usr/bin/env escript
main([Dir]) ->
    [spawn_link(fun() -> serve(Dir, N) end) || N <- [1, 2, 4]],
    receive after infinity -> ok end.
serve(Dir, N) ->
    {ok, L} = gen_tcp:listen(0, [binary, {packet, N}, {active, false}, {ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(L),
    ok = file:write_file(filename:join(Dir, integer_to_list(N)), io_lib:format("~b~n", [Port])),
    accept(L).
accept(L) ->
    {ok, S} = gen_tcp:accept(L),
    echo(S),
    accept(L).
echo(S) ->
    case gen_tcp:recv(S, 0) of
        {ok, Data} -> ok = gen_tcp:send(S, Data), echo(S);
        {error, closed} -> ok
    end.
`

// erlangServer starts servers that echo Erlang's packets. Each writes its port to a file of the
// directory, whose name is the size of the length.
func erlangServer(t *testing.T) (dir string) {
	escript := peers.Path(t, "escript", "apt-get install erlang-base")
	dir = t.TempDir()
	script := filepath.Join(dir, "echo")
	if err := os.WriteFile(script, []byte(erlangEcho), 0o644); err != nil {
		t.Fatal(err)
	}
	serve(t, escript, script, dir)
	return dir
}

// Erlang's packets, after a length of 1, 2 and 4 bytes.
func TestPeerErlang(t *testing.T) {
	t.Parallel()
	dir := erlangServer(t)
	for size, most := range map[string]int{"1": 255, "2": 65535, "4": 100000} {
		port := strings.TrimSpace(waitForFile(t, filepath.Join(dir, size), "\n"))
		sendsEchoed(t, "erlang:"+size, port, most)
		p := dial(t, "tcp", "127.0.0.1:"+port)
		echoes(t, p, "erlang:"+size, "hello", "", "\x00\xff\r\n", strings.Repeat("x", most), "end")
		p.conn.Close()
	}
}

const twistedEcho = `import sys
from twisted.internet import protocol, reactor
from twisted.protocols import basic
class Lines(basic.LineOnlyReceiver):
    def lineReceived(self, line): self.sendLine(line)
def echo(receiver):
    class Echo(receiver):
        def stringReceived(self, string): self.sendString(string)
    return Echo
for name, receiver in [("u8", echo(basic.Int8StringReceiver)), ("u16be", echo(basic.Int16StringReceiver)),
                       ("u32be", echo(basic.Int32StringReceiver)), ("netstring", echo(basic.NetstringReceiver)), ("crlf", Lines)]:
    reactor.listenUNIX(sys.argv[1] + "/" + name, protocol.Factory.forProtocol(receiver))
reactor.run()
`

// twistedServer starts servers that echo what Twisted's receivers take. Their sockets are in the directory,
// each named as framecat names the framing.
func twistedServer(t *testing.T) (dir string) {
	const install = "apt-get install python3-twisted"
	python := peers.Path(t, "python3", install, "/usr/bin")
	if exec.Command(python, "-c", "import twisted").Run() != nil {
		peers.Missing(t, install)
	}
	dir = t.TempDir()
	serve(t, python, "-c", twistedEcho, dir)
	return dir
}

// Twisted's receivers.
func TestPeerTwisted(t *testing.T) {
	t.Parallel()
	dir := twistedServer(t)
	for spec, most := range map[string]int{"u8": 255, "u16be": 65535, "u32be": 99999, "netstring": 99999, "crlf": 16384} {
		special := "\x00\xff\r\n"
		if spec == "crlf" {
			special = "\x00\xff\n\r"
		}
		sendsEchoed(t, spec, "unix:"+filepath.Join(dir, spec), most)
		echoes(t, dial(t, "unix", filepath.Join(dir, spec)), spec, "hello", "", special, strings.Repeat("x", most), "end")
	}
}
