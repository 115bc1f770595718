package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"framecat/commands/internal/peers"
	"framecat/commands/internal/records"
)

// Here tap is between a client and its server. Neither notices; tap finds the framing, and shows who
// sent which messages.

// A shown is a record that tap printed.
type shown struct {
	Type, Direction, Text, To string
	Index, Conn               int
	Fields                    map[string]any
}

// watches runs a session through two taps: one is given the framing and prints a list, the other one
// finds it and prints records, which are returned. Neither may show anything but messages, what happened
// to connections, and heads of HTTP.
func watches(t *testing.T, target, spec string, session func(t *testing.T, port string)) (all []shown) {
	t.Helper()
	tap := func(t *testing.T, flags ...string) string {
		l := accepts(t, append(append([]string{"tap", "--retry", "30s"}, flags...), "0", target)...)
		session(t, l.port())
		out := l.stop()
		if !strings.HasSuffix(l.errs.String(), ", 0 dropped views\n") {
			t.Errorf("tap reported %s", &l.errs)
		}
		return out
	}
	t.Run("a list", func(t *testing.T) {
		for line := range strings.Lines(tap(t, "-f", spec, "--time", "none")) {
			what := strings.TrimLeft(line, "0123456789 →←<>") // after the connection and the direction
			good := strings.HasPrefix(what, "#") || strings.HasPrefix(what, "?") && strings.Contains(what, "HTTP/1.1")
			for _, word := range []string{"open", "upgraded", "closed", "reset"} {
				good = good || strings.HasPrefix(what, word)
			}
			if !good {
				t.Errorf("the list has %.200s", line)
			}
		}
	})
	t.Run("records", func(t *testing.T) {
		out := tap(t, "-f", "auto", "-o", "json")
		if _, err := records.CheckOutput(out); err != nil {
			t.Error(err)
		}
		for line := range strings.Lines(out) {
			var s shown
			if err := json.Unmarshal([]byte(line), &s); err != nil {
				t.Fatal(err)
			}
			switch s.Type {
			case "frame", "upgrade":
				all = append(all, s)
			case "candidate":
			default:
				t.Errorf("tap shows %s", line)
			}
		}
	})
	return all
}

// has checks that each end has sent the messages, each named by a field and its value or by its
// text, and that the other end has not.
func has(t *testing.T, all []shown, field string, want map[string]string) {
	t.Helper()
	var got [2][]string
	for _, s := range all {
		name := s.Text
		if field != "" {
			name = fmt.Sprint(s.Fields[field])
		}
		dir := 0
		if s.Direction == "s2c" {
			dir = 1
		}
		got[dir] = append(got[dir], name)
	}
	for direction, names := range want {
		for _, name := range strings.Split(names, ", ") {
			dir := 0
			if direction == "s2c" {
				dir = 1
			}
			if !slices.Contains(got[dir], name) || slices.Contains(got[1-dir], name) {
				t.Errorf("%s: %v of the client, %v of the server, want it in %s", name, slices.Contains(got[0], name), slices.Contains(got[1], name), direction)
			}
		}
	}
}

func TestPeerTapRedis(t *testing.T) {
	t.Parallel()
	cli := peers.Path(t, "redis-cli", "apt-get install redis-tools")
	all := watches(t, "unix:"+redisServer(t), "resp", func(t *testing.T, port string) { redisSession(t, cli, port) })
	has(t, all, "type", map[string]string{"s2c": "simple string, bulk string, simple error, integer, map, null"})
	has(t, all, "", map[string]string{"c2s": "*1\r\n$4\r\nPING\r\n", "s2c": "+PONG\r\n"})
}

// Psql asks for TLS, or does not; the server has none.
func TestPeerTapPostgres(t *testing.T) {
	t.Parallel()
	psql := peers.Path(t, "psql", "apt-get install postgresql-client", "/usr/lib/postgresql/*/bin")
	sock := postgresServer(t)
	for mode, first := range map[string]string{"disable": "StartupMessage Authentication", "prefer": "SSLRequest answer N StartupMessage Authentication"} {
		t.Run(mode, func(t *testing.T) {
			all := watches(t, "unix:"+sock, "postgres", func(t *testing.T, port string) { postgresSession(t, psql, port, mode) })
			has(t, all, "type", map[string]string{
				"c2s": "StartupMessage, Query, Terminate, CancelRequest",
				"s2c": "Authentication, ParameterStatus, BackendKeyData, ReadyForQuery, RowDescription, DataRow, CommandComplete, ErrorResponse, NoticeResponse, CopyInResponse, CopyOutResponse",
			})
			var types []string
			for _, s := range all[:min(4, len(all))] {
				types = append(types, fmt.Sprint(s.Fields["type"]))
			}
			if got := strings.Join(types, " "); !strings.HasPrefix(got, first) {
				t.Errorf("it begins with %s, want %s", got, first)
			}
		})
	}
}

// After psql and the server have agreed on TLS, nothing is shown but that.
func TestPeerTapPostgresTLS(t *testing.T) {
	t.Parallel()
	psql := peers.Path(t, "psql", "apt-get install postgresql-client", "/usr/lib/postgresql/*/bin")
	cert, key := certificate(t, peers.Path(t, "openssl", "apt-get install openssl"), "localhost")
	all := watches(t, postgresServer(t, cert, key), "postgres", func(t *testing.T, port string) { postgresSession(t, psql, port, "require") })
	var got []string
	for _, s := range all {
		if s.Conn == 1 {
			got = append(got, fmt.Sprint(s.Direction, s.Fields["type"], s.To))
		}
	}
	if want := []string{"c2sSSLRequest", "s2canswer S", "c2s<nil>TLS"}; !slices.Equal(got, want) {
		t.Errorf("tap shows %q, want %q", got, want)
	}
}

func TestPeerTapMosquitto(t *testing.T) {
	t.Parallel()
	pub := peers.Path(t, "mosquitto_pub", "apt-get install mosquitto-clients")
	sub := peers.Path(t, "mosquitto_sub", "apt-get install mosquitto-clients")
	all := watches(t, "unix:"+mosquittoServer(t), "mqtt", func(t *testing.T, port string) { mosquittoSession(t, pub, sub, port) })
	has(t, all, "type", map[string]string{"c2s": "CONNECT, SUBSCRIBE, DISCONNECT", "s2c": "CONNACK, SUBACK"})
}

const browser = `const ws = new WebSocket('ws://127.0.0.1:' + process.argv[1] + '/chat')
const all = ['hello', 'héllo €', 'x'.repeat(300), 'parts']
ws.onopen = () => all.forEach(m => ws.send(m))
ws.onmessage = e => { console.log(e.data === all.shift()); if (!all.length) ws.close(1000, 'done') }
ws.onclose = e => console.log(e.code, e.reason)
`

// A WebSocket of a browser, with compressed messages and without. Before it there is HTTP.
func TestPeerTapWebSocket(t *testing.T) {
	t.Parallel()
	peers.Need(t)
	node := inPath(t, "node") // distributions may have an older one
	if exec.Command(node, "--experimental-websocket", "-e", "WebSocket").Run() != nil {
		t.Skip("there is no Node.js 20.10 or newer to test with")
	}
	for mode, rsv1 := range map[websocket.CompressionMode]string{websocket.CompressionDisabled: "0", websocket.CompressionContextTakeover: "1"} {
		t.Run("rsv1 is "+rsv1, func(t *testing.T) {
			all := watches(t, websocketServer(t, mode), "websocket", func(t *testing.T, port string) {
				t.Helper()
				if got := runs(t, nil, node, "--no-warnings", "--experimental-websocket", "-e", browser, port); got != "true\ntrue\ntrue\ntrue\n1000 done\n" {
					t.Errorf("the browser printed %q", got)
				}
			})
			at := slices.IndexFunc(all, func(s shown) bool { return s.Type == "upgrade" && s.To == "websocket" })
			if at < 0 {
				t.Fatalf("no upgrade in %v", all)
			}
			all = all[at+1:]
			has(t, all, "masked", map[string]string{"c2s": "1", "s2c": "0"})
			texts := 0
			for _, s := range all {
				if s.Fields["opcode"] == "text" {
					texts++
					if got := fmt.Sprint(s.Fields["rsv1"]); s.Direction == "s2c" && got != rsv1 { // this browser compresses nothing
						t.Errorf("message %d: rsv1 is %s, want %s", s.Index, got, rsv1)
					}
				}
			}
			if texts != 8 {
				t.Errorf("%d messages, want 8", texts)
			}
		})
	}
}

// Curl speaks HTTP/2 without TLS: from the first byte on, or after an upgrade, for which this server
// answers the request in frames that are written here.
func TestPeerTapHTTP2(t *testing.T) {
	t.Parallel()
	curl := peers.Path(t, "curl", "apt-get install curl")
	s := &http.Server{Protocols: new(http.Protocols), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "h2c" {
			io.WriteString(w, r.Proto+"\n")
			return
		}
		c, in, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00") // SETTINGS
		io.ReadFull(in, make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
		io.WriteString(c, "\x00\x00\x01\x01\x04\x00\x00\x00\x01\x88\x00\x00\x09\x00\x01\x00\x00\x00\x01upgraded\n") // HEADERS with :status 200, DATA
		io.Copy(io.Discard, in)
	})}
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(true)
	target := listen(t, s)
	for flag, want := range map[string]string{"--http2-prior-knowledge": "HTTP/2.0\n", "--http2": "upgraded\n"} {
		t.Run(flag[2:], func(t *testing.T) {
			all := watches(t, target, "http2", func(t *testing.T, port string) {
				t.Helper()
				if got := runs(t, nil, curl, "-s", flag, "http://127.0.0.1:"+port+"/page"); got != want {
					t.Errorf("curl printed %q, want %q", got, want)
				}
			})
			upgraded := slices.IndexFunc(all, func(s shown) bool { return s.Type == "upgrade" && s.To == "h2c" })
			if wanted := flag == "--http2"; (upgraded >= 0) != wanted {
				t.Errorf("%v, want an upgrade: %v", all, wanted)
			}
			has(t, all, "type", map[string]string{"s2c": "DATA"})
			has(t, all, "", map[string]string{"s2c": want})
		})
	}
}
