package commands

import (
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"framecat/commands/internal/peers"
	"framecat/commands/internal/report"
)

// listedCaptures are the captures and dumps of the tests.
func listedCaptures(t *testing.T) (files []string) {
	t.Helper()
	for _, pattern := range []string{"*.pcap*", "hex_*.txt"} {
		found, err := filepath.Glob(captures + pattern)
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		files = append(files, found...)
	}
	return files
}

// Golden lists of all captures. TestListAgainstTshark checks their numbers.
func TestLists(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	show := func(args ...string) {
		out, errs, status := run(t, "", append([]string{"inspect", "--list"}, args...)...)
		fmt.Fprintf(&all, "$ framecat inspect --list %s\n%s%s", strings.Join(args, " "), out, errs)
		if status != 0 {
			fmt.Fprintf(&all, "status %d\n", status)
		}
		all.WriteByte('\n')
	}
	for _, file := range listedCaptures(t) {
		show(file)
	}
	show("-o", "json", captures+"pcap_interleaved.pcap")
	show("-o", "json", captures+"hex_dns_tshark_follow_raw.txt")
	show("-o", "json", captures+"hex_dns_xxd.txt")
	show("-f", "u16be", captures+"pcap_interleaved.pcap")
	show("-f", "u16be", "-o", "json", "--stream", "5", captures+"pcap_interleaved.pcap")
	show("-f", "netstring", captures+"resp2.pcap")
	show("-f", "lines", captures+"pcap_gap.pcap", captures+"tiny_half_header.bin")
	golden(t, "lists.txt", strings.ReplaceAll(all.String(), captures, ""))
}

// A listedConnection is a record of inspect --list -o json.
type listedConnection struct {
	Stream         int
	Client, Server string
	Duration       float64
	Directions     []struct {
		Direction                      string
		Bytes, Packets, Segments, Gaps int64
		Framing                        string
		Bits                           float64
		Frames                         int64
		Malformed                      bool
	}
}

// listOf returns the records of inspect --list.
func listOf(t *testing.T, args ...string) (list []listedConnection) {
	t.Helper()
	out, errs, status := run(t, "", append([]string{"inspect", "--list", "-o", "json"}, args...)...)
	if status != 0 {
		t.Fatalf("%v: status %d, %s", args, status, errs)
	}
	for line := range strings.Lines(out) {
		var c listedConnection
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err, line)
		}
		list = append(list, c)
	}
	return list
}

// tsharkConversation is a line of tshark -z conv,tcp: two ends, the frames from the second end and
// from the first one, and the duration.
var tsharkConversation = regexp.MustCompile(`(?m)^(\S+):(\d+)\s+<->\s+(\S+):(\d+)\s+(\d+) \d+ \w+\s+(\d+) \d+ \w+\s+\d+ \d+ \w+\s+[\d.]+\s+([\d.]+)\s*$`)

// The numbers of a list are those of tshark: connections, addresses, packets, duration and bytes.
func TestListAgainstTshark(t *testing.T) {
	t.Parallel()
	tshark := peers.Path(t, "tshark", "apt-get install tshark") // without it, TestLists compares with what it printed
	for _, file := range listedCaptures(t) {
		if strings.HasSuffix(file, ".txt") {
			continue
		}
		got, want := map[string][]float64{}, map[string][]float64{} // durations of equal conversations
		list := listOf(t, file)
		for _, c := range list {
			key := fmt.Sprintf("%s %d, %s %d", c.Client, c.Directions[0].Packets, c.Server, c.Directions[1].Packets)
			got[key] = append(got[key], c.Duration)
		}
		out, err := exec.Command(tshark, "-n", "-q", "-z", "conv,tcp", "-r", file).Output()
		if err != nil {
			t.Fatal(err)
		}
		found := tsharkConversation.FindAllStringSubmatch(string(out), -1)
		if len(found) != len(list) || len(list) == 0 {
			t.Errorf("%s: %d connections, tshark has %d:\n%s", file, len(list), len(found), out)
		}
		for _, m := range found {
			first, second := end(m[1], m[2]), end(m[3], m[4])
			key := fmt.Sprintf("%s %s, %s %s", first, m[6], second, m[5])
			if len(got[key]) == 0 { // the second end is the client
				key = fmt.Sprintf("%s %s, %s %s", second, m[5], first, m[6])
			}
			d, _ := strconv.ParseFloat(m[7], 64)
			want[key] = append(want[key], d)
		}
		for key, durations := range want {
			slices.Sort(durations)
			slices.Sort(got[key])
			if !slices.EqualFunc(got[key], durations, func(a, b float64) bool { return math.Abs(a-b) <= 0.0001 }) {
				t.Errorf("%s: %s takes %v, tshark has %v", file, key, got[key], durations)
			}
		}
		compareBytes(t, tshark, file, list)
	}
}

func end(host, port string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

// compareBytes compares the bytes of each direction with the union of the segments that tshark
// finds in it.
func compareBytes(t *testing.T, tshark, file string, list []listedConnection) {
	t.Helper()
	fields := []string{"-n", "-r", file, "-Y", "tcp.len>0", "-T", "fields", "-E", "occurrence=f"}
	for _, f := range []string{"tcp.stream", "tcp.srcport", "tcp.seq", "tcp.len"} {
		fields = append(fields, "-e", f)
	}
	out, err := exec.Command(tshark, fields...).Output()
	if err != nil {
		t.Fatal(err)
	}
	type span struct{ from, to int64 }
	spans := map[string][]span{}
	for line := range strings.Lines(string(out)) {
		var stream, port int
		var seq, size int64
		if _, err := fmt.Sscan(line, &stream, &port, &seq, &size); err != nil {
			t.Fatal(err, line)
		}
		key := fmt.Sprintf("%d from port %d", stream, port)
		spans[key] = append(spans[key], span{seq, seq + size})
	}
	for _, c := range list {
		for i, from := range []string{c.Client, c.Server} {
			key := fmt.Sprintf("%d from port %s", c.Stream, from[strings.LastIndexByte(from, ':')+1:])
			slices.SortFunc(spans[key], func(a, b span) int { return int(a.from - b.from) })
			bytes, at := int64(0), int64(math.MinInt64)
			for _, s := range spans[key] {
				bytes += max(0, s.to-max(at, s.from))
				at = max(at, s.to)
			}
			if got := c.Directions[i].Bytes; got != bytes {
				t.Errorf("%s: stream %s has %d bytes, tshark has %d", file, key, got, bytes)
			}
		}
	}
}

// A list guesses as -f auto does, and counts as --summary does.
func TestListAgreesWithInspect(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pcap_interleaved.pcap", "pcap_gap.pcap", "resp2.pcap", "hex_dns_tshark_follow_raw.txt", "hex_dns_xxd.txt", "pg_ext_frontend.bin"} {
		file := captures + name
		spec := map[bool]string{true: "u16be", false: "lines"}[strings.Contains(file, "dns")]
		counted := listOf(t, "-f", spec, file)
		for n, c := range listOf(t, file) {
			for i, d := range c.Directions {
				if d.Bytes == 0 {
					continue
				}
				args := []string{file}
				if d.Direction != "" {
					args = append(args, "--stream", strconv.Itoa(c.Stream), "--direction", d.Direction)
				}
				out, _, _ := run(t, "", append([]string{"inspect", "-o", "json", "--summary"}, args...)...)
				want := fmt.Sprintf(`"framing":"%s","bits":%.1f`, d.Framing, d.Bits)
				if d.Framing == "" || d.Bits == 0 { // it is that of the other direction, which is not read here
					want = `{"type":"unknown"`
				}
				if !strings.Contains(out, want) {
					t.Errorf("%v: %s, inspect has %s", args, want, out)
				}
				out, _, status := run(t, "", append([]string{"inspect", "-f", spec, "-o", "json", "--summary"}, args...)...)
				d := counted[n].Directions[i]
				if want := fmt.Sprintf(`"frames":%d,`, d.Frames); !strings.Contains(out[strings.LastIndex(out, `"summary"`):], want) || d.Malformed != (status == report.StatusMalformed && d.Gaps == 0) {
					t.Errorf("%v: -f %s: %s malformed %v; inspect: status %d, %s", args, spec, want, d.Malformed, status, out)
				}
			}
		}
	}
}
