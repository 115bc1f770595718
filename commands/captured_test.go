package commands

import (
	"os"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/report"
)

const captures = "../testdata/captures/"

// A stream that is read from a capture has the bytes that were recorded.
func TestRecorded(t *testing.T) {
	t.Parallel()
	rows := []struct{ file, args, want, spec string }{
		{"dns_tcp4.pcap", "--direction c2s", "dns_tcp4_query.bin", "u16be"},
		{"dns_tcp4.pcap", "--direction s2c", "dns_tcp4_response.bin", "dns"},
		{"logger_octet.pcap", "", "logger_octet.bin", "syslog"},
		{"pcap_retransmit.pcap", "--direction c2s", "pg_ext_frontend.bin", "postgres"},
		{"pcap_vlan.pcap", "--direction c2s", "pg_ext_frontend.bin", "postgres"},
		{"pcapng_editcap.pcapng", "--direction c2s", "pg_ext_frontend.bin", "postgres"},
		{"pcap_interleaved.pcap", "--stream 5 --direction s2c", "pcap_interleaved.bin", "u16be"},
		{"pcap_gap.pcap", "", "pcap_gap.bin", "crlf"},
		{"resp2.pcap", "--direction c2s", "resp2_request.bin", "resp"},
		{"resp2.pcap", "--direction s2c", "resp2_reply.bin", "resp"},
		{"mqtt5.pcapng", "--stream 0 --direction s2c", "mqtt5_sub_down.bin", "mqtt"},
		{"tls13.pcap", "--direction s2c", "tls13_server.bin", "tls"},
		{"hex_dns_xxd.txt", "", "dns_tcp4_response.bin", "u16be"},
		{"hex_dns_hexdump_C.txt", "", "dns_tcp4_response.bin", "u16be"},
		{"hex_dns_od_hexz.txt", "", "dns_tcp4_response.bin", "u16be"},
		{"hex_dns_tshark_follow_hex.txt", "--direction c2s", "dns_tcp4_query.bin", "u16be"},
		{"hex_dns_tshark_follow_hex.txt", "--direction s2c", "dns_tcp4_response.bin", "u16be"},
	}
	for _, r := range rows {
		args := append([]string{"decode", "-f", r.spec, "-o", "hex", captures + r.file}, strings.Fields(r.args)...)
		got, errs, status := run(t, "", args...)
		want, _, _ := run(t, "", "decode", "-f", r.spec, "-o", "hex", "--capture", "raw", captures+r.want)
		wantStatus := 0
		if r.file == "pcap_gap.pcap" {
			wantStatus = report.StatusMalformed
		}
		if got != want || got == "" || status != wantStatus {
			t.Errorf("%s %s: %d bytes, status %d, %s; want those of %s, %d bytes", r.file, r.args, len(got), status, errs, r.want, len(want))
		}
		// A pipe with the same bytes gives the same stream.
		file, err := os.Open(captures + r.file)
		if err != nil {
			t.Fatal(err)
		}
		if piped := throughPipe(t, file, args[:5], strings.Fields(r.args)); piped != want {
			t.Errorf("%s %s through a pipe: %d bytes, want %d", r.file, r.args, len(piped), len(want))
		}
	}
}

func throughPipe(t *testing.T, file *os.File, args, more []string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		w.ReadFrom(file)
		w.Close()
		file.Close()
	}()
	out, errs := tempFile(t, ""), tempFile(t, "")
	Run(testEnv(r, out, errs).with(append(append([]string{"framecat"}, args...), more...)))
	b, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Only the bytes before a gap are used to guess the framing. The summary counts all bytes
// after an error.
func TestRecordedGapSums(t *testing.T) {
	file := captures + "pcap_gap.pcap"
	out, _, _ := run(t, "", "inspect", "--summary", file)
	if !strings.Contains(out, "\ncrlf ") || !strings.Contains(out, "frames      80\n") {
		t.Errorf("-f auto:\n%s", out)
	}
	out, errs, status := run(t, "", "inspect", "-f", "resp", "-o", "json", file)
	if status != report.StatusMalformed || !strings.Contains(out, `"lost":1448`) || !strings.Contains(out, `"undecoded":214327`) || !strings.Contains(errs, "stream 0 c2s: frame 0") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
}

// Captures are recognised however a pipe is split into reads. A stream that is not a capture
// is shown without waiting for more.
func TestRecordedPieces(t *testing.T) {
	t.Parallel()
	piped := func(args []string, write func(w, out *os.File)) string {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		out, errs := tempFile(t, ""), tempFile(t, "")
		written := make(chan struct{})
		go func() {
			defer close(written)
			write(w, out)
			w.Close()
		}()
		Run(testEnv(r, out, errs).with(append([]string{"framecat", "decode"}, args...)))
		<-written
		b, _ := os.ReadFile(out.Name())
		return string(b)
	}
	for _, file := range []string{"hex_dns_xxd.txt", "hex_dns_hexdump_C.txt", "hex_dns_od_hexz.txt", "hex_dns_tshark_follow_hex.txt", "dns_tcp4.pcap"} {
		raw, err := os.ReadFile(captures + file)
		if err != nil {
			t.Fatal(err)
		}
		args := []string{"-f", "dns", "-o", "hex", "--direction", "s2c"}
		if strings.HasPrefix(file, "hex_dns_tshark") || strings.HasSuffix(file, "pcap") {
			args = append(args, "--stream", "0")
		}
		want, _, _ := run(t, "", append(append([]string{"decode"}, args...), captures+file)...)
		for _, n := range []int{1, 3, 5, 70, 100, 1000} {
			for _, kind := range []string{"auto", "hexdump"} {
				if kind == "hexdump" && strings.HasSuffix(file, "pcap") {
					continue
				}
				got := piped(append(args, "--capture", kind), func(w, _ *os.File) {
					for i := range 3 {
						w.Write(raw[i*n : (i+1)*n])
						time.Sleep(2 * time.Millisecond)
					}
					w.Write(raw[3*n:])
				})
				if got != want || want == "" {
					t.Errorf("--capture %s of %s in pieces of %d: %.100q", kind, file, n, got)
				}
			}
		}
	}
	for _, line := range []string{"hello\n", "00000000\n", "42\n", "12:34:56.789 INFO up\n", "# a title\n"} {
		came := false
		piped([]string{"-f", "lines"}, func(w, out *os.File) {
			w.WriteString(line)
			for i := 0; i < 5000 && !came; i++ {
				time.Sleep(2 * time.Millisecond)
				b, _ := os.ReadFile(out.Name())
				came = string(b) == line
			}
		})
		if !came {
			t.Errorf("%q waits for more", line)
		}
	}
}

// A capture that was cut off is an error, wherever it was cut.
func TestRecordedCut(t *testing.T) {
	for _, row := range []struct {
		file string
		size int
		want string
	}{
		{"logger_octet.pcap", 24, "holds no TCP packets"},
		{"logger_octet.pcap", 60, "packet 0 at byte 24 of the file: the file ends inside this packet"},
		{"logger_octet.pcap", 350, "packet 3 at byte 286 of the file: the file ends inside this packet"},
		{"logger_octet.pcap", 500, "packet 4 at byte 484 of the file: the file ends inside this packet"},
		{"pcapng_editcap.pcapng", 300, "packet 1 at byte 236 of the file: the file ends inside this block"},
	} {
		raw, err := os.ReadFile(captures + row.file)
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"inspect", "decode"} {
			_, errs, status := run(t, string(raw[:row.size]), command, "-f", "syslog")
			if status != report.StatusMalformed || !strings.Contains(errs, row.want) {
				t.Errorf("%s of %d bytes of %s: status %d, %s, want %q", command, row.size, row.file, status, errs, row.want)
			}
		}
	}
	if _, errs, status := run(t, "\x01a", "inspect", "-f", "u8", "--stream", "4"); status != report.StatusUsage || !strings.Contains(errs, "the input is not a capture") {
		t.Errorf("--stream with an input that is not a capture: status %d, %s", status, errs)
	}
}

// Without a choice, inspect shows all streams and decode asks for one.
func TestRecordedChoice(t *testing.T) {
	file := captures + "pcap_interleaved.pcap"
	out, errs, status := run(t, "", "inspect", "-f", "u16be", "--summary", "--by", "stream", file)
	if n := strings.Count(out, "\nframes "); n != 11 || !strings.Contains(out, "stream 5 s2c  [::1]:17300 → [::1]:38741  11524 bytes in 69 segments") {
		t.Errorf("%d summaries, status %d, %s\n%s", n, status, errs, out)
	}
	table, errs, status := run(t, "", "inspect", "-f", "u16be", "--summary", file)
	if n := strings.Count(table, " c2s  ") + strings.Count(table, " s2c  "); n != 11 || !strings.Contains(table, " 5 s2c  [::1]:17300 → [::1]:38741              69   11524    11386\n") || !strings.Contains(table, "\nall\nframes      339\n") {
		t.Errorf("%d rows, status %d, %s\n%s", n, status, errs, table)
	}
	_, errs, status = run(t, "", "decode", "-f", "u16be", file)
	if status != report.StatusUsage || !strings.Contains(errs, "the output can hold one direction only, and the capture has 11 directions of 7 streams:\n    stream 0 c2s") || !strings.Contains(errs, "choose one with --stream N") {
		t.Errorf("status %d, %s", status, errs)
	}
	for _, args := range [][]string{{captures + "dns_tcp4.pcap"}, {file, "--stream", "6"}} {
		_, errs, status := run(t, "", append([]string{"decode", "-f", "dns"}, args...)...)
		if want := "the output can hold one direction only, and stream " + map[int]string{1: "0", 3: "6"}[len(args)] + " has two:\n"; status != report.StatusUsage || !strings.Contains(errs, want) {
			t.Errorf("%v: status %d, %s", args, status, errs)
		}
	}
	// The heading has no number of segments: a dump does not have it.
	out, _, _ = run(t, "", "inspect", "-f", "dns", captures+"hex_dns_tshark_follow_hex.txt")
	if want := "stream 0 c2s  127.0.0.1:43881 → 127.0.0.1:17300  4054 bytes\n"; !strings.HasPrefix(out, want) {
		t.Errorf("%.100s, want %s", out, want)
	}
	for args, want := range map[string]string{
		"--stream 99":                "there is no stream 99: this capture has 7 streams, 0 to 6\n",
		"--direction s2c --stream 0": "stream 0 has no bytes from the server (s2c)\n",
	} {
		for _, command := range []string{"decode", "inspect"} {
			if _, errs, status := run(t, "", append([]string{command, "-f", "u8", file}, strings.Fields(args)...)...); status != report.StatusUsage || !strings.HasSuffix(errs, ": "+want) {
				t.Errorf("%s %s: status %d, %s", command, args, status, errs)
			}
		}
	}
	for _, args := range [][]string{{"--stream", "x"}, {"--direction", "up"}, {"--capture", "zip"}} {
		if _, _, status := run(t, "", append([]string{"decode", file}, args...)...); status != report.StatusUsage {
			t.Errorf("%v: status %d", args, status)
		}
	}
}

// A stream whose framing is unknown is named on stderr, and gets a summary.
func TestRecordedUnknown(t *testing.T) {
	dump := "00000000  61                                                a\n    00000000  62                                                b\n"
	for _, args := range [][]string{{"-o", "json"}, {"--summary"}, {}} {
		out, errs, status := run(t, dump, append([]string{"inspect", "-f", "auto"}, args...)...)
		if status != report.StatusMalformed || !strings.Contains(errs, "framecat: stream 0 c2s: the framing of the stream is unknown") || !strings.Contains(errs, "framecat: stream 0 s2c: the framing of the stream is unknown") {
			t.Errorf("status %d, %s", status, errs)
		}
		if want := `{"type":"stream","stream":0,"direction":"c2s","bytes":1,"gaps":0}` + "\n" + `{"type":"unknown","stream":0,"direction":"c2s","guesses":[]}` + "\n" + `{"type":"summary","stream":0,"direction":"c2s","frames":0,`; len(args) == 2 && (!strings.HasPrefix(out, want) || strings.Count(out, `"undecoded":1}`) != 2) {
			t.Errorf("%s\nwant %s", out, want)
		}
		if len(args) < 2 && strings.Count(out, "stream 0") != 2 {
			t.Errorf("%v:\n%s", args, out)
		}
	}
}

// A view can be read back as a hex dump.
func TestViewReadsBack(t *testing.T) {
	for _, args := range [][]string{{"-c", "8"}, {"-c", "16"}, {"-c", "32"}, {"--layout", "dump"}, {"--layout", "dump", "-c", "8"}, {"-c", "5"}} {
		file := captures + "tw_netstring.bin"
		view, _, _ := run(t, "", append([]string{"inspect", "-f", "netstring", "--frames", "-40", file}, args...)...)
		back, errs, status := run(t, view, "decode", "-f", "netstring", "-o", "hex", "--capture", "hexdump")
		want, _, _ := run(t, "", "decode", "-f", "netstring", "-o", "hex", "--frames", "-40", file)
		if back != want || status != 0 {
			t.Errorf("%v: status %d, %s, %d bytes, want %d", args, status, errs, len(back), len(want))
		}
	}
	stream := "300:" + strings.Repeat("a", 300) + ",64:" + strings.Repeat("b", 64) + ","
	for _, args := range [][]string{{"-c", "8"}, {"-c", "16"}, {"--layout", "dump"}, {"--rows", "0"}} { // rows that are left out, too
		view, _, _ := run(t, stream, append([]string{"inspect", "-f", "netstring"}, args...)...)
		back, errs, status := run(t, view, "decode", "-f", "netstring")
		if want := strings.Repeat("a", 300) + "\n" + strings.Repeat("b", 64) + "\n"; back != want || status != 0 || strings.Contains(view, "*\n") == (args[0] == "--rows") {
			t.Errorf("%v: status %d, %s, %q\n%s", args, status, errs, back, view)
		}
	}
}

// A stream that ends before the bytes of -s is noted, each by its name.
func TestSeekPastStream(t *testing.T) {
	_, errs, _ := run(t, "", "inspect", "-f", "dns", "-s", "5000", "../testdata/captures/dns_tcp4.pcap")
	if want := "dns_tcp4.pcap: stream 0 c2s: the stream has only 4054 bytes: nothing is left after -s 5000\n"; strings.Count(errs, "has only") != 1 || !strings.Contains(errs, want) {
		t.Errorf("%s; want %s", errs, want)
	}
}
