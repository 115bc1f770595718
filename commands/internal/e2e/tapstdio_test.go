package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/peers"
	"framecat/framing"
)

// Here tap is the command of a client that talks over standard input and output, in the place of
// the server.

// A talk is a client's side of a command that speaks in frames.
type talk struct {
	t        *testing.T
	cmd      *exec.Cmd
	in       io.WriteCloser
	w        *framing.Writer
	r        *framing.Reader
	errs     bytes.Buffer
	sent     []string
	received []string
}

// start starts a command that reads and writes frames of spec.
func start(t *testing.T, spec string, words ...string) *talk {
	t.Helper()
	c := &talk{t: t, cmd: exec.Command(words[0], words[1:]...)}
	c.in = must(c.cmd.StdinPipe())
	out := must(c.cmd.StdoutPipe())
	c.cmd.Stderr, c.cmd.Env = &c.errs, environment()
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(patience, func() { c.cmd.Process.Kill() })
	t.Cleanup(func() {
		stuck.Stop()
		c.cmd.Process.Kill()
		c.cmd.Wait()
	})
	f := must(framing.Parse(spec))
	c.w, c.r = framing.NewWriter(c.in, f), framing.NewReader(out, f)
	return c
}

// send sends a message.
func (c *talk) send(message string) {
	c.t.Helper()
	c.sent = append(c.sent, message)
	if err := c.w.Write([]byte(message)); err != nil {
		c.t.Fatal(err)
	}
	if err := c.w.Flush(); err != nil {
		c.t.Fatal(err)
	}
}

// receive returns the first message that holds text; "" waits for the end of the messages.
func (c *talk) receive(text string) string {
	c.t.Helper()
	for frame, err := range c.r.Frames() {
		if err != nil {
			c.t.Fatalf("%v after %q; stderr %s", err, c.received, &c.errs)
		}
		c.received = append(c.received, string(frame.Payload))
		if text != "" && strings.Contains(string(frame.Payload), text) {
			return string(frame.Payload)
		}
	}
	if text != "" {
		c.t.Fatalf("no message holds %s: %q; stderr %s", text, c.received, &c.errs)
	}
	return ""
}

// A session of an editor with a language server: tap shows each message that they exchange, in
// order, and changes nothing.
func TestPeerTapLSP(t *testing.T) {
	t.Parallel()
	gopls := peers.Path(t, "gopls", "apt-get install gopls")
	dir := t.TempDir()
	log, file := filepath.Join(dir, "log"), filepath.Join(dir, "main.go")
	const source = "package main\n\n// Hello greets.\nfunc Hello() {}\n\nfunc main() { Hello() }\n"
	for name, text := range map[string]string{file: source, filepath.Join(dir, "go.mod"): "module hello\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c := start(t, "lsp", "framecat", "tap", "-o", "json", "--log", log, "--", gopls)
	uri := "file://" + file
	c.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":%q,"capabilities":{}}}`, "file://"+dir))
	c.receive(`"id":1}`)
	c.send(`{"jsonrpc":"2.0","method":"initialized","params":{}}`)
	c.send(fmt.Sprintf(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":%q,"languageId":"go","version":1,"text":%q}}}`, uri, source))
	c.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"textDocument":{"uri":%q},"position":{"line":5,"character":15}}}`, uri))
	if hover := c.receive(`"id":2}`); !strings.Contains(hover, "Hello greets.") {
		t.Errorf("hover: %s", hover)
	}
	c.send(`{"jsonrpc":"2.0","id":3,"method":"shutdown"}`)
	c.receive(`"id":3}`)
	c.send(`{"jsonrpc":"2.0","method":"exit"}`)
	c.receive("")
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the status of gopls: %v", err)
	}
	shown := map[string][]string{}
	for line := range bytes.Lines(must(os.ReadFile(log))) {
		var m struct{ Type, Direction, Text string }
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		if m.Type == "frame" {
			shown[m.Direction] = append(shown[m.Direction], m.Text)
		}
	}
	if !slices.Equal(shown["c2s"], c.sent) || !slices.Equal(shown["s2c"], c.received) {
		t.Errorf("shown %q,\nsent %q,\nreceived %q", shown, c.sent, c.received)
	}
}

// 100,000 messages each way come back as they were sent, and all are shown or counted as dropped.
func TestTapManyMessages(t *testing.T) {
	t.Parallel()
	const messages = 100_000
	f := must(framing.Parse("lsp"))
	var wire []byte
	for i := range messages {
		wire = must(f.Append(wire, framing.Marks{}, fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%d}`, i)))
	}
	log := filepath.Join(t.TempDir(), "log")
	cmd := exec.Command("framecat", "tap", "-f", "lsp", "-o", "json", "--log", log, "--", inPath(t, "cat"))
	var errs bytes.Buffer
	cmd.Stdin, cmd.Stderr, cmd.Env = bytes.NewReader(wire), &errs, environment()
	out, err := cmd.Output()
	if err != nil || !bytes.Equal(out, wire) {
		t.Errorf("%v: %d bytes that differ from the %d that were sent; stderr %s", err, len(out), len(wire), &errs)
	}
	last := regexp.MustCompile(`(\d+) messages, (\d+) dropped views?\n$`).FindStringSubmatch(errs.String())
	if last == nil {
		t.Fatalf("stderr %s", &errs)
	}
	counted, dropped := must(strconv.Atoi(last[1])), must(strconv.Atoi(last[2]))
	shown := bytes.Count(must(os.ReadFile(log)), []byte(`{"type":"frame"`))
	// On a busy machine, a view that has not seen all is given up at the end.
	if max(shown, counted) > 2*messages || dropped == 0 && min(shown, counted) < 2*messages {
		t.Errorf("%d messages are shown, %d counted, %d views dropped, of %d messages", shown, counted, dropped, 2*messages)
	}
}

// BenchmarkTapRoundTrip compares the round trips of a message through cat with those through tap
// around it, one after the other.
func BenchmarkTapRoundTrip(b *testing.B) {
	message := must(must(framing.Parse("lsp")).Append(nil, framing.Marks{}, []byte(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"text":"hello"}}`)))
	log := filepath.Join(b.TempDir(), "log")
	ways := []struct {
		name  string
		words []string
		trip  func() time.Duration
		times []time.Duration
	}{
		{name: "direct", words: []string{"cat"}},
		{name: "tap", words: []string{"framecat", "tap", "-f", "lsp", "--log", log, "--", "cat"}},
		{name: "quiet", words: []string{"framecat", "tap", "-q", "--", "cat"}},
	}
	for i := range ways {
		w := &ways[i]
		cmd := exec.Command(w.words[0], w.words[1:]...)
		in, out := must(cmd.StdinPipe()), must(cmd.StdoutPipe())
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		defer cmd.Wait()
		defer in.Close()
		back := make([]byte, len(message))
		w.trip = func() time.Duration {
			begin := time.Now()
			must(in.Write(message))
			must(io.ReadFull(out, back))
			return time.Since(begin)
		}
		w.trip() // it has started
	}
	for b.Loop() {
		for i := range ways {
			ways[i].times = append(ways[i].times, ways[i].trip())
		}
	}
	for _, w := range ways {
		slices.Sort(w.times)
		b.ReportMetric(w.times[len(w.times)/2].Seconds()*1e6, w.name+"-p50-µs")
		b.ReportMetric(w.times[len(w.times)*99/100].Seconds()*1e6, w.name+"-p99-µs")
	}
}
