package commands

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framecat/commands/internal/records"
	"framecat/commands/internal/report"
	"framecat/framing"
)

var update = flag.Bool("update", false, "rewrite the golden views")

// testEnv is an environment without variables.
func testEnv(stdin, stdout, stderr *os.File) Env {
	return Env{Build: Build{Version: "test"}, Stdin: stdin, Stdout: stdout, Stderr: stderr, Getenv: func(string) string { return "" }}
}

// with returns the environment with these arguments.
func (e Env) with(args []string) Env {
	e.Args = args
	return e
}

// run runs a command line with files as its standard input, output and error.
func run(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	out, errs := tempFile(t, ""), tempFile(t, "")
	status = Run(testEnv(tempFile(t, stdin), out, errs).with(append([]string{"framecat"}, args...)))
	read := func(f *os.File) string {
		f.Seek(0, io.SeekStart)
		b, _ := io.ReadAll(f)
		return string(b)
	}
	stdout = read(out)
	checkRecords(t, stdout)
	return stdout, read(errs), status
}

// checkRecords checks the JSON records of an output against the table of the manual.
func checkRecords(t *testing.T, output string) {
	t.Helper()
	frames := 0
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, `{"type":"frame",`) {
			if frames++; frames > 100 && frames%16 != 0 {
				continue // of many frames, a part is enough
			}
		}
		if _, err := records.CheckOutput(line); err != nil {
			t.Error(err)
			return
		}
	}
}

func tempFile(t *testing.T, text string) *os.File {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	f.WriteString(text)
	f.Seek(0, io.SeekStart)
	return f
}

// golden compares text with a file of testdata/views.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("../testdata/views", name)
	if *update {
		os.MkdirAll(filepath.Dir(file), 0o777)
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test ./commands -update rewrites it):\n%s\nwant\n%s", name, got, want)
	}
}

// Golden views of every framing: two frames of each example, as hex and as records.
func TestFamilyViews(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"frames", "json"} {
		var all strings.Builder
		for _, k := range framing.Entries() {
			if k.Details().Traits().Timed { // files have no times
				continue
			}
			for _, x := range k.Details().Examples() {
				f, err := framing.Parse(x.Spec)
				if err != nil {
					t.Fatal(err)
				}
				wire, err := f.Append(nil, framing.Marks{}, []byte(x.Payload))
				if err != nil {
					t.Fatal(err)
				}
				args := []string{"inspect", "-f", x.Spec, "--rows", "2"}
				if layout == "json" {
					args = append(args, "-o", "json")
				}
				out, errs, status := run(t, string(wire)+string(wire), args...)
				if status != 0 && !(x.Spec == "chunked" && status == report.StatusTruncated) {
					t.Errorf("%s: status %d, %s", x.Spec, status, errs)
				}
				all.WriteString("-f " + x.Spec + "\n" + out + "\n")
			}
		}
		golden(t, "families-"+layout+".txt", all.String())
	}
}

// Golden views of whole, cut and damaged streams, in each layout and width.
func TestInspectViews(t *testing.T) {
	worked := "\x03abc\x02hi\x04ping"
	rows := []struct {
		name, spec, stdin string
		args              []string
		status            int
	}{
		{"worked", "u8", worked, nil, 0},
		{"leftover in the payload", "u8", worked[:10], nil, 4},
		{"leftover in the header", "u32be", "\x00\x00\x00\x02hi\x00\x00", nil, 4},
		{"leftover of a delimited frame", "lines", "a\nbc", nil, 4},
		{"leftover in the trailer", "crlf", "a\r\nbc\r", nil, 4},
		{"another must follow", "chunked", "2\r\nhi\r\n", nil, 4},
		{"empty frames", "u16be", "\x00\x00\x00\x00\x00\x01x", nil, 0},
		{"many rows", "netstring", "70:" + strings.Repeat("0123456789", 7) + ",", nil, 0},
		{"at most two rows", "netstring", "70:" + strings.Repeat("0123456789", 7) + ",", []string{"--rows", "2"}, 0},
		{"boundary in mid-row", "u8", worked, []string{"--layout", "dump"}, 0},
		{"boundary in mid-row", "u8", worked, []string{"--layout", "dump", "-c8"}, 0},
		{"leftover in mid-row", "u8", "\x02hi\x03abc\x05zz", []string{"--layout", "dump"}, 4},
		{"wrong byte in mid-row", "netstring", "5:hello,4:abcdX2:hi,", []string{"--layout", "dump"}, 3},
		{"skip in mid-row", "slip", "\xc0a\xc0\xc0b\xdbx\xc0c\xc0", []string{"--layout", "dump", "--on-error", "skip"}, 3},
		{"wide", "u8", worked, []string{"-c", "32"}, 0},
		{"narrow", "u8", worked, []string{"-c", "4"}, 0},
		{"wrong byte", "netstring", "2:hi,3:abc;2:ok,", nil, 3},
		{"wrong length field", "u32be", "\x00\x00\x00\x02hi\x47\x45\x54\x20/ HTTP/1.1\r\n", nil, 3},
		{"skip", "slip", "\xc0a\xc0\xc0b\xdbx\xc0c\xc0", []string{"--on-error", "skip"}, 3},
		{"skip an over-long frame", "u8", "\x02hi\x05hello\x02ok", []string{"--on-error", "skip", "--max-frame", "4"}, 3},
		{"some frames", "u8", worked, []string{"--frames", "1-"}, 0},
		{"one frame", "u8", worked, []string{"-n1"}, 0},
		{"no frames", "u8", worked, []string{"-n0"}, 0},
		{"some bytes", "u8", worked, []string{"-s4", "-l3"}, 0},
		{"fields", "http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01\x00\x00\x00\x03hi", nil, 0},
		{"where", "docker", "\x01\x00\x00\x00\x00\x00\x00\x02hi\x02\x00\x00\x00\x00\x00\x00\x02no", []string{"--where", "stream=stderr"}, 0},
		{"summary", "u8", worked + "\x00\x04", []string{"--summary"}, 4},
		{"trace", "u8", worked, []string{"--trace", "--chunks", "3,3,4,2"}, 0},
		{"trace of several frames in a read", "u8", worked, []string{"--trace"}, 0},
		{"trace of a cut header", "u16be", "\x00\x02hi\x00", []string{"--trace", "--chunks", "1"}, 4},
		{"trace of lines", "crlf", "a\r\nb", []string{"--trace", "--chunks", "2"}, 4},
		{"records", "netstring", "2:hi,3:abc;", []string{"-o", "json"}, 3},
		{"records of an over-long frame", "u32be", "\x00\x00\x00\xffabc", []string{"-o", "json", "--max-frame", "16"}, 3},
		{"records of no length", "netstring", "2:hi,x", []string{"-o", "json"}, 3},
		{"records of no frames", "u8", worked, []string{"-o", "json", "-n0"}, 0},
		{"records of a leftover", "u8", worked[:10], []string{"-o", "json"}, 4},
		{"records of fill", "slip", "\xc0\xc0hi\xc0\xc0", []string{"-o", "json"}, 0},
	}
	for _, color := range []string{"never", "always"} {
		var all strings.Builder
		for _, r := range rows {
			args := append([]string{"inspect", "-f", r.spec, "--color", color}, r.args...)
			out, errs, status := run(t, r.stdin, args...)
			if status != r.status {
				t.Errorf("%s: status %d, want %d\n%s%s", r.name, status, r.status, out, errs)
			}
			all.WriteString("# " + r.name + ": " + strings.Join(args, " ") + "\n" + out + errs + "\n")
		}
		golden(t, "inspect-"+color+".txt", all.String())
	}
}

// Rows fit the width of a terminal: 16 bytes from 75 columns on.
func TestColsFor(t *testing.T) {
	for width, want := range map[int]int{165: 32, 164: 16, 80: 16, 75: 16, 74: 8, 43: 8, 42: 4, 40: 4, 27: 4, 26: 2, 20: 2, 19: 2, 15: 1, 5: 1} {
		if got := colsFor(width); got != want {
			t.Errorf("%d bytes in %d columns, want %d", got, width, want)
		}
	}
}

// A stream with every byte and with sequences that control terminals is shown without them.
func TestInspectIsSafe(t *testing.T) {
	var all bytes.Buffer
	for i := range 256 {
		all.WriteByte(byte(i))
	}
	stream := all.String() + "\x1b]52;c;aGk=\a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\u202eabc\u009b31m"
	for _, args := range [][]string{{}, {"-o", "json"}, {"--trace"}, {"--layout", "dump"}, {"--where", "payload~\x1b"}} {
		for _, spec := range []string{"fixed:8", "lines", "nul", "stx-etx"} {
			out, errs, _ := run(t, stream, append([]string{"inspect", "-f", spec, "--color", "never"}, args...)...)
			for _, c := range out + errs {
				if c != '\n' && report.Unsafe(c) {
					t.Fatalf("%v of %s shows %q", args, spec, c)
				}
			}
		}
	}
}

// A frame that is too large for memory is shown as it arrives, complete or not.
func TestInspectStreams(t *testing.T) {
	t.Parallel()
	const size = 20 << 20
	large := string([]byte{size >> 24, size >> 16 & 255, size >> 8 & 255, size & 255}) + strings.Repeat("x", size)
	for _, r := range []struct {
		stdin  string
		status int
		args   []string
		want   []string
	}{
		{large + "\x00\x00\x00\x02hi", 0, []string{"--rows", "1", "--max-frame", "0"}, []string{"01400004 [00 00 00 02|68 69", "more bytes"}},
		{large[:size/2], 4, []string{"--rows", "1", "--max-frame", "0"}, []string{"leftover 10485760 of 20971524 bytes"}},
		{large + "\x00\x00", 4, []string{"--summary", "--max-frame", "1G"}, []string{"16777216-33554431         1"}},
		{large, 3, []string{"--rows", "1"}, []string{"length 20971520 is over --max-frame 16777216"}},
	} {
		out, errs, status := run(t, r.stdin, append([]string{"inspect", "-f", "u32be"}, r.args...)...)
		if status != r.status {
			t.Errorf("%v: status %d, want %d\n%s", r.args, status, r.status, errs)
		}
		for _, want := range r.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v: no %q in\n%.1000s%s", r.args, want, out, errs)
			}
		}
	}
}
