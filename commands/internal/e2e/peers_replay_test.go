package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"framecat/commands/internal/peers"
)

// Here a session of a client with its server is recorded by tap. Then listen plays the server, and the client
// must not notice.

// replays runs a session through tap, and then with what tap has recorded, and returns the recording. A session
// returns what its clients printed.
func replays(t *testing.T, target string, session func(t *testing.T, port string) string, flags ...string) (tape string) {
	t.Helper()
	tape = filepath.Join(t.TempDir(), "tape.pcapng")
	tap := accepts(t, "tap", "-q", "--retry", "30s", "--record", tape, "0", target)
	want := session(t, tap.port())
	tap.stop()
	l := accepts(t, append([]string{"listen", "-q", "-k", "--replay", tape, "0"}, flags...)...)
	got := session(t, l.port())
	l.stop()
	if got != want || want == "" {
		t.Errorf("with the recording the clients print %.500q, want %.500q", got, want)
	}
	return tape
}

func TestPeerReplayRedis(t *testing.T) {
	t.Parallel()
	cli := peers.Path(t, "redis-cli", "apt-get install redis-tools")
	sock := redisServer(t)
	// While a table of subcommands grows, each search in it changes the order of COMMAND DOCS.
	asks(t, nil, "-f", "resp", "unix:"+sock, "-m", "PING") // it has started
	runs(t, nil, cli, "-s", sock, "-r", "20", "COMMAND", "COUNT")
	tape := replays(t, "unix:"+sock, func(t *testing.T, port string) string {
		return runs(t, nil, cli, "-p", port, "SET", "name", "redis") + runs(t, strings.NewReader("PING\nGET name\nNOSUCH\nHELLO 3\nHGETALL none\nGET name\n"), cli, "-p", port) +
			runs(t, nil, cli, "-p", port, "-r", "3", "INCR", "n") + runs(t, nil, cli, "-p", port, "QUIT")
	})
	// The same server, and one whose reply has changed. The reply to HELLO has the number of the connection.
	send := []string{"send", "--replay", tape, "--stream", "1", "--ignore", `/:\d+/`, "unix:" + sock}
	runs(t, nil, "framecat", send...)
	runs(t, nil, cli, "-s", sock, "SET", "name", "rodis")
	cmd := exec.Command("framecat", send...)
	out, _ := cmd.CombinedOutput()
	text := string(out)
	if cmd.ProcessState.ExitCode() != 6 || !strings.Contains(text, " of stream 1 differs\n") ||
		!strings.Contains(text, " 72-65 64 69 73 0d 0a ") || !strings.Contains(text, " 72+6f 64 69 73 0d 0a ") {
		t.Errorf("a reply that has changed: %s, %s", cmd.ProcessState, text)
	}
}

func TestPeerReplayPostgres(t *testing.T) {
	t.Parallel()
	psql := peers.Path(t, "psql", "apt-get install postgresql-client", "/usr/lib/postgresql/*/bin")
	replays(t, "unix:"+postgresServer(t), func(t *testing.T, port string) (all string) {
		for _, mode := range []string{"disable", "prefer"} {
			script := "select 6 * 7;\nselec;\ncreate temp table t (n int);\ncopy t from stdin;\n1\n2\n\\.\ncopy t to stdout;\nprepare p as select $1::int + 1;\nexecute p(41);\n"
			all += runs(t, strings.NewReader(script), psql, "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=0", "host=127.0.0.1 port="+port+" user=framecat dbname=postgres sslmode="+mode)
		}
		return all
	})
}

// The clients have a new random name each time.
func TestPeerReplayMosquitto(t *testing.T) {
	t.Parallel()
	pub := peers.Path(t, "mosquitto_pub", "apt-get install mosquitto-clients")
	sub := peers.Path(t, "mosquitto_sub", "apt-get install mosquitto-clients")
	replays(t, "unix:"+mosquittoServer(t), func(t *testing.T, port string) (all string) {
		for _, version := range []string{"311", "5"} {
			args := []string{"-h", "127.0.0.1", "-p", port, "-V", version, "-q", "2", "-t", "t/" + version}
			runs(t, nil, pub, append(args, "-r", "-m", "kept")...)
			runs(t, strings.NewReader("a\nb\n"), pub, append(args, "-l")...)
			all += runs(t, nil, sub, append(args, "-C", "1", "-W", "30")...)
		}
		return all
	}, "--ignore", "/mosq-[A-Za-z0-9]{18}/")
}

// A WebSocket chooses a new key for each connection, and masks each message with another one.
func TestPeerReplayWebSocket(t *testing.T) {
	t.Parallel()
	peers.Need(t)
	node := inPath(t, "node")
	if exec.Command(node, "--experimental-websocket", "-e", "WebSocket").Run() != nil {
		t.Skip("there is no Node.js 20.10 or newer to test with")
	}
	tape := replays(t, websocketServer(t, websocket.CompressionContextTakeover), func(t *testing.T, port string) string {
		return runs(t, nil, node, "--no-warnings", "--experimental-websocket", "-e", browser, port)
	})
	runs(t, nil, "framecat", "send", "--replay", tape, websocketServer(t, websocket.CompressionContextTakeover))
}

// rpcClient sends JSON-RPC to a command, with new ids each time, and prints what comes back without them. A message
// is in frames of LSP, or is a line.
const rpcClient = `
import json, os, subprocess, sys, uuid
framing, command = sys.argv[1], sys.argv[2:]
p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
def send(**message):
    b = json.dumps(dict(jsonrpc="2.0", **message)).encode()
    p.stdin.write(b"Content-Length: %d\r\n\r\n" % len(b) + b if framing == "lsp" else b + b"\n")
    p.stdin.flush()
def receive():
    if framing != "lsp":
        return json.loads(p.stdout.readline())
    size = 0
    while line := p.stdout.readline().strip():
        if line.lower().startswith(b"content-length:"):
            size = int(line.split(b":")[1])
    return json.loads(p.stdout.read(size))
def ask(method, params):
    id = str(uuid.uuid4())
    send(id=id, method=method, params=params)
    while True:
        reply = receive()
        if reply.get("id") == id:
            break
    print(json.dumps(reply["result"], sort_keys=True))
if framing == "lsp":
    ask("initialize", dict(processId=os.getpid(), rootUri=None, capabilities={}))
    send(method="initialized", params={})
    ask("shutdown", None)
    send(method="exit", params=None)
else:
    ask("initialize", dict(protocolVersion="2025-06-18", capabilities={}, clientInfo=dict(name="test", version="1")))
    send(method="notifications/initialized")
    ask("tools/list", {})
    ask("tools/call", dict(name="add", arguments=dict(a=2, b=3)))
p.stdin.close()
p.wait()
`

// mcpServer has one tool.
const mcpServer = `
import json, sys
for line in sys.stdin:
    m = json.loads(line)
    if m["method"] == "initialize":
        r = dict(protocolVersion="2025-06-18", capabilities=dict(tools={}), serverInfo=dict(name="adder", version="1"))
    elif m["method"] == "tools/list":
        r = dict(tools=[dict(name="add", inputSchema=dict(type="object"))])
    elif m["method"] == "tools/call":
        a = m["params"]["arguments"]
        r = dict(content=[dict(type="text", text=str(a["a"] + a["b"]))])
    else:
        continue
    print(json.dumps(dict(jsonrpc="2.0", id=m["id"], result=r)), flush=True)
`

// Language servers and MCP servers are commands: tap and listen are run in their place.
func TestPeerReplayJSONRPC(t *testing.T) {
	t.Parallel()
	peers.Need(t)
	python := inPath(t, "python3")
	for name, server := range map[string][]string{"lsp": {"gopls", "serve"}, "mcp": {python, "-c", mcpServer}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "lsp" {
				server[0] = peers.Path(t, "gopls", "apt-get install gopls")
			}
			tape := filepath.Join(t.TempDir(), "tape.pcapng")
			client := func(command ...string) string {
				return runs(t, nil, python, append([]string{"-c", rpcClient, name}, command...)...)
			}
			want := client(append([]string{"framecat", "tap", "-q", "--record", tape, "--"}, server...)...)
			got := client("framecat", "listen", "-q", "--replay", tape, "--ignore", ".params.processId", "-")
			if got != want || strings.Count(want, "\n") < 2 {
				t.Errorf("with the recording the client prints %.500q, want %.500q", got, want)
			}
			if name == "lsp" { // gopls sends notifications when it likes
				return
			}
			runs(t, nil, "framecat", "send", "-q", "--frame-timeout", "1m", "--replay", tape, "exec:"+quoted(server))
		})
	}
}

// quoted returns words as a shell reads them.
func quoted(words []string) string {
	var all []string
	for _, word := range words {
		all = append(all, fmt.Sprintf("'%s'", strings.ReplaceAll(word, "'", `'\''`)))
	}
	return strings.Join(all, " ")
}
