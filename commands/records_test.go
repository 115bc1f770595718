package commands

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/peers"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/records"
	"framecat/commands/internal/report"
	"framecat/commands/internal/views"
	"framecat/framing"
)

// recorded are the captures in testdata, with the SPEC of each; auto guesses it.
func recorded(t *testing.T) map[string]string {
	t.Helper()
	var manifest []struct{ File, Spec string }
	fromJSON(t, "../testdata/captures/manifest.json", &manifest)
	specs := map[string]string{}
	for _, row := range manifest {
		specs[row.File] = row.Spec
	}
	all := map[string]string{}
	files, err := filepath.Glob("../testdata/captures/*.*")
	if err != nil || len(files) < 40 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		if all[file] = specs[filepath.Base(file)]; all[file] == "" {
			all[file] = "auto"
		}
	}
	return all
}

// headOf copies the first n bytes of a file into one of the same name.
func headOf(t *testing.T, file string, n int) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head := filepath.Join(t.TempDir(), filepath.Base(file))
	if err := os.WriteFile(head, b[:min(n, len(b))], 0o666); err != nil {
		t.Fatal(err)
	}
	return head
}

// Every record of every capture is one of the table. With FRAMECAT_LONG the captures are read to their ends.
func TestRecordsOfCaptures(t *testing.T) {
	t.Parallel()
	for file, spec := range recorded(t) {
		if !peers.Long() {
			file = headOf(t, file, 32<<10)
		}
		args := [][]string{{"inspect", "-f", spec, "-o", "json", file}}
		if spec != "auto" {
			args = append(args, []string{"inspect", "-f", spec, "-o", "json", "--summary", file},
				[]string{"decode", "-f", spec, "-o", "json", "--on-error", "skip", file})
		}
		for _, a := range args {
			out, _, _ := run(t, "", a...) // it checks the records
			if n := strings.Count("\n"+out, "\n"+`{"type":`); n != strings.Count(out, "\n") || n == 0 && a[0] == "inspect" && !strings.Contains(file, "tiny_") {
				t.Errorf("%q: %d records in\n%.500s", a, n, out)
			}
		}
	}
}

// Every command prints the same record for a frame, of every framing. What decode prints is the
// same as what the others print, without the members that the way to them adds.
func TestRecordsOfFramings(t *testing.T) {
	t.Parallel()
	for _, k := range framing.Entries() {
		if k.Details().Opens() {
			continue // both ends begin in another way
		}
		for i, x := range k.Details().Examples() {
			f, err := framing.Parse(x.Spec)
			if err != nil {
				t.Fatal(err)
			}
			wire, err := f.Append(nil, framing.Marks{}, []byte(x.Payload))
			if err != nil {
				t.Fatal(err)
			}
			frames := filepath.Join(t.TempDir(), "frames")
			if err := os.WriteFile(frames, wire, 0o666); err != nil {
				t.Fatal(err)
			}
			out, _, _ := run(t, string(wire), "decode", "-f", x.Spec, "-o", "json")
			want := sameOf(t, out)
			out, _, _ = run(t, string(wire), "inspect", "-f", x.Spec, "-o", "json")
			if got := sameOf(t, out); got != want {
				t.Errorf("%s: inspect prints\n%s, want\n%s", x.Spec, got, want)
			}
			if i > 0 {
				continue // one connection a row is enough
			}
			l := startNet(t, nil, "listen", "--echo", "-f", x.Spec, "-o", "json", "0")
			out, errs, _ := run(t, "", "send", "-f", x.Spec, "-i", x.Spec, "-o", "json", l.addr, frames)
			if got := sameOf(t, out); got != want {
				t.Errorf("%s: send prints\n%s, want\n%s%s", x.Spec, got, want, errs)
			}
			l.status()
			if got := sameOf(t, l.output()); got != want {
				t.Errorf("%s: listen prints\n%s, want\n%s", x.Spec, got, want)
			}
		}
	}
}

// sameOf returns the first frame of an output, without the keys that name its source.
func sameOf(t *testing.T, out string) string {
	t.Helper()
	for line := range strings.Lines(out) {
		var frame map[string]any
		if err := json.Unmarshal([]byte(line), &frame); err != nil {
			t.Fatal(err)
		}
		if frame["type"] != "frame" {
			continue
		}
		for _, key := range []string{"file", "direction", "conn", "peer", "time", "t"} {
			delete(frame, key)
		}
		b, _ := json.Marshal(frame)
		return string(b)
	}
	return ""
}

// The table has no record and no key that no command prints.
func TestRecordsAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	saw := func(out string) {
		for line := range strings.Lines(out) {
			var object map[string]any
			if err := json.Unmarshal([]byte(line), &object); err != nil {
				t.Fatal(err)
			}
			mark(seen, object["type"].(string), object)
		}
	}
	dump := filepath.Join(t.TempDir(), "dump") // of both directions
	text := "00000000  c0 61 c0 db 78 c0 62 c0  .a..x.b.\n    00000000  c0 62 c0  .b.\n"
	if err := os.WriteFile(dump, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("../testdata/captures/hex_dns_tshark_follow_raw.txt")
	if err != nil {
		t.Fatal(err)
	}
	dns := tempFile(t, strings.ReplaceAll(string(raw), ":17300", ":53")).Name()
	for _, row := range []struct{ stdin, args string }{
		{"", "inspect -f slip -o json --on-error skip " + dump},
		{"", "inspect -f auto -o json " + dump},
		{"", "inspect --list -o json " + dns},
		{"\x05ab", "inspect -f u8 -o json"},
		{"\x02{}\x01\xff", "inspect -f u8 -o json --json-payload"},
		{"", "inspect -f auto -o json --direction s2c ../testdata/captures/resp2.pcap"},
		{"", "inspect -f auto -o json --direction c2s ../testdata/captures/resp2.pcap"},
		{"", "inspect -f crlf -o json --on-error skip ../testdata/captures/pcap_gap.pcap"},
		{"", "inspect --list -o json ../testdata/captures/dns_tcp4.pcap"},
		{"", "inspect --list -f dns -o json ../testdata/captures/dns_tcp4.pcap"},
		{"", "inspect --by time -f auto -o json ../testdata/captures/upgrade_tls.pcapng"},
		{"", "why -o json 1195725860"},
		{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x01\x00\x00\x00\x00\x00\x01\xff", "decode -f http2:role=client -o json"},
		{"\x01\x01a\x80\x01b", "decode -f websocket --join -o json"},
		{"\x03\x00\x00\x04", "decode -f tpkt -o json"},
		{strings.Repeat("00:", 40), "inspect -f auto -o json"},
		{numbered(60), "inspect -f auto -o json"},
	} {
		out, _, _ := run(t, row.stdin, strings.Fields(row.args)...)
		saw(out)
	}
	l := startNet(t, nil, "listen", "-o", "json", "0")
	run(t, "", "send", "-m", "hi", l.addr)
	l.status()
	saw(l.output())
	saw(watched(t, "slip", "\xc0\xc0a\xc0", "", "b\xc0c\xdbx\xc0d"))
	saw(watched(t, "auto", numbered(60)))
	saw(watched(t, "lines", "STARTTLS\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc"))
	saw(watched(t, "auto", strings.Repeat("00:", 40)))
	saw(watched(t, "auto", "\x00\x05hello\x00\x03bye"))
	stored := filepath.Join(t.TempDir(), "stored")
	out, _, _ := run(t, "", "probe", "-f", "lines", "-o", "json", "-m", "x", "--only", "split/1", "--exec-oracle", "cat "+stored, "exec:tee -a "+stored)
	saw(out)
	for _, line := range []string{"cat", `echo oops >&2; head -n 1; printf rest`} {
		out, _, _ := run(t, "", "probe", "-f", "lines", "-o", "json", "--only", "split/1", "exec:"+line)
		saw(out)
	}
	out, _, _ = run(t, "", "diff", "-f", "lines", "-o", "json", tempFile(t, "hello\na\n").Name(), tempFile(t, "hallo\nb\n").Name())
	saw(out)
	other := tempFile(t, strings.Replace(strings.Replace(text, "61", "62", 1), ".a", ".b", 1)).Name()
	out, _, _ = run(t, "", "diff", "-f", "slip", "-o", "json", dump, other)
	saw(out)
	for _, r := range records.All() {
		unseen(t, seen, r.Name, r.Keys)
	}
}

// watched returns the records of tap for what a client sends; an empty part was dropped.
func watched(t *testing.T, spec string, parts ...string) string {
	t.Helper()
	out, errs := tempFile(t, ""), tempFile(t, "")
	env := testEnv(tempFile(t, ""), out, errs)
	r := report.New(env.system(), "never")
	var sides [2]views.Side
	if sides[0].Auto = spec == "auto"; !sides[0].Auto {
		f, err := framing.Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		sides[0].Framing, sides[0].Kind = f, framing.EntryOf(f)
	}
	w := views.NewWatch(out, views.Options{JSON: true, Redacted: true, Last: pump.NoLimit, Left: pump.NoLimit, Report: r}, sides)
	w.Take(capture.Event{Kind: capture.Opened, Client: "127.0.0.1:4000"})
	for _, p := range parts {
		if p == "" {
			w.Take(capture.Event{Kind: capture.Lost, Lost: 5})
			continue
		}
		w.Take(capture.Event{Kind: capture.Bytes, At: time.Unix(1, 0), Data: []byte(p)})
	}
	w.Take(capture.Event{Kind: capture.Ended})
	w.End()
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	checkRecords(t, string(text))
	return string(text)
}

// mark marks the keys of an object, and of the objects in it, as seen.
func mark(seen map[string]bool, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, value := range v {
			seen[path+"."+key] = true
			mark(seen, path+"."+key, value)
		}
	case []any:
		for _, one := range v {
			mark(seen, path, one)
		}
	}
}

// unseen reports keys that were not seen.
func unseen(t *testing.T, seen map[string]bool, path string, keys []records.Key) {
	for _, k := range keys {
		if !seen[path+"."+k.Name] {
			t.Errorf("no command printed %s.%s", path, k.Name)
		}
		if k.Like == "" { // otherwise the record with these keys was seen
			unseen(t, seen, path+"."+k.Name, k.Keys)
		}
	}
}

// numbered returns n frames of u16be.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		body := strings.Repeat("message ", 1+i%5)
		b.WriteString("\x00" + string(rune(len(body))) + body)
	}
	return b.String()
}

func fromJSON(t *testing.T, name string, to any) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(raw, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}
