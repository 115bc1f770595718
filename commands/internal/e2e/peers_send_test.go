package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// Here send asks the servers itself: it connects, and prints what they answer.

// asks runs send, which waits for a server that is just starting, and returns what it
// printed.
func asks(t *testing.T, stdin []byte, args ...string) string {
	t.Helper()
	return string(framecat(t, stdin, append([]string{"send", "--retry", patience.String()}, args...)...))
}

// sendsEchoed sends messages, the longest of most bytes, to a peer that sends them back.
func sendsEchoed(t *testing.T, spec, address string, most int) {
	t.Helper()
	lines := strings.Join([]string{"hello", "", "two words", strings.Repeat("x", most), "end", ""}, "\n")
	// Twisted throws away what it has to say when it sees the end of ours: --expect
	// keeps that back. With -q a peer may be slow, as on a busy machine.
	if got := asks(t, []byte(lines), "-q", "-f", spec, address, "--expect", "5"); got != lines {
		t.Errorf("send -f %s prints %.300q, want %.300q", spec, got, lines)
	}
	for _, how := range []string{"7", "random:1", "merge"} {
		got, stderr, status := runFramecat(t, []byte(lines), "send", "-f", spec, address, "--chunk", how, "--gap", "0", "--expect", "5")
		if string(got) != lines || status != 0 {
			t.Errorf("send -f %s --chunk %s: status %d, stdout %.300q\n%s", spec, how, status, got, stderr)
		}
	}
}

// Redis answers what a shell pipes into send.
func TestPeerSendRedis(t *testing.T) {
	t.Parallel()
	address := "unix:" + redisServer(t)
	asks(t, nil, "-f", "resp", address, "-m", "PING")
	for command, want := range map[string]string{
		"echo PING | framecat send -f resp " + address:                                                              `+PONG\r\n` + "\n",
		"framecat send -f resp -m 'SET k v' -m 'INCR n' -m 'GET k' --lockstep " + address:                           `+OK\r\n` + "\n" + `:1\r\n` + "\n" + `$1\r\nv\r\n` + "\n",
		"framecat send -f resp --expect 3 -m 'SUBSCRIBE a b' -m PING " + address + " | tail -n 1":                   `*2\r\n$4\r\npong\r\n$0\r\n\r\n` + "\n",
		"framecat send -f resp -o raw --chunk 1 --gap 0 -q -m 'MGET none k' " + address + " | tr -d '\\r' | sed 2q": "*2\n$-1\n",
	} {
		out, err := exec.Command("sh", "-c", command).CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("%s: %v, printed %q, want %q", command, err, out, want)
		}
	}
}

// sendsPostgres starts a session, asks, and ends it.
func sendsPostgres(t *testing.T, sock string) {
	t.Helper()
	out := asks(t, asJSON("\x00\x00\x00\x00|\x00\x03\x00\x00user\x00framecat\x00database\x00postgres\x00\x00",
		"Q\x00\x00\x00\x00|select 6 * 7\x00", "X\x00\x00\x00\x00|"), "-f", "postgres", "-i", "json", "-o", "json", "unix:"+sock)
	got, _, fill := fromJSON(t, []byte(out), 0)
	if fill != 0 {
		t.Errorf("%d bytes are in no frame", fill)
	}
	expect(t, got, "R\x00\x00\x00\x08|\x00\x00\x00\x00", "*S\x00\x00\x00…|…\x00…\x00", "K\x00\x00\x00\x0c|…", "Z\x00\x00\x00\x05|I",
		"T\x00\x00\x00…|\x00\x01?column?\x00…", "D\x00\x00\x00\x0c|\x00\x01\x00\x00\x00\x0242", "C\x00\x00\x00\x0d|SELECT 1\x00", "Z\x00\x00\x00\x05|I")
}

// sendsMQTT subscribes, publishes, and gets its own message.
func sendsMQTT(t *testing.T, sock string) {
	t.Helper()
	out := asks(t, asJSON("\x10\x00|\x00\x04MQTT\x04\x02\x00\x3c\x00\x01c", "\x82\x00|\x00\x07\x00\x01t\x00",
		"\x30\x00|\x00\x01thello", "\xc0\x00|"), "-f", "mqtt:strict", "-i", "json", "-o", "json", "--expect", "4", "unix:"+sock)
	got, _, _ := fromJSON(t, []byte(out), 0)
	expect(t, got, "\x20\x02|\x00\x00", "\x90\x03|\x00\x07\x00", "\x30\x08|\x00\x01thello", "\xd0\x00|")
}

// sendsDNS asks for an address.
func sendsDNS(t *testing.T, port string) {
	t.Helper()
	const name = "01780474657374000001" + "0001" // x.test, A, IN
	got := asks(t, nil, "-f", "dns", "-i", "hex", "-o", "hex", "127.0.0.1", port, "-m", "0007010000010000000000"+"00"+name)
	if want := "000785800001000100000000" + name + "…c0000201\n"; !alike(got, want) {
		t.Errorf("the answer is %s, want %s", got, want)
	}
}
