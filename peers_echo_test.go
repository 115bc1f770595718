package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

// Mosquitto carries messages from one client to another, in MQTT 3.1.1 and 5.
func TestPeerMosquitto(t *testing.T) {
	t.Parallel()
	mosquitto := program(t, "mosquitto", "apt-get install mosquitto", "/usr/sbin")
	dir := t.TempDir()
	conf, sock := filepath.Join(dir, "conf"), filepath.Join(dir, "sock")
	text := fmt.Sprintf("listener 0 %s\nallow_anonymous true\nuser %s\nlog_dest stderr\n", sock, must(user.Current()).Username)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	serve(t, mosquitto, "-c", conf)
	long := strings.Repeat("x", 20000)
	for _, row := range []struct{ version, properties string }{{"\x04", ""}, {"\x05", "\x00"}} {
		connect := func(id string) []byte {
			return request(t, "mqtt", "\x10\x00|\x00\x04MQTT"+row.version+"\x02\x00\x3c"+row.properties+"\x00\x01"+id)
		}
		subscriber, publisher := dial(t, "unix", sock), dial(t, "unix", sock)
		got := subscriber.ask(append(connect("s"), request(t, "mqtt", "\x82\x00|\x00\x07"+row.properties+"\x00\x01t\x01")...), "\x00\x07"+row.properties+"\x01")
		told := publisher.ask(append(connect("p"), request(t, "mqtt",
			"\x32\x00|\x00\x01t\x00\x09"+row.properties+"hello", // QoS 1, packet 9
			"\x30\x00|\x00\x01t"+row.properties+long,            // QoS 0
			"\x34\x00|\x00\x01t\x00\x0a"+row.properties+"twice", // QoS 2, packet 10
			"\x62\x00|\x00\x0a", // PUBREL
			"\xc0\x00|",         // PINGREQ
		)...), "\xd0\x00")
		got = append(got, subscriber.ask(nil, "twice")...)
		got = append(got, subscriber.ask(request(t, "mqtt", "\x40\x00|\x00\x01", "\x40\x00|\x00\x02", "\xe0\x00|"), "")...)
		expect(t, decode(t, "mqtt:strict", got, 0),
			"\x20…|\x00\x00…", // CONNACK
			"\x90…|\x00\x07"+row.properties+"\x01",
			"\x32…|\x00\x01t\x00\x01"+row.properties+"hello",
			"\x30…|\x00\x01t"+row.properties+long,
			"\x32…|\x00\x01t\x00\x02"+row.properties+"twice")
		expect(t, decode(t, "mqtt:strict", told, 0),
			"\x20…|\x00\x00…",
			"\x40\x02|\x00\x09", // PUBACK
			"\x50\x02|\x00\x0a", // PUBREC
			"\x70\x02|\x00\x0a", // PUBCOMP
			"\xd0\x00|")         // PINGRESP
	}
}

// NATS carries messages with headers and without, and says OK to all else.
func TestPeerNATS(t *testing.T) {
	t.Parallel()
	server := program(t, "nats-server", "apt-get install nats-server", "/usr/sbin")
	dir := t.TempDir()
	serve(t, server, "-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", dir)
	var ports struct{ NATS []string }
	if err := json.Unmarshal([]byte(waitForFile(t, filepath.Join(dir, "*.ports"), "}")), &ports); err != nil {
		t.Fatal(err)
	}
	p := dial(t, "tcp", strings.TrimPrefix(ports.NATS[0], "nats://"))
	asked := encode(t, "nats", `CONNECT {"verbose":true,"headers":true}`, "SUB a.* 1", "SUB b q 2", "PING")
	asked = append(asked, request(t, "nats",
		"PUB a.b 0\r\n|hel\r\nlo|\r\n", // framecat computes the size of all
		"PUB a.c re.ply 0\r\n||\r\n",
		"HPUB b 18 99\r\n|NATS/1.0\r\nK: v\r\n\r\nbody|\r\n",
		"|UNSUB 1|\r\n",
		"|SUB a..b 3|\r\n",
		"PUB a.b 0\r\n|nobody hears it|\r\n")...)
	wrote := p.ask(append(asked, '!'), "")
	expect(t, decode(t, "nats", wrote, 0),
		`|INFO {"server_id":…"proto":1,…}…`+"|\r\n",
		"|+OK|\r\n", "|+OK|\r\n", "|+OK|\r\n", "|PONG|\r\n",
		"|+OK|\r\n", "MSG a.b 1 7\r\n|hel\r\nlo|\r\n",
		"|+OK|\r\n", "MSG a.c 1 re.ply 0\r\n||\r\n",
		"|+OK|\r\n", "HMSG b 2 18 22\r\n|NATS/1.0\r\nK: v\r\n\r\nbody|\r\n",
		"|+OK|\r\n",
		"|-ERR 'Invalid Subject'|\r\n",
		"|+OK|\r\n",
		"|-ERR 'Unknown Protocol Operation'|\r\n")
}

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
    {ok, S} = gen_tcp:accept(L),
    echo(S).
echo(S) ->
    case gen_tcp:recv(S, 0) of
        {ok, Data} -> ok = gen_tcp:send(S, Data), echo(S);
        {error, closed} -> ok
    end.
`

// Erlang's packets, behind a length of 1, 2 and 4 bytes.
func TestPeerErlang(t *testing.T) {
	t.Parallel()
	escript := program(t, "escript", "apt-get install erlang-base")
	dir := t.TempDir()
	script := filepath.Join(dir, "echo")
	if err := os.WriteFile(script, []byte(erlangEcho), 0o644); err != nil {
		t.Fatal(err)
	}
	serve(t, escript, script, dir)
	for size, most := range map[string]int{"1": 255, "2": 65535, "4": 100000} {
		port := strings.TrimSpace(waitForFile(t, filepath.Join(dir, size), "\n"))
		echoes(t, dial(t, "tcp", "127.0.0.1:"+port), "erlang:"+size, "hello", "", "\x00\xff\r\n", strings.Repeat("x", most), "end")
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

// Twisted's receivers.
func TestPeerTwisted(t *testing.T) {
	t.Parallel()
	const install = "apt-get install python3-twisted"
	python := program(t, "python3", install, "/usr/bin")
	if exec.Command(python, "-c", "import twisted").Run() != nil {
		missing(t, install)
	}
	dir := t.TempDir()
	serve(t, python, "-c", twistedEcho, dir)
	for spec, most := range map[string]int{"u8": 255, "u16be": 65535, "u32be": 99999, "netstring": 99999, "crlf": 16384} {
		special := "\x00\xff\r\n"
		if spec == "crlf" {
			special = "\x00\xff\n\r"
		}
		echoes(t, dial(t, "unix", filepath.Join(dir, spec)), spec, "hello", "", special, strings.Repeat("x", most), "end")
	}
}
