package commands

import (
	"os"
	"strings"
	"testing"

	"framecat/commands/internal/report"
)

// A gap is shown where it is; the data around it is never joined.
func TestRecordedGap(t *testing.T) {
	file := captures + "pcap_gap.pcap"
	out, errs, status := run(t, "", "inspect", "-f", "crlf", "--rows", "1", file)
	for _, want := range []string{"\n80 frames, ", "leftover 1121 bytes", "gap: the capture lost 1448 bytes here", "0000c137 <6c", "leftover 1121 bytes, more to come", "0000cb40  ff"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in the view:\n%s", want, out[max(0, len(out)-1500):])
		}
	}
	if status != report.StatusMalformed || !strings.Contains(errs, ": stream 0 c2s: frame 80 at byte 49463: byte 50584: the capture lost 1448 bytes here") {
		t.Errorf("status %d, %s", status, errs)
	}
	out, _, status = run(t, "", "inspect", "-f", "crlf", "-o", "json", file, "--on-error", "skip")
	of := `"file":"` + file + `","stream":0,"direction":"c2s",`
	for _, want := range []string{
		`{"type":"stream",` + of + `"from":"127.0.0.1:50730","to":"127.0.0.1:17104","bytes":214327,"segments":168,"gaps":1}` + "\n" + `{"type":"frame","index":0,` + of + `"time":"2026-`,
		`{"type":"leftover",` + of + `"frame":80,"offset":49463,"at":50584,"have":1121,"kind":"truncated","detail":"the capture lost bytes inside a frame, after 1121 bytes"}` + "\n" + `{"type":"gap",` + of + `"offset":50584,"lost":1448,"held":1121}`,
		`"segments":2`, `{"type":"summary",` + of,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in the records", want)
		}
	}
	if n := strings.Count(out, `"type":"frame"`); n < 200 || status != report.StatusMalformed {
		t.Errorf("%d frames with --on-error skip, status %d", n, status)
	}
	// decode goes on at the next delimiter after the gap: only whole frames come out.
	whole, _ := os.ReadFile(captures + "tw_line_crlf.bin")
	lines, errs, status := run(t, "", "decode", "-f", "crlf", "-o", "hex", file, "--on-error", "skip")
	if !strings.Contains(errs, "frame 80 at byte 49463: byte 50584: the capture lost 1448 bytes here\nframecat: skipped ") {
		t.Error(errs)
	}
	all, _, _ := run(t, string(whole), "decode", "-f", "crlf", "-o", "hex")
	for i, line := range strings.Split(strings.TrimSpace(lines), "\n") {
		if !strings.Contains(all, line+"\n") {
			t.Errorf("frame %d after the gap is not one of the frames that were sent", i)
		}
	}
	if n := strings.Count(lines, "\n"); n < 200 || status != report.StatusMalformed {
		t.Errorf("%d frames, status %d", n, status)
	}
	// decode and inspect count the same number of skipped bytes.
	if out, _, _ := run(t, "", "inspect", "-f", "crlf", file, "--on-error", "skip"); !strings.Contains(errs, "skipped 1844 bytes") || !strings.HasSuffix(out, "; skipped 1844 bytes\n") {
		t.Errorf("%s\n%s", errs, out[len(out)-200:])
	}
}

// lossy is a dump of crlf frames, with gaps: "ab\r\ncd" lost "efgh" lost "ij\r\nkl\r\n".
const lossy = "00000000  61 62 0d 0a 63 64  |ab..cd|\n00000010  65 66 67 68  |efgh|\n00000020  69 6a 0d 0a 6b 6c 0d 0a  |ij..kl..|\n"

// There may be no frame between two gaps.
func TestRecordedGaps(t *testing.T) {
	for command, want := range map[string]string{
		"decode -f crlf -o json":  `{"type":"frame","index":0,"offset":0,"size":2,"wire":4,"header":"","trailer":"0d0a","text":"ab"}` + "\n" + `{"type":"frame","index":2,"offset":36,"size":2,"wire":4,"header":"","trailer":"0d0a","text":"kl"}` + "\n",
		"decode -f u8 -o json":    "",
		"inspect -f u8 --summary": "frames      0\nbytes       0\npayload     0\nerrors      2\nskipped     10\nundecoded   8\n",
		"inspect -f crlf": "00000000 |61 62/0d 0a                                      ab..              #0 payload 2\n" +
			"00000004 <63 64                                            cd                leftover 2 bytes, more to come\n" +
			"         gap: the capture lost 10 bytes here\n" +
			"00000010  65 66 67                                         efg\n" +
			"00000013 <68                                               h                 leftover 1 byte, more to come\n" +
			"         gap: the capture lost 12 bytes here\n" +
			"00000020  69 6a 0d 0a                                      ij..\n" +
			"00000024 |6b 6c/0d 0a                                      kl..              #2 payload 2\n" +
			"2 frames, 8 bytes, payload 4 bytes (50.0%); skipped 10 bytes\n",
	} {
		out, errs, status := run(t, lossy, append(strings.Fields(command), "--on-error", "skip")...)
		if out != want || status != report.StatusMalformed || strings.Contains(errs, "cannot resynchronise") != (command == "decode -f u8 -o json") {
			t.Errorf("%s: status %d, %s\n%s\nwant\n%s", command, status, errs, out, want)
		}
	}
}
