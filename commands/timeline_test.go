package commands

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/peers"
	"framecat/commands/internal/report"
)

// ofStreams returns the frame records of each direction in a JSON output, in their order, without
// their numbers.
func ofStreams(t *testing.T, output string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for line := range strings.Lines(output) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err, line)
		}
		if r["type"] != "frame" {
			continue
		}
		delete(r, "index")
		delete(r, "file") // a pipe has no name
		text, _ := json.Marshal(r)
		key := fmt.Sprint(r["stream"], r["direction"])
		all[key] = append(all[key], string(text))
	}
	return all
}

// The order of time changes nothing but the order, of files and of pipes.
func TestByTime(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		spec, file string
		args       []string
	}{
		{"resp", "resp2.pcap", nil},
		{"dns", "dns_tcp4.pcap", nil},
		{"postgres", "pcap_retransmit.pcap", nil},
		{"postgres", "pcapng_editcap.pcapng", nil},
		{"u16be", "pcap_interleaved.pcap", nil},
		{"u16be", "pcap_interleaved.pcap", []string{"--stream", "5"}},
		{"u16be", "pcap_interleaved.pcap", []string{"--direction", "s2c", "--where", "size>50"}},
		{"lines", "pcap_gap.pcap", []string{"--on-error", "skip"}},
		{"auto", "pcap_interleaved.pcap", nil},
		{"auto", "tls13.pcap", nil},
		{"mqtt", "mqtt5.pcapng", nil},
	} {
		args := append([]string{"inspect", "-f", row.spec, "-o", "json", captures + row.file}, row.args...)
		out, _, wantStatus := run(t, "", append(args, "--by", "stream")...)
		want := ofStreams(t, out)
		if len(want) == 0 {
			t.Errorf("%v: no frames", args)
		}
		out, errs, status := run(t, "", append(args, "--by", "time")...)
		same := func(from string, got map[string][]string) {
			t.Helper()
			for _, key := range slices.Sorted(maps.Keys(want)) {
				if !slices.Equal(got[key], want[key]) {
					t.Errorf("%v %s, direction %s: %d frames, want %d\n%s", args, from, key, len(got[key]), len(want[key]), errs)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%v %s: %d directions, want %d", args, from, len(got), len(want))
			}
		}
		if same("by time", ofStreams(t, out)); status != wantStatus {
			t.Errorf("%v by time: status %d, want %d\n%s", args, status, wantStatus, errs)
		}
		if row.spec == "auto" {
			continue // a pipe shows less of a stream before its framing must be found
		}
		file, err := os.Open(captures + row.file)
		if err != nil {
			t.Fatal(err)
		}
		args[5] = "-"
		same("through a pipe", ofStreams(t, throughPipe(t, file, args, nil)))
	}
}

// A stream that is recorded from inside a frame on has the same messages in the order of time and
// through a pipe, even if its first packet has no whole frame, and the second one is large.
func TestByTimeFromInside(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "a.pcapng")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	rec := capture.NewRecorder(f, "")
	stream := []byte("the end of a frame whose length is not here")
	const messages = 3000
	for i := range messages {
		stream = fmt.Appendf(stream, "\x00\x00\x00\x1cthis is message number %05d", i)
	}
	rec.Record(capture.Event{Kind: capture.Opened, Client: "127.0.0.1:4000", Server: "127.0.0.1:5000"})
	for _, cut := range []int{30, 65465, len(stream) - 65495} {
		rec.Record(capture.Event{Kind: capture.Bytes, Data: stream[:cut]})
		stream = stream[cut:]
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	args := []string{"inspect", "-f", "auto", "-o", "json"}
	byStream, _, _ := run(t, "", append(args, "--by", "stream", name)...)
	byTime, _, _ := run(t, "", append(args, "--by", "time", name)...)
	if f, err = os.Open(name); err != nil {
		t.Fatal(err)
	}
	live := throughPipe(t, f, append(args, "-"), nil)
	want := ofStreams(t, byStream)["0c2s"]
	for how, out := range map[string]string{"by time": byTime, "through a pipe": live} {
		if got := ofStreams(t, out)["0c2s"]; len(want) != messages || !slices.Equal(got, want) {
			t.Errorf("%d messages by stream, %d %s", len(want), len(got), how)
		}
	}
}

// A list of a capture shows each message once, when it is complete, as tshark does.
func TestOrder(t *testing.T) {
	t.Parallel()
	tshark := ""
	if peers.Wanted() {
		tshark = peers.Path(t, "tshark", "apt-get install tshark")
	}
	var all strings.Builder
	for _, row := range []struct{ file, spec, protocol, port string }{
		{"dns_tcp4.pcap", "dns", "dns", "17300"},
		{"pcap_retransmit.pcap", "postgres", "pgsql", "17400"},
		{"tls13.pcap", "tls", "tls", "17900"},
		{"logger_octet.pcap", "syslog", "syslog", "17910"},
		{"mqtt5.pcapng", "mqtt", "mqtt", "17920"},
		{"resp2.pcap", "resp", "resp", "17500"},
	} {
		out, errs, status := run(t, "", "inspect", "-f", row.spec, "--layout", "list", captures+row.file)
		if status != 0 {
			t.Errorf("%s: status %d, %s", row.file, status, errs)
		}
		var order []string // the packets that complete messages, by time and direction
		for line := range strings.Lines(out) {
			if f := strings.Fields(line); strings.HasPrefix(f[3], "#") {
				order = append(order, f[0]+" "+f[2])
			}
		}
		order = slices.Compact(order)
		text := strings.Join(order, "\n")
		fmt.Fprintf(&all, "%s\n%s\n\n", row.file, text)
		if tshark == "" {
			continue
		}
		found, err := exec.Command(tshark, "-n", "-r", captures+row.file, "-d", "tcp.port=="+row.port+","+row.protocol,
			"-Y", row.protocol, "-T", "fields", "-e", "frame.time_epoch", "-e", "tcp.dstport").Output()
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for line := range strings.Lines(string(found)) {
			var sec, ns int64
			port := ""
			if _, err := fmt.Sscanf(line, "%d.%d\t%s", &sec, &ns, &port); err != nil {
				t.Fatal(err, line)
			}
			arrow := "<"
			if port == row.port {
				arrow = ">"
			}
			if n := len(want) - 1; n >= 0 && row.spec == "resp" && strings.HasSuffix(want[n], arrow) {
				want = want[:n] // here tshark shows each segment of an array; the messages take turns
			}
			want = append(want, time.Unix(sec, ns).UTC().Format("15:04:05.000000")+" "+arrow)
		}
		if w := strings.Join(slices.Compact(want), "\n"); text != w {
			t.Errorf("%s:\n%s\ntshark has\n%s", row.file, text, w)
		}
	}
	golden(t, "order.txt", all.String())
}

// Golden lists, of captures and other inputs, whole and cut, in several forms.
func TestListLayout(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, stdin string
		args        []string
		status      int
	}{
		{"a capture", "", []string{"-f", "resp", captures + "resp2.pcap", "--width", "80"}, 0},
		{"times between", "", []string{"-f", "resp", captures + "resp2.pcap", "--width", "60", "--time", "delta", "-n", "5"}, 0},
		{"times from the start", "", []string{"-f", "resp", captures + "resp2.pcap", "--width", "60", "--time", "elapsed", "-n", "5"}, 0},
		{"no times", "", []string{"-f", "resp", captures + "resp2.pcap", "--width", "60", "--time", "none", "-n", "5"}, 0},
		{"framings are found", "", []string{captures + "pcap_interleaved.pcap", "--width", "80", "--where", "index=0"}, 0},
		{"a gap", "", []string{"-f", "crlf", captures + "pcap_gap.pcap", "--width", "80"}, 3},
		{"a gap is skipped", "", []string{"-f", "crlf", captures + "pcap_gap.pcap", "--width", "80", "--on-error", "skip", "--where", "size<100"}, 3},
		{"another framing", "", []string{"-f", "netstring", captures + "resp2.pcap", "--width", "80"}, 3},
		{"an upgrade to TLS", "", []string{"-f", "postgres", captures + "upgrade_tls.pcapng", "--width", "80"}, 0},
		{"an upgrade to TLS, found", "", []string{captures + "upgrade_tls.pcapng", "--width", "80"}, 0},
		{"an upgrade to WebSocket", "", []string{"-f", "websocket", captures + "upgrade_websocket.pcapng", "--width", "80"}, 0},
		{"an upgrade to WebSocket, found", "", []string{captures + "upgrade_websocket.pcapng", "--width", "80", "--where", "size<20"}, 0},
		{"a stream", "\x03abc\x02hi\x00\x04ping", []string{"-f", "u8"}, 0},
		{"colours", "\x03abc\x02hi\x00\x04ping", []string{"-f", "u8", "--color", "always"}, 0},
		{"a capture in colours", "", []string{"-f", "resp", captures + "resp2.pcap", "--width", "60", "-n", "3", "--color", "always"}, 0},
		{"a leftover", "\x03abc\x05he", []string{"-f", "u8"}, 4},
		{"a malformed frame", "2:hi,3:abc;\x1b[31mred", []string{"-f", "netstring"}, 3},
		{"a malformed frame is skipped", "\xc0a\xc0\xc0b\xdbx\xc0c\xc0", []string{"-f", "slip", "--on-error", "skip"}, 3},
		{"no framing", "no framing here", nil, 3},
	}
	var all strings.Builder
	for _, r := range rows {
		args := append([]string{"inspect", "--layout", "list"}, r.args...)
		out, errs, status := run(t, r.stdin, args...)
		if status != r.status {
			t.Errorf("%s: status %d, want %d\n%s%s", r.name, status, r.status, out, errs)
		}
		fmt.Fprintf(&all, "# %s: %s\n%s%s\n", r.name, strings.Join(args, " "), out, errs)
	}
	golden(t, "list.txt", strings.ReplaceAll(all.String(), captures, ""))
}

// An upgrade is shown in every form of the order of time.
func TestUpgrades(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ args, want string }{
		{"-f postgres --by time", "\n\nstream 0  upgraded to TLS: all that follows is encrypted\n2 frames, 9 bytes, payload 4 bytes (44.4%); undecoded "},
		{"-f postgres --by time -o json", `"},"text":""}` + "\n" + `{"type":"upgrade","file":"FILE","stream":0,"direction":"c2s","time":`},
		{"-f auto --by time -o json", `,"to":"TLS"}` + "\n" + `{"type":"summary",`},
		{"-f postgres --by time --summary", "\n 0 c2s  127.0.0.1:35162 → 127.0.0.1:17930       1"},
	} {
		file := captures + "upgrade_tls.pcapng"
		out, errs, status := run(t, "", append([]string{"inspect", file}, strings.Fields(row.args)...)...)
		if out = strings.ReplaceAll(out, file, "FILE"); status != 0 || !strings.Contains(out, row.want) {
			t.Errorf("%s: status %d, want %q in\n%s%s", row.args, status, row.want, out, errs)
		}
	}
}

// Rows that are cut name the flag that shows all of them; no command shows many streams.
func TestCutRowsByTime(t *testing.T) {
	t.Parallel()
	out, errs, status := run(t, "", "inspect", "-f", "netstring", "--by", "time", captures+"resp2.pcap")
	if status != report.StatusMalformed || !strings.Contains(out, "more bytes\n         to show all rows, use --rows 0\n") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
}

// A message of a capture that is still being recorded is shown when its last packet has come.
func TestLiveCapture(t *testing.T) {
	raw, err := os.ReadFile(captures + "resp2.pcap")
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(raw, []byte("$7\r\nmissing")) // the third command
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"-f", "resp", "--layout", "list"}, " #2 "},
		{[]string{"-f", "resp", "-o", "json"}, `"index":2`},
		{[]string{"-f", "resp"}, "#2 payload 20"},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		out, errs := tempFile(t, ""), tempFile(t, "")
		done := make(chan int)
		go func() {
			done <- Run(testEnv(r, out, errs).with(append([]string{"framecat", "inspect"}, row.args...)))
		}()
		w.Write(raw[:at-100]) // up to the middle of a packet
		for shown := []byte(nil); !bytes.Contains(shown, []byte(row.want)); time.Sleep(5 * time.Millisecond) {
			if shown, err = os.ReadFile(out.Name()); err != nil {
				t.Fatal(err)
			}
		}
		w.Write(raw[at-100:])
		w.Close()
		if status := <-done; status != 0 {
			t.Errorf("%v: status %d", row.args, status)
		}
		r.Close()
	}
}

// Flags that do not fit a list, or the order of time, are refused.
func TestOrderFlags(t *testing.T) {
	for _, row := range []struct{ args, want string }{
		{"--by size", `--by: want stream or time, not "size"`},
		{"--layout list --time never", `--time: want clock, delta, elapsed or none, not "never"`},
		{"--layout list -o json", "--layout list cannot be combined with -o json, --summary, --times or --trace"},
		{"--time none", "--time and --width need --layout list"},
		{"--by time --trace", "--trace cannot be combined with --by time"},
		{"--by time -s 4", "-s and -l count the bytes of one stream: they need --by stream"},
	} {
		out, errs, status := run(t, "", append([]string{"inspect", "-f", "u8"}, strings.Fields(row.args)...)...)
		if status != report.StatusUsage || out != "" || !strings.Contains(errs, row.want) {
			t.Errorf("%s: status %d, %s%s; want %s", row.args, status, out, errs, row.want)
		}
	}
}
