package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
)

// rsyslogServer starts rsyslog. It returns its address, and the file to which it writes messages.
func rsyslogServer(t *testing.T) (address, log string) {
	rsyslogd := peers.Path(t, "rsyslogd", "apt-get install rsyslog", "/usr/sbin")
	dir, port := t.TempDir(), freePort(t)
	log = dir + "/log"
	conf := `global(workDirectory="` + dir + `")
module(load="imtcp")
input(type="imtcp" port="` + port + `" address="127.0.0.1")
action(type="omfile" file="` + log + `" template="RSYSLOG_SyslogProtocol23Format")
`
	for name, text := range map[string]string{dir + "/conf": conf, log: ""} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	serve(t, rsyslogd, "-n", "-f", dir+"/conf", "-i", dir+"/pid")
	return "127.0.0.1:" + port, log
}

// A real server survives all cuts, and probe finds no fault in it. Judged is the oracle that its replies
// allow. A case of each kind is played, or all with FRAMECAT_PROBE=all.
func TestPeerProbe(t *testing.T) {
	t.Parallel()
	connect := request(t, "mqtt", "\x10\x00|\x00\x04MQTT\x04\x02\x00\x3c\x00\x00", "\xc0\x00|", "\x82\x00|\x00\x07\x00\x01t\x00")
	startup := request(t, "postgres", "\x00\x00\x00\x00|\x00\x03\x00\x00user\x00framecat\x00database\x00postgres\x00\x00",
		"Q\x00\x00\x00\x00|select 1\x00", "Q\x00\x00\x00\x00|selec\x00")
	page := listen(t, &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hi") })})
	const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}`
	for _, row := range []struct {
		name     string
		args     string // of probe, which has no quotes
		messages []byte // in frames, in place of -m
		address  func(t *testing.T) string
		judged   string
	}{
		{"redis", "-f resp", nil, func(t *testing.T) string { return "unix:" + redisServer(t) }, "equal replies"},
		{"redis, commands", "-f resp -m PING -m DBSIZE", nil, func(t *testing.T) string { return "unix:" + redisServer(t) }, "equal replies"},
		{"PostgreSQL", "-f postgres -i postgres", startup, func(t *testing.T) string { return "unix:" + postgresServer(t) }, "as many replies"},
		{"mosquitto", "-f mqtt -i mqtt", connect, func(t *testing.T) string { return "unix:" + mosquittoServer(t) }, "equal replies"},
		{"NATS", "-f nats", nil, natsServer, "as many replies"},
		{"memcached, lines", "-f crlf -m version", nil, func(t *testing.T) string { return "unix:" + memcachedServer(t) }, "equal replies"},
		{"memcached, binary", "-f memcached", nil, func(t *testing.T) string { return "unix:" + memcachedServer(t) }, "equal replies"},
		{"nginx", `-f delim:\r\n\r\n --reply-framing delim:0\r\n\r\n -i raw`, []byte("GET /page.html HTTP/1.1\r\nHost: x"), func(t *testing.T) string {
			return "unix:" + nginxServer(t, map[string]string{"page.html": "<p>hi</p>"})
		}, "as many replies"},
		{"Go's HTTP", `-f delim:\r\n\r\n --reply-framing lines -i raw`, []byte("GET / HTTP/1.1\r\nHost: x"), func(t *testing.T) string { return page }, "as many replies"},
		{"dnsmasq", "-f dns -i dns", request(t, "dns", "|\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01x\x04test\x00\x00\x01\x00\x01"), func(t *testing.T) string { return dnsServer(t, "--address=/x.test/192.0.2.1") }, "equal replies"},
		{"Erlang", "-f erlang:4", nil, func(t *testing.T) string {
			return strings.TrimSpace(waitForFile(t, filepath.Join(erlangServer(t), "4"), "\n"))
		}, "equal replies"},
		{"Twisted", "-f u32be", nil, func(t *testing.T) string { return "unix:" + filepath.Join(twistedServer(t), "u32be") }, "equal replies"},
		{"gopls", "-f lsp -m " + initialize, nil, func(t *testing.T) string { return "exec:" + peers.Path(t, "gopls", "apt-get install gopls") }, "equal replies"},
		{"rsyslog", "-f syslog --ignore /20[-+:.0-9T]+/ -m <13>hello", nil, nil, "what --exec-oracle prints, less --ignore"},
		{"listen", "-f varint", nil, func(t *testing.T) string { return listens(t, "-k", "-f", "varint", "--echo", "0").address }, "equal replies"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"probe"}, strings.Fields(row.args)...)
			if os.Getenv("FRAMECAT_PROBE") != "all" {
				for _, id := range []string{"*/1", "split/3", "bytes", "m*", "slow"} {
					args = append(args, "--only", id)
				}
			}
			var address string
			if row.address == nil { // it never replies
				log := ""
				address, log = rsyslogServer(t)
				args = append(args, "--exec-oracle", "cat "+log)
			} else {
				address = row.address(t)
			}
			if network, at := "unix", strings.TrimPrefix(address, "unix:"); !strings.HasPrefix(address, "exec:") {
				if at == address {
					network = "tcp"
					if _, _, err := net.SplitHostPort(at); err != nil {
						at = "127.0.0.1:" + at
					}
				}
				dial(t, network, at).conn.Close() // it may just be starting
			}
			args = append(args, address)
			if row.messages != nil {
				file := filepath.Join(t.TempDir(), "messages")
				if err := os.WriteFile(file, row.messages, 0o644); err != nil {
					t.Fatal(err)
				}
				args = append(args, file)
			}
			out, stderr, status := runFramecat(t, nil, args...)
			if status != 0 || !strings.Contains(string(out), "; judged by: "+row.judged+"\nno fault found\n") {
				t.Errorf("status %d, want 0, and judged by: %s\n%s%s", status, row.judged, out, stderr)
			}
		})
	}
}
