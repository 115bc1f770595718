package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Peers are real servers: each test starts one on this machine, asks it in frames
// that framecat encodes, and has framecat decode what it writes.
//
// A frame is written here as header|payload, or header|payload|trailer if it has a
// trailer. A header or trailer in a request is one to imitate: its length is
// computed anew. In what a peer must write … stands for any bytes, and a * in front
// for any number of such frames.

// patience is how long a peer may take to start, or to answer.
const patience = time.Minute

// serve runs a program until the test is over. What it printed is shown if the test
// fails.
func serve(t *testing.T, name string, args ...string) {
	t.Helper()
	var printed bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &printed, &printed, time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		patient := time.Duration(0)
		if cmd.Process.Signal(syscall.SIGTERM) == nil {
			patient = 5 * time.Second
		}
		kill := time.AfterFunc(patient, func() { cmd.Process.Kill() })
		defer kill.Stop()
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s printed:\n%s", name, &printed)
		}
	})
}

// waitForFile returns what a peer writes to a file, whose name is a pattern, once it
// holds text.
func waitForFile(t *testing.T, path, text string) string {
	t.Helper()
	for start := time.Now(); time.Since(start) < patience; time.Sleep(20 * time.Millisecond) {
		for _, name := range must(filepath.Glob(path)) {
			if b, err := os.ReadFile(name); err == nil && strings.Contains(string(b), text) {
				return string(b)
			}
		}
	}
	t.Fatalf("%s does not hold %q after %v", path, text, patience)
	return ""
}

// A peer is a connection to a server.
type peer struct {
	t    *testing.T
	conn net.Conn
}

// dial connects to a server, which may just be starting.
func dial(t *testing.T, network, address string) peer {
	t.Helper()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial(network, address)
		if err == nil {
			t.Cleanup(func() { conn.Close() })
			return peer{t, conn}
		}
		if time.Since(start) > patience {
			t.Fatal(err)
		}
	}
}

// ask sends a request and returns what the peer writes up to its answer's last
// bytes; if these are empty, until it closes the connection.
func (p peer) ask(request []byte, last string) []byte {
	p.t.Helper()
	p.conn.SetDeadline(time.Now().Add(patience))
	sent := make(chan error, 1)
	go func() { sent <- feed(p.conn, request) }()
	var wrote []byte
	for buf := make([]byte, 4096); last == "" || !bytes.Contains(wrote, []byte(last)); {
		n, err := p.conn.Read(buf)
		wrote = append(wrote, buf[:n]...)
		if err == io.EOF && last == "" {
			break
		}
		if err != nil {
			p.t.Fatalf("%v after %q", err, wrote)
		}
	}
	if err := <-sent; err != nil {
		p.t.Fatal(err)
	}
	return wrote
}

// feed writes data in random pieces, some of them with a pause after them.
func feed(w io.Writer, data []byte) error {
	rnd := rand.New(rand.NewPCG(7, uint64(len(data))))
	most := max(1, min(8, len(data)/4), len(data)/16)
	for len(data) > 0 {
		n := min(1+rnd.IntN(most), len(data))
		if _, err := w.Write(data[:n]); err != nil {
			return err
		}
		if data = data[n:]; rnd.IntN(4) == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	return nil
}

// encode returns the frames of messages, one after another.
func encode(t *testing.T, spec string, messages ...string) []byte {
	t.Helper()
	args := []string{"encode", "-f", spec}
	for _, m := range messages {
		args = append(args, "-m", m)
	}
	return framecat(t, nil, args...)
}

// request returns frames with the headers and trailers that they are given with.
func request(t *testing.T, spec string, frames ...string) []byte {
	t.Helper()
	return framecat(t, asJSON(frames...), "encode", "-f", spec, "-i", "json")
}

// asJSON are such frames as -i json reads them.
func asJSON(frames ...string) (in []byte) {
	for _, f := range frames {
		header, rest, _ := strings.Cut(f, "|")
		payload, trailer, _ := strings.Cut(rest, "|")
		in = fmt.Appendf(in, `{"header":"%x","trailer":"%x","hex":"%x"}`+"\n", header, trailer, payload)
	}
	return in
}

// A frame is a record of decode -o json.
type frame struct{ header, payload, trailer string }

func (f frame) String() string {
	if f.trailer == "" {
		return f.header + "|" + f.payload
	}
	return f.header + "|" + f.payload + "|" + f.trailer
}

// decode returns the frames of what a peer wrote after the first skip bytes. They
// account for every byte of it, and encode makes the same bytes of them again.
func decode(t *testing.T, spec string, wrote []byte, skip int) []frame {
	t.Helper()
	out := framecat(t, wrote, "decode", "-f", spec, "-o", "json", "-s", fmt.Sprint(skip))
	frames, sum, fill := fromJSON(t, out, skip)
	if sum+fill != len(wrote)-skip {
		t.Errorf("%d bytes of frames and %d of fill, where the peer wrote %d", sum, fill, len(wrote)-skip)
	}
	if again := framecat(t, out, "encode", "-f", spec, "-i", "json"); fill == 0 && !bytes.Equal(again, wrote[skip:]) {
		t.Errorf("encoded again as\n%q, want\n%q", again, wrote[skip:])
	}
	return frames
}

// fromJSON returns the frames that -o json wrote, their size on the wire, and that of
// the fill between them.
func fromJSON(t *testing.T, out []byte, skip int) (frames []frame, sum, fill int) {
	t.Helper()
	end := skip
	for line := range bytes.Lines(out) {
		var m struct {
			Index, Offset, Wire           int
			Header, Trailer, Text, Base64 string
		}
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		if m.Index != len(frames) || m.Offset < end {
			t.Errorf("frame %d at byte %d is number %d, at byte %d", len(frames), end, m.Index, m.Offset)
		}
		sum, fill, end = sum+m.Wire, fill+m.Offset-end, m.Offset+m.Wire
		payload := m.Text + string(must(base64.StdEncoding.DecodeString(m.Base64)))
		frames = append(frames, frame{unhexed(m.Header), payload, unhexed(m.Trailer)})
	}
	return frames, sum, fill
}

func unhexed(digits string) string { return string(must(hex.DecodeString(digits))) }

// expect compares the frames that a peer wrote with what they must be.
func expect(t *testing.T, got []frame, want ...string) {
	t.Helper()
	at := 0
	for _, w := range want {
		if many, ok := strings.CutPrefix(w, "*"); ok {
			for at < len(got) && alike(got[at].String(), many) {
				at++
			}
			continue
		}
		if at == len(got) {
			t.Fatalf("no frame %d, want %.300q", at, w)
		}
		if !alike(got[at].String(), w) {
			t.Errorf("frame %d is\n%.300q, want\n%.300q", at, got[at], w)
		}
		at++
	}
	if at < len(got) {
		t.Errorf("more frames than wanted: %.300q", got[at:])
	}
}

// alike compares text with a pattern, in which … stands for any bytes.
func alike(text, pattern string) bool {
	parts := strings.Split(pattern, "…")
	text, ok := strings.CutPrefix(text, parts[0])
	for i, part := range parts[1:] {
		if i == len(parts)-2 {
			return ok && strings.HasSuffix(text, part)
		}
		var found bool
		_, text, found = strings.Cut(text, part)
		ok = ok && found
	}
	return ok && (len(parts) > 1 || text == "")
}
