package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// text reads a dump. It returns a line for each direction: bytes with gaps in brackets, then
// the error.
func text(t *testing.T, dump string) string {
	t.Helper()
	c, err := opened(t, []byte(dump), Hexdump, "pipe")
	if err != nil {
		return err.Error()
	}
	var lines []string
	for i, s := range c.Streams() {
		for j := range s.Dirs {
			list, err := parts(c.Read(RefOf(i, j)))
			line := s.Label(j)
			for _, p := range list {
				if line += fmt.Sprintf(" %x", p.data); p.gap != 0 {
					line += fmt.Sprintf(" [%d]", p.gap)
				}
			}
			if err != nil {
				line += " " + err.Error()
			}
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	if err := c.Damage(); err != nil {
		lines = append(lines, err.Error())
	}
	return strings.Join(lines, "\n")
}

// Dumps in each style, and the bytes in them.
var dumps = []struct {
	name, dump, want string
	detected         bool // by Detect
}{
	{"xxd", "00000000: 0361 6263 0268 69                      .abc.hi\n", "03616263026869", true},
	{"xxd, no text", "00000000: 0361 6263\n00000004: 0268 69\n", "03616263026869", false},
	{"xxd -o", "00000064: 0361 6263 0268 69                      .abc.hi\n", "03616263026869", true},
	{"xxd -e", "00000000: 63626103   696802                    .abc.hi\n", "03616263026869", true},
	{"xxd -e of one group", "00000000:   636261                             abc\n", "616263", true},
	{"xxd -e, dots first", "00000000: 03020100  ....\n00000004: 64636261  abcd\n", "0001020361626364", true},
	{"xxd -g4, dots first", "00000000: 00010203  ....\n00000004: 61626364  abcd\n", "0001020361626364", true},
	{"xxd, text like hex", "00000000: 2020 3631 2020 3632                      61  62\n", "2020363120203632", true},
	{"xxd -b", "00000000: 00000011 01100001 01100010                       .ab\n", "036162", true},
	{"xxd -d", "00000000: 0361  .a\n00000002: 6263  bc\n00000004: 6465  de\n00000006: 6667  fg\n00000008: 6869  hi\n00000010: 6a6b  jk\n", "036162636465666768696a6b", true},
	{"xxd -i", "unsigned char x[] = {\n  0x03, 0x61,\n  0x62\n};\nunsigned int x_len = 3;\n", "036162", true},
	{"xxd -i of standard input", "  0x03, 0x61, 0x62\n", "036162", false},
	{"xxd -p", "0361626364\n6566\n", "03616263646566", false},
	{"xxd, odd", "00000000: 0361 626\n", "line 1: expected pairs of hex digits", false},
	{"xxd, lost line", "00000000: 0361  .a\n00000004: 6263  bc\n", "0361 [2] 6263", true},
	{"xxd, twice", "00000000: 0361  .a\n00000000: 6263  bc\n", "0361 [-1] 6263", true},
	{"xxd, broken", "00000000: 0361  .a\nSegmentation fault\n", "0361 line 2: expected an offset and a colon", false},
	{"xxd, a star for part of a row", "00000000: 0361  .a\n*\n00000005: 6263  bc\n", "0361 line 3: the * covers 3 bytes, which is not a whole number of rows", true},
	{"xxd, a star at the start", "*\n00000005: 6263  bc\n", "line 1: a * without a row before it", false},
	{"hexdump -C", "00000000  03 61 62 63 02 68 69                              |.abc.hi|\n00000007\n", "03616263026869", true},
	{"hexdump -C, only stars", "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00000030\n", strings.Repeat("00", 48), true},
	{"hexdump -C, cut after a star", "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n", strings.Repeat("00", 16) + " [-1]", true},
	{"hexdump -C, too short", "00000000  03 61 62 63 02 68 69                              |.abc.hi|\n00000005\n", "03616263026869 line 2: the end offset 00000005 is too small for the row before it", true},
	{"hexdump -C -s", "00000064  03 61                                             |.a|\n00000066\n", "0361", true},
	{"hexdump", "0000000 6103 6362 6802 0069                    \n0000007\n", "03616263026869", true},
	{"hexdump, hex offsets", "0000000 0100 0302 0504 0706 0908 0b0a 0d0c 0f0e\n0000010 0110\n0000012\n", "000102030405060708090a0b0c0d0e0f1001", true},
	{"od -x, octal offsets", "0000000 0100 0302 0504 0706 0908 0b0a 0d0c 0f0e\n0000020 0110\n0000022\n", "000102030405060708090a0b0c0d0e0f1001", true},
	{"od", "0000000 060403 061542\n0000004\n", "03616263", true},
	{"od -b", "0000000 003 141 142\n0000003\n", "036162", true},
	{"od -A d -t x1", "0000000 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n0000016 10\n0000017\n", "000102030405060708090a0b0c0d0e0f10", true},
	{"od -A x -t x1z", "000000 03 61 62                                         >.ab<\n000003\n", "036162", true},
	{"od -A n -t x1", " 03 61 62 6c\n", "0361626c", true},
	{"od -A n -t x1z", " 03 61 62                                         >.ab<\n", "036162", true},
	{"plain", "03 61 62 6C\n02 68 69\n", "0361626c026869", true},
	{"plain, words", "03 61 zz 6C\n", "0361 line 1: expected hex digits", false},
	{"plain, odd", "03 61 6\n", "0361 line 1: an odd number of hex digits", false},
	{"inspect", "00000000 [03|61 62 63                                      .abc              #0 payload 3\n" +
		"00000004 [02|68 69                                         .hi               #1 payload 2\n" +
		"00000007 <04|70 69                                         .pi               leftover 3 of 5 bytes, 2 more to come\n" +
		"2 frames, 7 bytes, payload 5 bytes (71.4%); leftover 3 bytes\n", "03616263026869047069", true},
	{"inspect -c 8", "00000006 [35 32 3a|68 65 6c 6c 6f  52:hello  #1 payload 52\n0000000e  20 77 6f 72 6c 64 2c 20   world, \n", "35323a68656c6c6f20776f726c642c20", true},
	{"inspect, spaces", "00000000 [20 20 20                                            \n", "202020", true},
	{"inspect, a note without bytes", "00000000 [03|61                                            .a                #0\n00000002                                                                     note\n00000002 !78                                               x                 wrong\n", "036178", true},
	{"inspect --rows 1", "00000006 [35 32 3a|68 65 6c 6c 6f  52:hello\n         … 48 more bytes\n0000003e [00                       .  #2 payload 0\n", "35323a68656c6c6f [48] 00", true},
	{"inspect --rows 1, at the end", "00000000 [35 32 3a|68 65 6c 6c 6f  52:hello\n         … 1 more byte\n", "35323a68656c6c6f [1]", true},
	{"inspect, of a capture", "stream 0 c2s  10.0.0.1:4000 → 10.0.0.2:80  2 bytes in 1 segment\n00000000 [01|61                    .a        #0 payload 1\n", "0161", true},
	{"listen --hex", "conn 1 10.0.0.1:4000\n00000000 [01|61                    .a        #0 payload 1\n", "0161", true},
	{"send --hex", "10.0.0.1:4000\n00000000 [01|61                    .a        #0 payload 1\n", "0161", true},
	{"inspect, of one byte", "00000000 [00                       .         #0 payload 0\n", "00", true},
	{"Wireshark, as saved", "00000000  03 61 62 63                                       .abc\n    00000000  02 68 69                                          .hi\n00000004  00                                                .\n", "0361626300\n026869", true},
	{"Wireshark, a lost line", "00000000  03 61                                             .a\n00000008  62                                                b\n", "0361 [6] 62", true},
	{"Wireshark, copied without its text", "0000   00 0d 68 65 6c 6c 6f 20 77 6f 72 6c 64 20 30 00\n0010   0d 68\n", "000d68656c6c6f20776f726c642030000d68", true},
	{"Wireshark, broken", "00000000  03 61                                             .a\nhello\n", "0361\nline 2: expected an offset and bytes", false},
	{"tshark follow raw", follow("raw", 0) + "0361\n\t6263\n64\n" + ruler, "10.0.0.1:4000 → 10.0.0.2:80 036164\n10.0.0.2:80 → 10.0.0.1:4000 6263", true},
	{"tshark follow raw, twice", follow("raw", 0) + "0361\n" + ruler + follow("raw", 1) + "\t6263\n" + ruler, "10.0.0.1:4000 → 10.0.0.2:80 0361\n10.0.0.2:80 → 10.0.0.1:4000\n" +
		"10.0.0.1:4001 → 10.0.0.2:80\n10.0.0.2:80 → 10.0.0.1:4001 6263", true},
	{"tshark follow raw, no bytes", follow("raw", 0) + ruler, "10.0.0.1:4000 → 10.0.0.2:80\n10.0.0.2:80 → 10.0.0.1:4000", true},
	{"tshark follow raw, CR LF", strings.ReplaceAll(follow("raw", 0)+"0361\n\t6263\n", "\n", "\r\n"), "10.0.0.1:4000 → 10.0.0.2:80 0361\n10.0.0.2:80 → 10.0.0.1:4000 6263", true},
	{"tshark follow raw, cut", follow("raw", 0) + "0361\n\t62636", "10.0.0.1:4000 → 10.0.0.2:80 0361\n10.0.0.2:80 → 10.0.0.1:4000 6263", true},
	{"tshark follow raw, odd", follow("raw", 0) + "0361\n636\n64\n", "10.0.0.1:4000 → 10.0.0.2:80 0361\n10.0.0.2:80 → 10.0.0.1:4000\nline 8: expected pairs of hex digits", false},
	{"tshark follow raw, a stray line", follow("raw", 0) + "0361\nhello\n", "10.0.0.1:4000 → 10.0.0.2:80 0361\n10.0.0.2:80 → 10.0.0.1:4000\nline 8: expected pairs of hex digits", false},
	{"short offsets", "0000  03 61 62 63                                       .abc\n", "03616263", true},
	{"short offsets, broken", "0000  03 61 62 63                                       .abc\nhello\n", "03616263 line 2: expected an offset and bytes", false},
	{"nothing", "", "", false},
}

// ruler is the line around what tshark prints of a conversation.
const ruler = "===================================================================\n"

// follow returns the heading of tshark -z follow,tcp,MODE,N.
func follow(mode string, n int) string {
	return fmt.Sprintf("\n%sFollow: tcp,%s\nFilter: tcp.stream eq %d\nNode 0: 10.0.0.1:%d\nNode 1: 10.0.0.2:80\n", ruler, mode, n, 4000+n)
}

func TestDumps(t *testing.T) {
	for _, d := range dumps {
		if got := text(t, d.dump); got != d.want {
			t.Errorf("%s: %s, want %s", d.name, got, d.want)
		}
		if got := Detect([]byte(d.dump)) == Hexdump; got != d.detected {
			t.Errorf("%s: detected %v, want %v", d.name, got, d.detected)
		}
	}
}

// A line of tshark's raw form has all bytes of a segment, which may be as large as a packet.
func TestLargeSegment(t *testing.T) {
	digits := strings.Repeat("ab", 65495)
	want := "10.0.0.1:4000 → 10.0.0.2:80\n10.0.0.2:80 → 10.0.0.1:4000 " + digits
	dump := follow("raw", 0) + "\t" + digits + "\n"
	if got := text(t, dump); got != want || Detect([]byte(dump)) != Hexdump {
		t.Errorf("%d characters, kind %d; want %d characters", len(got), Detect([]byte(dump)), len(want))
	}
}

// Texts that look a little like a dump but are not.
func TestNoDump(t *testing.T) {
	for _, s := range []string{
		follow("ascii", 0) + "2\n.a\n", follow("ebcdic", 0) + "\t2\n.a\n", "Follow: the leader\n0361\n",
		"", "\n", "hello\n", "\x00\x03abc\x02hi", "\x03abc", "5:hello,", "*3\r\n$3\r\nSET\r\n", "1\n2\n3\n", "10\n20\n30\n",
		"12 34\n56 78\n", "10 20 30 40\n50 60 70 80\n", "1234 5678\n", "000001 12\n000002 34\n000003 56\n", "1000000 1234 5678\n1000004 1234 5678\n",
		"deadbeef\n", "00036162\n0268\n", strings.Repeat("00112233445566778899aabbccdd", 2) + "eeff\n", "c0ffee00: the error\n", "de ad be ef\n",
		"{\"a\": 1}\n{\"b\": [2, 3]}\n", "[0x01, 0x02]\n", "0x01\n0x02\n", "0x10, 0x20\n",
		"2024-05-06 07:08:09 GET / 200\n2024-05-06 07:08:10 GET /a 404\n", "12:34:56 abcd: ok\n12:34:57 abce: ok\n",
		"To be or not to be, that is the question.\n", "add a bed\nbad cab\n", "be ad\n", "ab\ncd\nef\n",
		"Content-Length: 2\r\n\r\n{}", "a,b,c\n1,2,3\n", "00000000\n00000010\n", "0000000\n", "* * *\n", strings.Repeat("d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e\n", 3), strings.Repeat("900150983cd24fb0d6963f7d28e17f72c0ffee00\n", 3),
		"00000000: boot\n00000001: more\n",
		"00:1b:44:11:3a:b7\n00:1b:44:11:3a:b8\n", "1a 2b 3c x\n", "550e8400-e29b-41d4-a716-446655440000\n",
		"0000: a b c\n", "abcdef12  some words here\nabcdef13  some other words\n", "00000000  ab cd\n", "a1 b2\nhello world\n",
		"\xff\xfe 00 01", "00 0a\x00 0b", "d41d8cd98f00b204e9800998ecf8427e  file\n900150983cd24fb0d6963f7d28e17f72  abc\n", "<34>1 2003-10-11T22:14:15Z a b\n",
		"8=FIX.4.2|9=12|", "-----BEGIN CERTIFICATE-----\nMIIB\n", "100644 blob a1b2c3d4\tname\n", "\t0x00ff: x\n",
	} {
		if got := Detect([]byte(s)); got != Raw {
			t.Errorf("%q is detected as kind %d", s, got)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, alphabet := range []string{"0123456789abcdef \n", "01 \n", "0123456789 :\n", "\x00\x01\x02 0a\n", "0123456789abcdef"} {
		for range 2000 {
			b := make([]byte, rnd.IntN(60)+1)
			for i := range b {
				b[i] = alphabet[rnd.IntN(len(alphabet))]
			}
			if got := Detect(b); got != Raw && !bytes.Contains(b, []byte(" ")) {
				t.Errorf("%q is detected as kind %d", b, got)
			}
		}
	}
}

// Random bytes that the installed programs print are read back unchanged.
func TestTools(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, command := range []string{
		"xxd", "xxd -u", "xxd -c 8", "xxd -c 7", "xxd -g 1", "xxd -g 4", "xxd -g 3", "xxd -g 0", "xxd -c 32 -g 8", "xxd -a", "xxd -i", "xxd -b", "xxd -d",
		"xxd -e", "xxd -e -g 2", "xxd -e -g 8", "xxd -e -c 12", "xxd -a -e", "xxd -p", "xxd -p -c 7", "xxd -p -u", "xxd -E", "xxd -s 0 -o 77",
		"hexdump", "hexdump -C", "hexdump -x", "hexdump -v", "hexdump -C -v", "hexdump -b",
		"od", "od -x", "od -v", "od -b", "od -t x4", "od -t x8", "od -t o4", "od -A x -t x1z", "od -A x -t x1", "od -A d -t x1", "od -A o -t x1", "od -A n -v -t x1", "od -A n -v -t x1z", "od -A x -t x1z -w8", "od -A d -x",
	} {
		f := strings.Fields(command)
		if _, err := exec.LookPath(f[0]); err != nil {
			t.Logf("%s is not installed", f[0])
			continue
		}
		for _, size := range []int{1, 3, 13, 16, 17, 255, 5000} {
			data := make([]byte, size)
			for i := range data {
				switch rnd.IntN(3) {
				case 0:
					data[i] = byte(rnd.Uint32())
				case 1:
					data[i] = "0123 abcdef|<>*."[rnd.IntN(16)]
				}
			}
			if size > 200 {
				clear(data[20:150])
				clear(data[len(data)-60:])
			}
			if command == "xxd -E" && size < 100 {
				continue // its text column is EBCDIC
			}
			cmd := exec.Command(f[0], f[1:]...)
			cmd.Stdin = bytes.NewReader(data)
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(command, err)
			}
			if command == "xxd -i" && size < 20 || command != "xxd -p" && strings.HasPrefix(command, "xxd -p") || command == "xxd -p" && size < 60 || strings.HasPrefix(command, "od -A n") && size < 20 {
				// too short to be detected
			} else if got := Detect(out); got != Hexdump {
				t.Errorf("%s of %d bytes is detected as kind %d:\n%s", command, size, got, out[:min(len(out), 300)])
			}
			for _, from := range []string{"pipe", "file"} {
				c, err := opened(t, out, Hexdump, from)
				if err != nil {
					t.Errorf("%s of %d bytes: %v", command, size, err)
					continue
				}
				got, err := io.ReadAll(c.Read(Ref{}))
				if err != nil || c.Damage() != nil || !bytes.Equal(got, data) {
					if strings.Contains(command, "-x") || !strings.Contains(command, "od -t x") { // without an end offset, padding looks like data
						t.Errorf("%s of %d bytes: %v %v\n%.60x\nwant\n%.60x\n%.300s", command, size, err, c.Damage(), got, data, out)
					}
				}
			}
		}
	}
}

// view prints data as hexview does, with random marks and rows.
func view(data []byte, cols int, rnd *rand.Rand) string {
	var b strings.Builder
	for at := 0; at < len(data); {
		n := min(rnd.IntN(cols)+1, len(data)-at)
		fmt.Fprintf(&b, "%08x ", at)
		for i, c := range data[at : at+n] {
			mark := byte(' ')
			if i == 0 || rnd.IntN(5) == 0 {
				mark = "[|/<~!"[rnd.IntN(6)]
			}
			fmt.Fprintf(&b, "%c%02x", mark, c)
		}
		fmt.Fprintf(&b, "%*s%s", 3*(cols-n)+2, "", shown(data[at:at+n]))
		if rnd.IntN(2) == 0 {
			fmt.Fprintf(&b, "%*s#%d payload 3", cols-n+2, "", at)
		}
		b.WriteString("\n")
		at += n
	}
	return b.String()
}

func TestViews(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		data := make([]byte, rnd.IntN(300)+1)
		for i := range data {
			data[i] = byte(rnd.Uint32())
			if rnd.IntN(2) == 0 {
				data[i] = "0123 abcdef|[<>!"[rnd.IntN(16)]
			}
		}
		v := view(data, []int{8, 16, 32}[rnd.IntN(3)], rnd)
		if Detect([]byte(v)) != Hexdump {
			t.Errorf("not detected:\n%s", v)
		}
		if got, want := text(t, v), fmt.Sprintf("%x", data); got != want {
			t.Fatalf("%s\nwant\n%s of\n%s", got, want, v)
		}
	}
}

// A dump is read in constant memory, however many bytes a * replaces.
func TestLongRepeat(t *testing.T) {
	c, err := opened(t, []byte("00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|\n*\n10000000\n"), Hexdump, "pipe")
	if err != nil {
		t.Fatal(err)
	}
	src := c.Read(Ref{})
	n, err := io.Copy(io.Discard, struct{ io.Reader }{src})
	if err != nil || n != 1<<28 || cap(src.queue.data) > 1<<20 {
		t.Errorf("%d bytes, %v; %d in memory", n, err, cap(src.queue.data))
	}
}

func TestSyntaxErrorLine(t *testing.T) {
	c, err := opened(t, []byte("00000000: 0361  .a\n\n00000002: 036z\n"), Hexdump, "pipe")
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(c.Read(Ref{}))
	var e *SyntaxError
	if !errors.As(err, &e) || e.Line != 3 {
		t.Errorf("%v, want line 3", err)
	}
}

// A * that stands for more bytes than allowed is an error with its line, in every kind of dump.
func TestRepeatsAreBounded(t *testing.T) {
	for name, text := range map[string]string{
		"hexdump -C": "00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|\n*\n%08x\n",
		"xxd":        "00000000: 0001 0203 0405 0607 0809 0a0b 0c0d 0e0f  ................\n*\n%08x: 0000                                     ..\n",
		"od":         "0000000 000 001 002 003 004 005 006 007 010 011 012 013 014 015 016 017\n*\n%07o\n",
		"tshark":     "===\nFollow: tcp,hex\nFilter: tcp.stream eq 0\n00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  ........ ........\n*\n%08x  00 01                                             ..\n",
	} {
		for _, r := range []struct {
			end, limit int64
			ok         bool
		}{{1 << 60, 0, false}, {1<<30 + 32, 0, false}, {4096, 4080, true}, {4096, 4079, false}, {64, 0, true}} {
			c, err := Open(strings.NewReader(fmt.Sprintf(text, r.end)), Hexdump, Limits{Repeats: r.limit})
			if err != nil {
				t.Fatal(name, err)
			}
			n, err := io.Copy(io.Discard, c.Read(Ref{}))
			if damage := c.Damage(); damage != nil { // a gap at the end comes first
				err = damage
			}
			c.Close()
			var bad *SyntaxError
			if errors.As(err, &bad) == r.ok || !r.ok && (n != 16 || !strings.Contains(err.Error(), "the * stands for")) || r.ok && n < r.end {
				t.Errorf("%s up to %d, limit %d: %d bytes, %v", name, r.end, r.limit, n, err)
			}
		}
	}
}
