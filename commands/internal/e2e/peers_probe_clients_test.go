package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
)

// pythonClient sends two messages and prints the replies. With "once" it takes each read for all that it
// has asked for.
const pythonClient = `import socket, struct, sys
host, port = sys.argv[1].rsplit(":", 1)
s = socket.create_connection((host, int(port)))
f = s.makefile("rb")
read = s.recv if sys.argv[2:] == ["once"] else f.read
for m in (b"hello", b"bye"):
    s.sendall(struct.pack(">I", len(m)) + m)
    print(read(struct.unpack(">I", read(4))[0]))
`

// A client is probed by our replies, and by tap --chunk between it and a server. Only the one that takes a
// read for a message breaks, and in the header first.
func TestPeerProbeClients(t *testing.T) {
	t.Parallel()
	python := peers.Path(t, "python3", "apt-get install python3", "/usr/bin")
	cli := peers.Path(t, "redis-cli", "apt-get install redis-tools")
	script := filepath.Join(t.TempDir(), "client.py")
	if err := os.WriteFile(script, []byte(pythonClient), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, flags, run string // in run, ADDRESS and PORT are ours
		server           func(t *testing.T) string
		sentence         string
		printed          string // through tap --chunk 1; "" if it breaks
	}{
		{"redis-cli", "-f resp --reply +PONG", cli + " -p PORT ping", func(t *testing.T) string { return "unix:" + redisServer(t) }, "no fault found", "PONG\n"},
		{"Python", "-f u32be --echo --only split/? --only bytes --only close/4", python + " " + script + " ADDRESS", nil, "no fault found", "b'hello'\nb'bye'\n"},
		{"Python, one read", "-f u32be --echo --only split/?", python + " " + script + " ADDRESS once", nil, "breaks when a frame is split: offsets 1-3, 5-8 of 9", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			at := strings.NewReplacer("ADDRESS", "$FRAMECAT_ADDRESS", "PORT", "${FRAMECAT_ADDRESS##*:}").Replace(row.run)
			args := append([]string{"probe", "--listen"}, strings.Fields(row.flags)...)
			out, stderr, status := runFramecat(t, nil, append(args, "--run", at, "0")...)
			want := 0
			if row.printed == "" {
				want = 6
			}
			if status != want || !strings.HasSuffix(string(out), "\n"+row.sentence+"\n") {
				t.Errorf("status %d, want %d, and: %s\n%s%s", status, want, row.sentence, out, stderr)
			}

			target := ""
			if row.server != nil {
				target = row.server(t)
			} else {
				target = listens(t, "-k", "-f", "u32be", "--echo", "0").address
			}
			tap := accepts(t, "tap", "-q", "-f", strings.Fields(row.flags)[1], "--chunk", "1", "--gap", "20ms", "--direction", "s2c", "0", target)
			words := strings.Fields(strings.NewReplacer("ADDRESS", "127.0.0.1:"+tap.port(), "PORT", tap.port()).Replace(row.run))
			got, err := exec.Command(words[0], words[1:]...).Output()
			if string(got) != row.printed || (err != nil) != (row.printed == "") {
				t.Errorf("through tap it printed %q, %v; want %q", got, err, row.printed)
			}
		})
	}
}
