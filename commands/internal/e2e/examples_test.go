package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// usageExamples lists what each example of the help needs, and what it prints.
var usageExamples = []usageExample{
	{line: `printf 'hi\nthere\n' | framecat encode -f u8 | framecat decode -f u8`, want: "hi\nthere\n"},
	{line: `framecat send -f u32be localhost:4000 -m hello`, peer: "framecat listen -k --echo -f u32be 4000", want: "hello"},
	{line: `framecat inspect -f auto capture.bin`, files: map[string]string{"capture.bin": "5:hello,9:two words,12:and one more,"}, want: "#2 payload 12"},
	{line: `printf 'hi\nthere\n' | framecat encode -f u16be > frames.bin`},
	{line: `framecat encode -f netstring -m hello -m 'two words'`, want: "5:hello,9:two words,"},
	{line: `framecat encode -f lsp -i raw request.json`, files: map[string]string{"request.json": `{"id":1}`}, want: "Content-Length: 8\r\n\r\n{\"id\":1}"},
	{line: `printf '5:hello,2:hi,' | framecat decode -f netstring`, want: "hello\nhi\n"},
	{line: `framecat decode -f u16be -o json frames.bin`, files: map[string]string{"frames.bin": "\x00\x02hi"}, want: `"offset":0,"size":2,"wire":4,"header":"0002"`},
	{line: `framecat decode -f varint -o u32be frames.bin > other.bin`, files: map[string]string{"frames.bin": "\x02hi"}},
	{line: `framecat send -f netstring localhost:4000 -m hello`, peer: "framecat listen -k --echo -f netstring 4000", want: "hello"},
	{line: `framecat send --chunk 1 --expect 1 localhost:4000 -m hello`, peer: "framecat listen -k --echo 4000", want: "hello"},
	{line: `framecat send --lockstep --stats localhost:4000 lines.txt`, files: map[string]string{"lines.txt": "one\ntwo\n"}, peer: "framecat listen -k --echo 4000", want: "two"},
	{line: `framecat listen -f u16be 4000`, peer: "framecat send -f u16be --retry 10s 4000 -m hello", want: "hello\n"},
	{line: `framecat listen -k --echo -o json 4000`, peer: "framecat send --retry 10s 4000 -m hello", want: `"text":"hello"`},
	{line: `framecat listen -k -f crlf --exec 'sed -u s/l/L/g' 4000`, peer: "framecat send -f crlf --retry 10s --expect 1 4000 -m hello", want: "hello\n"},
	{line: `framecat inspect -f u16be frames.bin`, files: map[string]string{"frames.bin": "\x00\x02hi"}, want: "[00 02|68 69"},
	{line: `printf '5:hello,2:hi,' | framecat inspect -f netstring --summary`, want: "frames      2"},
	{line: `framecat inspect -f u16be --trace --chunks 3 frames.bin`, files: map[string]string{"frames.bin": "\x00\x02hi"}, want: "hi"},
	{line: `framecat tap -f u32be 4001 localhost:4000`, tap: "4001", want: "  hello\n"},
	{line: `framecat tap -f u32be -o json --record t.pcapng 4001 localhost:4000`, tap: "4001", want: `"text":"hello"`},
	{line: `printf 'hello\n' | framecat tap -f lines -- tr a-z A-Z`, want: "HELLO\n", notes: "#0       5  hello\n"},
	{line: `framecat probe -f u32be localhost:4000`, peer: "framecat listen -k --echo -f u32be 4000", want: "no fault found\n"},
	{line: `framecat probe -f netstring -m hello --only 'split/*' localhost:4000`, peer: "framecat listen -k --echo -f netstring 4000", want: "11 cases: 11 passed"},
	{line: `framecat probe -f lines --skip 'split/2.*' -- sed -u s/a/b/`, want: "no fault found\n"},
	{line: `framecat diff -f u16be frames.bin other.bin`, files: map[string]string{"frames.bin": "\x00\x02hi", "other.bin": "\x00\x02ho"}, status: 6, want: "- 00000000 [00 02|68-69"},
	{line: `framecat diff -f lines --ignore .id old.jsonl new.jsonl`, files: map[string]string{"old.jsonl": "{\"id\":1}\n", "new.jsonl": "{\"id\":2}\n"}},
	{line: `framecat diff -f resp --direction s2c old.pcap new.pcap`, files: map[string]string{"old.pcap": "00000000  2b 61 0d 0a  +a..\n", "new.pcap": "00000000  2b 61 0d 0a  +a..\n"}},
	{line: `framecat why 369295616`, want: "369295616 is 16 03 01 00\n  this is a TLS record"},
	{line: `framecat why -2147418111`, want: "80 01 00 01\n  this is a message of Thrift without a frame"},
	{line: `framecat why -o json 0x47455420`, want: `"bytes":"47455420","order":"big-endian","is":"\"GET \""`},
	{line: `framecat framings kafka --to wireshark >kafka.lua`},
	{line: `framecat framings --search json`, want: "ndjson"},
	{line: `framecat framings u16be:offset=2,counts=frame`, want: "00 09                                length"},
	{line: `source <(framecat completion bash)`},
	{line: `source <(framecat completion zsh)`, shell: "zsh"},
	{line: `framecat decode -f u16be -o json frames.bin | jq .size`, needs: "jq", files: map[string]string{"frames.bin": "\x00\x02hi"}, want: "2\n"},
	{line: `framecat decode -o json a | sed s/cat/dog/ | framecat encode -i json`, files: map[string]string{"a": "\x00\x00\x00\x05a cat"}, want: "\x00\x00\x00\x05a dog"},
	{line: `framecat decode -f docker -o json frames.bin | jq -r .fields.stream`, needs: "jq", files: map[string]string{"frames.bin": "\x02\x00\x00\x00\x00\x00\x00\x02hi"}, want: "stderr\n"},
	{line: `framecat completion --install ~/.local/share`, notes: "manual pages are in "},
}

type usageExample struct {
	line  string
	shell string            // that it is for; any by default
	needs string            // a program that may be missing
	files map[string]string // in the folder where it runs
	peer  string            // what runs at the other end; it sends, or else listens
	tap   string            // where clients connect; the server is on port 4000
	want  string            // a part of standard output
	notes string            // a part of standard error, which is else empty

	status int // that it ends with
}

// helpExamples are the examples that help shows, by command; framecat's own are under "".
func helpExamples(t *testing.T) map[string][]string {
	t.Helper()
	page := string(framecat(t, nil, "help"))
	examples := map[string][]string{"": examplesIn(page)}
	for _, row := range helpRows(page, "Commands") {
		if row.word != "help" {
			examples[row.word] = examplesIn(string(framecat(t, nil, "help", row.word)))
		}
	}
	examples["json"] = examplesIn(string(framecat(t, nil, "help", "json")))
	return examples
}

// examplesIn are the lines below the remarks.
func examplesIn(page string) (lines []string) {
	for _, row := range helpRows(page, "Examples") {
		if !strings.HasPrefix(row.word, "#") {
			lines = append(lines, row.line)
		}
	}
	return lines
}

// The help of each command has three examples, and each does what it says.
func TestUsageExamples(t *testing.T) {
	t.Parallel()
	rows := map[string]usageExample{}
	for _, x := range usageExamples {
		rows[x.line] = x
	}
	for command, lines := range helpExamples(t) {
		if len(lines) != 3 {
			t.Errorf("help %s has %d examples, not 3", command, len(lines))
		}
		for _, line := range lines {
			x, ok := rows[line]
			if !ok {
				t.Errorf("nothing is known about this example of help %s: %s", command, line)
				continue
			}
			delete(rows, line)
			x.run(t)
		}
	}
	for line := range rows {
		t.Errorf("no help shows this example: %s", line)
	}
}

// run runs an example in a folder that holds its files.
func (x usageExample) run(t *testing.T) {
	if x.peer+x.tap != "" && runtime.GOOS == "windows" {
		return // the script ends its server by a signal
	}
	if _, err := exec.LookPath(x.needs); x.needs != "" && err != nil {
		return
	}
	cmd := exec.Command(inPath(t, "bash"), "-o", "pipefail", "-c", x.withPeer(t))
	if x.shell != "" {
		if _, err := exec.LookPath(x.shell); err != nil {
			return
		}
		cmd = exec.Command(x.shell, "-c", x.line)
	}
	dir := t.TempDir()
	for file, text := range x.files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var stderr strings.Builder
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(environment(), "HOME="+dir), &stderr
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() != x.status || (x.notes == "") != (stderr.Len() == 0) && x.peer+x.tap == "" || !strings.Contains(stderr.String(), x.notes) || !strings.Contains(string(out), x.want) {
		t.Errorf("$ %s\n%s%s%v, want %q", x.line, out, &stderr, err, x.want)
	}
}

// withPeer is a script that runs an example and its peer, on a port that is free.
func (x usageExample) withPeer(t *testing.T) string {
	if x.tap != "" {
		script := "framecat listen -k --echo 4000 >/dev/null & server=$!; framecat send --retry 10s 4000 -m ready >/dev/null; " + x.line + " & tap=$!; " +
			"framecat send --retry 10s --timeout 1m " + x.tap + " -m hello; status=$?; kill $tap $server; wait $tap || status=$?; exit $status"
		return strings.ReplaceAll(strings.ReplaceAll(script, "4000", freePort(t)), "4001", freePort(t))
	}
	if x.peer == "" {
		return x.line
	}
	server, client := x.line, x.peer+" >/dev/null"
	if strings.Contains(x.peer, "listen") {
		server, client = x.peer+" >/dev/null", strings.Replace(x.line, "send ", "send --retry 10s ", 1)
		if strings.Contains(x.line, "probe ") {
			client = "framecat send --retry 10s --linger 0 4000 -m ready >/dev/null; " + client
		}
	}
	script := server + " & server=$!; " + client + "; status=$?; kill $server 2>/dev/null; wait $server || status=$?; exit $status"
	return strings.ReplaceAll(script, "4000", freePort(t))
}
