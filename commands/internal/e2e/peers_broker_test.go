package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"framecat/commands/internal/peers"
)

// mosquittoServer starts Mosquitto and returns its socket.
func mosquittoServer(t *testing.T) string {
	t.Helper()
	mosquitto := peers.Path(t, "mosquitto", "apt-get install mosquitto", "/usr/sbin")
	dir := t.TempDir()
	conf, sock := filepath.Join(dir, "conf"), filepath.Join(dir, "sock")
	text := fmt.Sprintf("listener 0 %s\nallow_anonymous true\nuser %s\nlog_dest stderr\n", sock, must(user.Current()).Username)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	serve(t, mosquitto, "-c", conf)
	return sock
}

// Mosquitto carries messages from one client to another, in MQTT 3.1.1 and 5.
func TestPeerMosquitto(t *testing.T) {
	t.Parallel()
	sock := mosquittoServer(t)
	sendsMQTT(t, sock)
	long := strings.Repeat("x", 20000)
	for _, row := range []struct{ version, properties string }{{"\x04", ""}, {"\x05", "\x00"}} {
		connect := func(id string) []byte {
			return request(t, "mqtt", "\x10\x00|\x00\x04MQTT"+row.version+"\x02\x00\x3c"+row.properties+"\x00\x01"+id)
		}
		subscriber, publisher := dial(t, "unix", sock), dial(t, "unix", sock)
		got := subscriber.ask(append(connect("s"), request(t, "mqtt", "\x82\x00|\x00\x07"+row.properties+"\x00\x01t\x01")...), "\x00\x07"+row.properties+"\x01")
		answers := publisher.ask(append(connect("p"), request(t, "mqtt",
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
		expect(t, decode(t, "mqtt:strict", answers, 0),
			"\x20…|\x00\x00…",
			"\x40\x02|\x00\x09", // PUBACK
			"\x50\x02|\x00\x0a", // PUBREC
			"\x70\x02|\x00\x0a", // PUBCOMP
			"\xd0\x00|")         // PINGRESP
	}
}

// natsServer starts NATS, and returns its address.
func natsServer(t *testing.T) string {
	server := peers.Path(t, "nats-server", "apt-get install nats-server", "/usr/sbin")
	dir := t.TempDir()
	serve(t, server, "-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", dir)
	var ports struct{ NATS []string }
	if err := json.Unmarshal([]byte(waitForFile(t, filepath.Join(dir, "*.ports"), "}")), &ports); err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(ports.NATS[0], "nats://")
}

// NATS carries messages with headers and without, and says OK to all else.
func TestPeerNATS(t *testing.T) {
	t.Parallel()
	p := dial(t, "tcp", natsServer(t))
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

// dnsServer starts dnsmasq with records that are given as flags, and returns its port.
func dnsServer(t *testing.T, records ...string) (port string) {
	dnsmasq := peers.Path(t, "dnsmasq", "apt-get install dnsmasq-base", "/usr/sbin")
	port = freePort(t)
	serve(t, dnsmasq, append(records, "--keep-in-foreground", "--log-facility=-", "--conf-file=/dev/null", "--pid-file=", "--user="+must(user.Current()).Username,
		"--port="+port, "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv", "--no-hosts")...)
	return port
}

// Dnsmasq answers over TCP: an address, a text of many parts, and that there is none.
func TestPeerDNS(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 250)
	port := dnsServer(t, "--address=/x.test/192.0.2.1", "--txt-record=t.test"+strings.Repeat(","+long, 4), "--local=/test/")
	query := func(id, name, kind string) string {
		return "|\x00" + id + "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01" + name + "\x04test\x00\x00" + kind + "\x00\x01"
	}
	sendsDNS(t, port)
	p := dial(t, "tcp", "127.0.0.1:"+port)
	wrote := p.ask(request(t, "dns", query("\x01", "x", "\x01"), query("\x02", "t", "\x10"), query("\x03", "n", "\x01")), "\x01n\x04test\x00\x00\x01\x00\x01")
	expect(t, decode(t, "dns", wrote, 0),
		"\x00\x28|\x00\x01\x85\x80…\xc0\x00\x02\x01", "…|\x00\x02…"+strings.Repeat("\xfa"+long, 4), "\x00\x18|\x00\x03…\x83\x00\x01…")
}

// lastPort is the port that freePort tried last.
var lastPort atomic.Uint32

// freePort returns a TCP port that was free just now. It is none of those that systems choose
// for port 0: another program could get such a port before the test uses it.
func freePort(t *testing.T) string {
	t.Helper()
	lastPort.CompareAndSwap(0, 1+rand.Uint32N(10_000))
	for range 1000 {
		port := fmt.Sprint(20000 + lastPort.Add(1)%10000)
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}
