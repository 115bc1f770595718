package capture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Captures recorded from real programs, some edited, and the streams that tshark found in
// them. A direction is written as the number of its bytes, the first digits of their
// SHA-256, and its gaps.
var recorded = []struct {
	file string
	kind Kind
	want []string
}{
	{"logger_octet.pcap", Pcap, []string{"127.0.0.1:40548 → 127.0.0.1:17910 10390 5b17e96a / 0 e3b0c442"}},
	{"dns_tcp4.pcap", Pcap, []string{"127.0.0.1:43881 → 127.0.0.1:17300 4054 2e41f1d2 / 11524 ce542358"}},
	{"resp2.pcap", Pcap, []string{"127.0.0.1:51622 → 127.0.0.1:17500 818 8f2084c0 / 177595 23854b51"}},
	{"tls13.pcap", Pcap, []string{"127.0.0.1:35312 → 127.0.0.1:17900 12749 d4a6713e / 14269 b7a67470"}},
	{"pcap_gap.pcap", Pcap, []string{"127.0.0.1:50730 → 127.0.0.1:17104 50584 189e6883 gap 1448 163743 05b2607e / 0 e3b0c442"}},
	{"pcap_retransmit.pcap", Pcap, []string{"127.0.0.1:37430 → 127.0.0.1:17400 43924 d7ddfabf / 30822 43427609"}},
	{"pcap_vlan.pcap", Pcap, []string{"127.0.0.1:37430 → 127.0.0.1:17400 43924 d7ddfabf / 30822 43427609"}},
	{"pcapng_editcap.pcapng", Pcap, []string{"127.0.0.1:37430 → 127.0.0.1:17400 43924 d7ddfabf / 30822 43427609"}},
	{"pcap_interleaved.pcap", Pcap, []string{
		"127.0.0.1:40548 → 127.0.0.1:17910 10390 5b17e96a / 0 e3b0c442",
		"127.0.0.1:51622 → 127.0.0.1:17500 818 8f2084c0 / 177595 23854b51",
		"127.0.0.1:35598 → 127.0.0.1:17200 18633 a9c4c6a2 / 0 e3b0c442",
		"127.0.0.1:39858 → 127.0.0.1:17100 20010 366d1e88 / 0 e3b0c442",
		"127.0.0.1:46866 → 127.0.0.1:17400 720 c1d7da8e / 693634 5d854666",
		"[::1]:38741 → [::1]:17300 4054 c0d5c7b7 / 11524 f8946ce5",
		"127.0.0.1:43881 → 127.0.0.1:17300 4054 2e41f1d2 / 11524 ce542358",
	}},
	{"hex_dns_hexdump_C.txt", Hexdump, []string{" 11524 ce542358"}},
	{"hex_dns_od_hexz.txt", Hexdump, []string{" 11524 ce542358"}},
	{"hex_dns_xxd.txt", Hexdump, []string{" 11524 ce542358"}},
	{"hex_nulruns_hexdump_C.txt", Hexdump, []string{" 1233 0fff02f0"}},
	{"hex_dns_tshark_follow_raw.txt", Hexdump, []string{"127.0.0.1:43881 → 127.0.0.1:17300 4054 2e41f1d2 / 11524 ce542358"}},
	{"hex_dns_tshark_follow_hex.txt", Hexdump, []string{"127.0.0.1:43881 → 127.0.0.1:17300 4054 2e41f1d2 / 11524 ce542358"}},
}

func TestRecorded(t *testing.T) {
	for _, r := range recorded {
		raw, err := os.ReadFile("../../../testdata/captures/" + r.file)
		if err != nil {
			t.Fatal(err)
		}
		if got := Detect(raw[:min(len(raw), 4096)]); got != r.kind {
			t.Errorf("%s: detected as kind %d, want %d", r.file, got, r.kind)
		}
		for _, from := range []string{"file", "pipe"} {
			for _, planned := range []bool{false, true} {
				got, err := summary(t, raw, r.kind, from, planned)
				if err != nil {
					t.Errorf("%s: %v", r.file, err)
				}
				if w := strings.Join(r.want, "\n"); got != w {
					t.Errorf("%s from a %s, planned %v:\n%s\nwant\n%s", r.file, from, planned, got, w)
				}
			}
		}
	}
}

// opened opens a capture as a file, or as a pipe, which is not seekable.
func opened(t *testing.T, raw []byte, kind Kind, from string) (*Capture, error) {
	t.Helper()
	if from == "pipe" {
		c, err := Open(struct{ io.Reader }{bytes.NewReader(raw)}, kind, Limits{})
		if err == nil {
			t.Cleanup(func() { c.Close() })
		}
		return c, err
	}
	name := filepath.Join(t.TempDir(), "capture")
	if err := os.WriteFile(name, append([]byte("skipped"), raw...), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	f.Seek(7, io.SeekStart) // a capture may start inside a file
	return Open(f, kind, Limits{})
}

// A part is the bytes that a source returns up to a gap.
type part struct {
	data []byte
	gap  int64 // size of the gap after it; 0 at the end
}

func parts(src *Source) (list []part, err error) {
	for {
		data, err := io.ReadAll(src)
		var g *Gap
		if !errors.As(err, &g) {
			return append(list, part{data, 0}), err
		}
		list = append(list, part{data, g.Bytes})
	}
}

// summary returns a line for each stream, in the form of recorded.
func summary(t *testing.T, raw []byte, kind Kind, from string, planned bool) (string, error) {
	t.Helper()
	c, err := opened(t, raw, kind, from)
	if err != nil {
		return "", err
	}
	var refs []Ref
	for i, s := range c.Streams() {
		for j := range s.Dirs {
			refs = append(refs, RefOf(i, j))
		}
	}
	if planned {
		c.Plan(refs...)
	}
	var b strings.Builder
	for _, r := range refs {
		s := c.Stream(int(r.Stream))
		switch {
		case r.Dir == 1:
			b.WriteString(" /")
		case r.Stream > 0:
			b.WriteString("\n")
			fallthrough
		default:
			b.WriteString(s.Label(0))
		}
		src := c.Read(r)
		list, err := parts(src)
		if err != nil {
			return b.String(), err
		}
		total, gaps := int64(0), 0
		for _, p := range list {
			if h := sha256.Sum256(p.data); p.gap == 0 && len(list) > 1 && len(p.data) == 0 {
				continue // nothing follows the last gap
			} else {
				fmt.Fprintf(&b, " %d %s", len(p.data), hex.EncodeToString(h[:4]))
			}
			total += int64(len(p.data))
			if p.gap != 0 {
				gaps++
				fmt.Fprintf(&b, " gap %d", p.gap)
			}
		}
		if d := s.Dirs[r.Dir]; d.Bytes >= 0 && (d.Bytes != total || d.Gaps != gaps) {
			t.Errorf("stream %d is listed as %+v but has %d bytes and %d gaps", r.Stream, d, total, gaps)
		}
		src.Close()
	}
	return b.String(), c.Damage()
}

// The temporary copy of a recording has no name, so that a program that is killed leaves no
// file.
func TestCopyHasNoName(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open file keeps its name")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	raw, err := os.ReadFile("../../../testdata/captures/resp2.pcap")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(bytes.NewReader(raw), Pcap, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if c.spool.copy == nil {
		t.Error("no temporary copy was made")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestIsDamage(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{io.EOF, false},
		{io.ErrUnexpectedEOF, false},
		{os.ErrPermission, false},
		{&Gap{Offset: 7, Bytes: 3}, true},
		{&FileError{Err: io.ErrUnexpectedEOF}, true},
		{&SyntaxError{Line: 3}, true},
		{ErrNoPcap, true},
		{fmt.Errorf("%w of a supported version", ErrNoPcap), true},
		{ErrNoStream, true},
		{fmt.Errorf("reading: %w", &Gap{}), true},
	} {
		if got := IsDamage(c.err); got != c.want {
			t.Errorf("IsDamage(%v) = %v, want %v", c.err, got, c.want)
		}
	}
}
