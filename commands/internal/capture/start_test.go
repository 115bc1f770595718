package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/layers"
)

// samples returns the texts of other tests of Detect, and more.
func samples(t *testing.T) (all []string) {
	for _, d := range dumps {
		all = append(all, d.dump, d.dump+d.dump, "$ xxd m.bin\n"+d.dump+"$\n", d.dump+"hello\n")
	}
	for _, r := range recorded {
		raw, err := os.ReadFile("../../../testdata/captures/" + r.file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(raw[:min(len(raw), 1000)]))
	}
	var frames []frame
	for _, p := range hello {
		frames = append(frames, frame{data: frameOf(t, format{link: layers.LinkTypeEthernet}, p)})
	}
	all = append(all, tcpdump(frames, true), tcpdump(frames, false), tshark(frames, "", false), tshark(frames, " ", true))
	return append(all, "\n\nhello\n", "\xd4\xc3\xb2\xa1\x01\x00", "\n\r\r\n", "12 34\n"+strings.Repeat("56 78\n", 100), "12:34:56.5 IP a\nb\nc\nd\n", "stream 0\n1\n2\n3\n", "10.0.0.1:80\nx\ny\n", "    1  12:34:56.789 IP a > b: x\n\t0x0000:  4500 0028\n",
		strings.Repeat("00112233445566778899aabbccdd", 2)+"eeff\n", "ab\n"+strings.Repeat(strings.Repeat("00112233445566778899aabbccddee", 2)+"\n", 3))
}

// A decision does not change with the bytes that follow, so it does not depend on how a pipe
// is split into reads.
func TestDecided(t *testing.T) {
	for _, s := range samples(t) {
		want := Detect([]byte(s))
		for n := range len(s) {
			if !Undecided([]byte(s[:n])) {
				if got := Detect([]byte(s[:n])); got != want {
					t.Errorf("%d bytes of %.200q are decided to be kind %d, all bytes are kind %d", n, s, got, want)
				}
				break
			}
		}
		for n, decided := 0, false; n <= min(len(s), 600); n++ {
			if now := !Undecided([]byte(s[:n])); decided && !now {
				t.Errorf("%d bytes of %.200q are undecided again", n, s)
				break
			} else {
				decided = now
			}
		}
	}
}

// Input that is not a dump is decided as early as possible.
func TestLive(t *testing.T) {
	for _, s := range []string{
		"hello", "hello\n", "\x00\x03abc", "\x03abc", "5:hello,", "12:hello world!,", "*3\r\n$3\r\nSET", "$5\r\nhello\r\n", "{\"a\"", "GET / HTTP/1.1\r\n", "<34>1", "8=FIX",
		"00000000\n", "0000000\n", "42\n", "1\n", "deadbeef\n", "c0ffee00: the", "0000: a b c\n", "abcdef12  some", "1000000 1234 5678\n1000004 1234 5678\n", "00000000: boot\n",
		"12:34:56 x", "12:34:56.789 INFO x\n", "2024-05-06 07:08:09.123 INFO x\n", "IP addresses are not enough\nx", "add a bed\n", "be good", "10 green", "$ make\n", "# a title\n",
		"\n\n\n", "+OK\r\n", " 1 0.5\n", "1.5\n", "3.14\n", "10.0.0.1\n", "stream of words", "localhost: no", "\xd4\xc3\xb2\xa1\x03\x00", "\xff", "\n\x00", "\x16\x03\x01", "12 34\n" + strings.Repeat("56 78\n", 31),
	} {
		if Undecided([]byte(s)) {
			t.Errorf("%q is undecided, want decided", s)
		}
	}
	for _, s := range []string{"", "\n", "\xd4\xc3\xb2", "\xd4\xc3\xb2\xa1\x02", "\n\r\r\n", "0000", "00000000: 6", "03 61\n", "\t0x0000:  4500"} {
		if !Undecided([]byte(s)) {
			t.Errorf("%q is decided, want undecided", s)
		}
	}
}

// With the kind Hexdump, a dump is read as it arrives, as soon as its style is known.
func TestLiveDump(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	go func() {
		for _, s := range []string{"000", "00000: 0361", " 6263  .abc\n", "00000004: 6465  de\n"} {
			io.WriteString(w, s)
		}
	}()
	c, err := Open(r, Hexdump, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4)
	if _, err := io.ReadFull(c.Read(Ref{}), got); err != nil || string(got) != "\x03abc" {
		t.Errorf("%x, %v", got, err)
	}
}

// A dump that is cut at any place is still detected, and gives the bytes of its complete
// numbers.
func TestCutDumps(t *testing.T) {
	data := make([]byte, 100)
	for i := range data {
		data[i] = "\x00\xff0123 abcdef|xyz"[i*7%17]
	}
	for _, command := range []string{"xxd", "xxd -g1", "xxd -u -c 8", "hexdump -C", "hexdump", "od -A x -t x1z", "od -A d -t x1", "xxd -p"} {
		f := strings.Fields(command)
		cmd := exec.Command(f[0], f[1:]...)
		cmd.Stdin = bytes.NewReader(data)
		out, err := cmd.Output()
		if err != nil {
			t.Logf("%s: %v", command, err)
			continue
		}
		second := bytes.IndexByte(out, '\n') + 1
		for n := 3 * second; n < len(out); n++ { // xxd -p is detected by two rows
			if Detect(out[:n]) != Hexdump {
				t.Errorf("%s cut at %d is not detected:\n%s", command, n, out[:n])
			}
		}
		for n := 16; n < len(out); n++ {
			c, err := opened(t, out[:n], Hexdump, "pipe")
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(c.Read(Ref{}))
			if command == "hexdump" && len(got)%2 == 1 { // the last number may be padded
				got = got[:len(got)-1]
			}
			whole := bytes.Count(out[:n], []byte("\n"))
			if least := (whole - 1) * 8; err != nil || !bytes.HasPrefix(data, got) || len(got) < least {
				t.Errorf("%s cut at %d: %v, %x:\n%s", command, n, err, got, out[:n])
			}
		}
	}
	var frames []frame
	for _, p := range hello {
		frames = append(frames, frame{data: frameOf(t, format{link: layers.LinkTypeRaw}, p)})
	}
	for name, dump := range map[string]string{"tcpdump -X": tcpdump(frames, true), "tcpdump -x": tcpdump(frames, false)} {
		for n := strings.Index(dump, "0x0020") + 20; n < len(dump); n++ {
			if Detect([]byte(dump[:n])) != Hexdump {
				t.Errorf("%s cut at %d is not detected:\n%s", name, n, dump[:n])
			}
			c, err := opened(t, []byte(dump[:n]), Hexdump, "pipe")
			if err == nil {
				err = c.Damage()
			}
			if err != nil && !errors.Is(err, ErrNoStream) {
				t.Errorf("%s cut at %d: %v", name, n, err)
			}
		}
	}
}

// A dump is detected if it is indented, or pasted together with the lines of a terminal.
func TestPasted(t *testing.T) {
	xxd := "00000000: 0361 6263 0268 69                      .abc.hi\n"
	canon := "00000000  03 61 62 63 02 68 69                              |.abc.hi|\n00000007\n"
	od := "0000000 6103 6362 6802 0069                    \n0000007\n"
	want := "03616263026869"
	indent := func(by, s string) string {
		return by + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n"+by) + "\n"
	}
	for i, dump := range []string{xxd, canon, od} {
		for name, s := range map[string]string{
			"as it is":          dump,
			"after a command":   "$ xxd m.bin\n" + dump,
			"between prompts":   "$ hexdump -C m.bin | head\n" + dump + "$\n",
			"before a prompt":   dump + "$ ",
			"prompts of root":   "# cat x | od\n" + dump + "# \n",
			"with CR LF":        strings.ReplaceAll("$ xxd m.bin\n"+dump+"$ \n", "\n", "\r\n"),
			"indented":          indent("    ", dump),
			"indented by a tab": indent("\t", dump),
			"quoted in a list":  indent("    ", "$ xxd m.bin\n"+dump+"$"),
		} {
			if i == 2 && strings.HasPrefix(name, "indented") || i == 2 && strings.Contains(name, "list") {
				continue // od without offsets is indented, too
			}
			if Detect([]byte(s)) != Hexdump {
				t.Errorf("%s is not detected:\n%s", name, s)
			}
			if got := text(t, s); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
	}
	var frames []frame
	for _, p := range hello {
		frames = append(frames, frame{data: frameOf(t, format{link: layers.LinkTypeRaw}, p)})
	}
	dump := tcpdump(frames, true)
	s := "$ sudo tcpdump -X -i lo\ntcpdump: verbose output suppressed, use -v[v]... for full protocol decode\nlistening on lo, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n" +
		dump + "^C\n9 packets captured\n18 packets received by filter\n0 packets dropped by kernel\n$\n"
	if Detect([]byte(s)) != Hexdump {
		t.Error("not detected between messages of tcpdump")
	}
	if got, want := text(t, s), text(t, dump); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	for _, s := range []string{"$ make\n" + xxd, xxd + "hello\n", xxd + "$\n" + xxd, "hello\n" + xxd, "$ xxd m.bin\n", fmt.Sprint(xxd, "make: *** [all] Error 1")} {
		if Detect([]byte(s)) != Raw {
			t.Errorf("%q is detected as a dump", s)
		}
	}
}
