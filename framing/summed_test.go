package framing

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// The checksums of "123456789" and of nothing, as they are sent. The first are the check values of
// the catalogue of parametrised CRC algorithms, computed again with Python's binascii (crc_hqx),
// zlib (crc32, adler32) and bit by bit.
func TestChecksums(t *testing.T) {
	rows := map[string][2]string{
		"crc32": {"\xcb\xf4\x39\x26", "\x00\x00\x00\x00"}, "crc32-le": {"\x26\x39\xf4\xcb", "\x00\x00\x00\x00"},
		"crc32c": {"\xe3\x06\x92\x83", "\x00\x00\x00\x00"}, "crc32c-be": {"\xe3\x06\x92\x83", "\x00\x00\x00\x00"},
		"adler32": {"\x09\x1e\x01\xde", "\x00\x00\x00\x01"}, "adler32-le": {"\xde\x01\x1e\x09", "\x01\x00\x00\x00"},
		"crc16-arc": {"\x3d\xbb", "\x00\x00"}, "arc-be": {"\xbb\x3d", "\x00\x00"},
		"crc16-ccitt": {"\x29\xb1", "\xff\xff"}, "crc16-ibm-3740-le": {"\xb1\x29", "\xff\xff"},
		"crc16-kermit": {"\x89\x21", "\x00\x00"}, "kermit": {"\x89\x21", "\x00\x00"},
		"crc16-modbus": {"\x37\x4b", "\xff\xff"}, "modbus-be": {"\x4b\x37", "\xff\xff"},
		"crc16-x25": {"\x6e\x90", "\x00\x00"}, "x25-be": {"\x90\x6e", "\x00\x00"},
		"crc16-xmodem": {"\x31\xc3", "\x00\x00"}, "xmodem-le": {"\xc3\x31", "\x00\x00"},
		"fletcher16": {"\x1e\xde", "\x00\x00"}, "fletcher16-le": {"\xde\x1e", "\x00\x00"},
		"crc16-dnp": {"\x82\xea", "\xff\xff"}, "dnp-be": {"\xea\x82", "\xff\xff"},
		"crc24q": {"\xcd\xe7\x03", "\x00\x00\x00"}, "fletcher8": {"\xdd\x15", "\x00\x00"},
		"crc8": {"\xf4", "\x00"}, "sum8": {"\xdd", "\x00"}, "xor8": {"\x31", "\x00"},
	}
	for name, want := range rows {
		c := checksumNamed(name)
		if c == nil {
			t.Errorf("there is no %s", name)
			continue
		}
		for i, payload := range []string{"123456789", ""} {
			if got := string(c.append(nil, []byte(payload))); got != want[i] {
				t.Errorf("%s of %q is % x, want % x", name, payload, got, want[i])
			}
			found := new(details).Sums([]byte(payload + want[i]))
			if payload != "" && !slices.ContainsFunc(found, func(n string) bool {
				s := checksumNamed(n)
				return s.size == c.size && s.little == c.little && s.of([]byte("x")) == c.of([]byte("x"))
			}) {
				t.Errorf("%s is not among the checksums of %q with % x: %v", name, payload, want[i], found)
			}
		}
	}
	for _, c := range checksums {
		if _, ok := rows[c.name]; !ok {
			t.Errorf("%s is not tested", c.name)
		}
	}
	// Wikipedia's check values, and sums that would overflow without a modulo in between.
	for text, want := range map[string]uint32{"abcde": 0xc8f0, "abcdef": 0x2057, "abcdefgh": 0x0627, strings.Repeat("\xff", 1<<20): 0, strings.Repeat("\xfe", 1<<20): 0x77ef} {
		if got := fletcher16([]byte(text)); got != want {
			t.Errorf("fletcher16 of %d bytes, %.8q: %04x, want %04x", len(text), text, got, want)
		}
	}
	for _, wrong := range []string{"", "-le", "md5", "crc8-be", "crc16", "crc16-arc-be-le", "arc-le-be"} {
		if c := checksumNamed(wrong); c != nil {
			t.Errorf("%q is %s", wrong, c.name)
		}
	}
}

// The help of the key crc names each checksum once, with the right order of its bytes.
func TestChecksumHelp(t *testing.T) {
	high, rest, _ := strings.Cut(crcKey.Help, "Low byte first:")
	low, one, _ := strings.Cut(rest, "One byte:")
	for _, c := range checksums {
		where := map[string]string{"high byte first": high, "low byte first": low, "": one}[c.order()]
		if !strings.Contains(where+" ", " "+c.name) || strings.Count(crcKey.Help+" ", " "+c.name+" ")+strings.Count(crcKey.Help, " "+c.name+".") != 1 {
			t.Errorf("%s, %s: %q", c.name, c.order(), crcKey.Help)
		}
	}
}

// Frames with checksums: what the length counts, and what the checksum covers. The checksums were
// computed with Python.
var summedFrames = []struct{ spec, frame string }{
	{"u32le:magic=0xaa55,offset=2,counts=itself,crc=crc16-modbus,crc-counted=no", "\xaa\x55\x09\x00\x00\x00|hello|\xf6\x34"},
	{"u32le:magic=0xaa55,offset=2,counts=itself,crc=crc16-modbus,crc-counted=no,crc-from=0", "\xaa\x55\x09\x00\x00\x00|hello|\x8e\x0b"},
	{"u32le:magic=0xaa55,offset=2,counts=itself,crc=crc16-modbus,crc-counted=no,crc-from=2", "\xaa\x55\x09\x00\x00\x00|hello|\xb2\x94"},
	{"u32le:magic=0xaa55,offset=2,counts=itself,crc=crc16-modbus,crc-counted=no,crc-from=6", "\xaa\x55\x09\x00\x00\x00|hello|\xf6\x34"},
	{"u32le:magic=0xaa55,offset=2,counts=itself,crc=modbus", "\xaa\x55\x0b\x00\x00\x00|hello|\xf6\x34"},
	{"u32le:magic=0xaa55,offset=2,counts=itself,crc=modbus,crc-counted", "\xaa\x55\x0b\x00\x00\x00|hello|\xf6\x34"},
	{"u32le:magic=0xaa55,offset=2,counts=itself,crc=modbus,crc-counted=yes", "\xaa\x55\x0b\x00\x00\x00|hello|\xf6\x34"},
	{"u32le:magic=0xaa55,offset=2,counts=itself,crc=modbus-be,crc-counted=no", "\xaa\x55\x09\x00\x00\x00|hello|\x34\xf6"},
	{"u32le:magic=0xaa55,offset=2,counts=frame,crc=modbus,crc-counted=no", "\xaa\x55\x0b\x00\x00\x00|hello|\xf6\x34"},
	{"u32le:magic=0xaa55,offset=2,counts=rest,crc=modbus,crc-counted=no", "\xaa\x55\x05\x00\x00\x00|hello|\xf6\x34"},
	{"u16be:counts=itself", "\x00\x07|hello|"},
	{"u16be:counts=frame", "\x00\x07|hello|"},
	{"u16be:counts=itself,offset=1,header=4", "\x00\x00\x08\x00|hello|"},
	{"u16be:counts=payload,offset=1,header=4,crc=crc8", "\x00\x00\x06\x00|hello|\x92"},
	{"u16be:counts=frame,crc=crc32,crc-from=0", "\x00\x0b|hello|\x07\x99\x7e\x26"},
	{"u8:crc=xor8,crc-from=0,crc-counted=no,trailer=;;", "\x05|hello|\x67;;"},
	{"u8:crc=xor8,crc-from=0,trailer=;;", "\x06|hello|\x64;;"},
	{"ascii:crc=crc8,crc-from=0,crc-counted=no", "0005|hello|\x19"},
	{"u24be:offset=1,header=5,prefix=0x01,crc=fletcher16,crc-from=1,crc-counted=no", "\x01\x00\x00\x06\x00|hello|\x57\x1c"},
	{"u16be:unit=2,crc=sum8,crc-from=0", "\x00\x03|hello|\x17"},
	{"kafka:crc=kermit-be,crc-from=0,crc-counted=no", "\x00\x00\x00\x05|hello|\xef\x4d"},
	{"modbus:crc=adler32,crc-counted=no", "\x00\x00\x00\x00\x00\x06\xff|hello|\x06\x2c\x02\x15"},
	{"delim:\\r\\n,magic=$,crc=xor8,crc-from=0", "$|hello|\x46\r\n"},
	{"delim:\\r\\n,magic=$,crc=xor8", "$|hello|\x62\r\n"},
	{"mllp:crc=arc,crc-from=0", "\x0b|hello|\xd3\x4f\x1c\r"},
	{"slip:crc=crc16-x25", "\xc0~|hello\xbd\x34|\xc0"},
	{"cobs:crc=crc8", "|\x07hello\x92|\x00"},
}

func TestSummedFrames(t *testing.T) {
	for _, r := range summedFrames {
		f := mustParse(t, r.spec)
		fill, header, body, trailer := cutExample(t, r.frame)
		wire := header + body + trailer
		got, err := f.Append([]byte("before"), Marks{}, []byte("hello"))
		if err != nil || string(got) != "before"+fill+wire {
			t.Errorf("%s: %q, %v; want %q", r.spec, got, err, wire)
			continue
		}
		frames, err := drain(NewReader(single([]byte(wire+wire)), f))
		if len(frames) != 2 || frames[1].Payload != "hello" || frames[1].Header != header || frames[1].Trailer != trailer {
			t.Errorf("%s reads as %+v, %v", r.spec, frames, err)
		}
		like := Marks{[]byte(header), []byte(trailer)}
		if again, err := f.Append(nil, like, []byte("hello")); err != nil || string(again) != fill+wire {
			t.Errorf("%s: with its own marks %q, %v; want %q", r.spec, again, err, wire)
		}
	}
}

// A change of any byte of a frame whose checksum covers all shows. One of a byte that the
// checksum does not cover does not.
func TestCovered(t *testing.T) {
	for _, r := range []struct{ spec, covered string }{
		{"u16le:offset=2,header=6,crc=crc16-arc,crc-counted=no,crc-from=0", "yyyyyyyyyyyyy"},
		{"u16le:offset=2,header=6,crc=crc16-arc,crc-counted=no,crc-from=1", "nyyyyyyyyyyyy"},
		{"u16le:offset=2,header=6,crc=crc16-arc,crc-counted=no", "nnyynnyyyyyyy"}, // a wrong length shows too
		{"u16le:offset=2,header=6,crc=crc16-arc", "nnyynnyyyyyyy"},
	} {
		f := mustParse(t, r.spec)
		frame, err := f.Append(nil, Marks{}, []byte("hello"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range frame {
			bad := append([]byte(nil), frame...)
			bad[i] ^= 1
			_, err := NewReader(whole(append(bad, frame...)), f).Next()
			if shows := err != nil; shows != (r.covered[i] == 'y') {
				t.Errorf("%s: byte %d changed: %v", r.spec, i, err)
			}
		}
	}
}

// Specs with checksums are printed in one way, whatever the user wrote.
func TestSummedString(t *testing.T) {
	for spec, want := range map[string]string{
		"u32le:crc-counted=no,crc=modbus,counts=itself,offset=2,magic=0xaa55": "u32le:offset=2,counts=itself,magic=0xaa55,crc=crc16-modbus,crc-counted=no",
		"u32le:crc=arc-be,crc-from=4":                                         "u32le:crc=crc16-arc-be",
		"u32le:crc=x25,crc-from=3,crc-counted":                                "u32le:crc=crc16-x25,crc-from=3",
		"u32le:counts=itself":                                                 "u32le:counts=frame",
		"u32le:adjust=-4,offset=1":                                            "u32le:offset=1,counts=itself",
		"length:size=5,counts=itself,offset=1":                                "length:size=5,offset=1,counts=itself",
		"kafka:crc-from=0,crc=crc8,max=9,crc-counted=no":                      "kafka:max=9,crc=crc8,crc-from=0,crc-counted=no",
		"u8:magic=\\0\\r,offset=2":                                            "u8:offset=2,magic=0x000d",
		"u8:magic=\\r\\n,offset=2":                                            `u8:offset=2,magic=\r\n`,
		"fixed:4,magic=\\xaa\\x55":                                            "fixed:4,magic=0xaa55",
		"delim:;,magic=\\e,crc=crc16-ibm-3740-le,crc-from=0":                  "delim:;,magic=0x1b,crc=crc16-ccitt-le,crc-from=0",
		"u8:crc=CRC16-Modbus-BE":                                              "u8:crc=crc16-modbus-be",
		"delim:;,magic=0xAA,crc=crc8,crc-from=1":                              "delim:;,magic=0xaa,crc=crc8",
	} {
		if got := mustParse(t, spec).String(); got != want || mustParse(t, got).String() != want {
			t.Errorf("%s prints %s, want %s", spec, got, want)
		}
	}
}

// What people write first, and what they are told.
func TestSpecHints(t *testing.T) {
	for _, r := range []struct{ spec, detail, hint string }{
		{"u32le:crc=crc16", "several CRCs of 16 bits: crc is one of crc16-arc crc16-ccitt", "decode frames with any of them"},
		{"u32le:crc=CRC-16", "several CRCs of 16 bits", "decode frames with any of them"},
		{"u32le:crc=none", "without crc there is none", "leave crc=none out"},
		{"u32le:checksum=crc32", `no key "checksum"`, "write crc=crc32"},
		{"u32le:checksum=md5", `no key "checksum"`, "write crc=NAME"},
		{"u32le:crc16-modbus", `no key "crc16-modbus"`, "write crc=crc16-modbus"},
		{"slip:fcs=x25", `no key "fcs"`, "write crc=x25"},
		{"u32le:crc-from=0", "crc-from is about the checksum", "add crc=NAME"},
		{"u32le:crc-counted=no", "crc-counted is about the checksum", "add crc=NAME"},
		{"u32le:crc=crc8,crc-from=5", "crc-from=5 is after the header of 4 bytes", ""},
		{"u32le:crc=crc8,crc-from=x", "not a number", ""},
		{"u32le:crc=crc8,crc-counted=false", "crc-counted is yes or no", "write crc-counted=no"},
		{"u32le:crc=crc8,crc-uncounted", `no key "crc-uncounted"`, "write crc-counted=no"},
		{"slip:crc=crc8,crc-from=0", "these frames have none: leave it out", ""},
		{"delim:;,crc=crc8,crc-from=0", "these frames have none: leave it out", ""},
		{"delim:;,esc=%,crc=crc8,crc-from=0", "these frames have none: leave it out", ""},
		{"cobs:crc=crc8,crc-counted=no", "a length field, and these frames have none", ""},
		{"delim:;,crc=crc8,crc-counted=no", "a length field, and these frames have none", ""},
		{"u32le:counts=self", "counts is one of payload rest itself frame", "write counts=itself"},
		{"u32le:counts=all", "counts is one of", "write counts=frame"},
		{"u32le:counts=body", "counts is one of", "write counts=payload"},
		{"u32le:itself", `no key "itself"`, "write counts=itself"},
		{"u32le:length-includes-itself", `no key`, "write counts=itself"},
		{"u32le:includes-header=yes", `no key`, "write counts=frame"},
		{"u32le:endian=little", "part of the name", "u32be is big-endian, u32le is little-endian"},
		{"u16be:byte-order=le", "part of the name", "u16be is big-endian, u16le is little-endian"},
		{"length:endian=little", "endian is one of be le", "write endian=le"},
		{"length:order=big", `no key "order"`, "write endian=be"},
		{"u32le:sync=0xaa55,offset=2", `no key "sync"`, "write magic=0xaa55"},
		{"u32le:preamble", `no key "preamble"`, "write magic=BYTES"},
		{"u32le:end=\\n", `no key "end"`, `write trailer=\n`},
		{"netstring:end=a", "takes no such argument", ""},
		{"lines:self", `no key "self"`, ""},
		{"u32le:magic=0xaa55", "the magic, 2 bytes at 0, overlaps the length field, which is at 0", "write offset=2"},
		{"u16be:magic=0xaa55ff,offset=1", "the magic, 3 bytes at 0, overlaps the length field, which is at 1", "write offset=3"},
		{"u32le:magic=0xaabbccddee", "the magic ends at 5, after the end of the header", "write offset=5"},
		{"u32le:magic=AA55", `"AA55" is text, of 4 bytes`, "for the bytes aa 55 write magic=0xaa55, and offset=2"},
		{"u32le:magic=aa55,offset=2", `"aa55" is text, of 4 bytes`, "for the bytes aa 55 write magic=0xaa55, and offset=2"},
		{"u32le:magic=aabbccdd,offset=4", `"aabbccdd" is text`, "write magic=0xaabbccdd, and offset=4"},
		{"u32le:magic=HELO", "the magic, 4 bytes at 0", "write offset=4"},
		{"u32le:magic=0xaa55,offset=2,prefix=x", "the prefix contradicts the magic", ""},
	} {
		_, err := Parse(r.spec)
		var e *SpecError
		if !errors.As(err, &e) || !strings.Contains(e.Detail, r.detail) || !strings.Contains(e.Hint, r.hint) || r.hint == "" && e.Hint != "" {
			t.Errorf("%s: %#v, want %q, hint %q", r.spec, err, r.detail, r.hint)
		}
	}
}

// Unprintable magic and trailers are shown in hex.
func TestUnprintable(t *testing.T) {
	for _, r := range []struct{ spec, wire, want string }{
		{"u8:offset=1,magic=0xaa", "\xab\x00", "found 0xab, expected 0xaa"},
		{"u8:offset=2,magic=0xaa55", "\xaaV\x00", "found 0xaa56, expected 0xaa55"},
		{"u8:offset=2,magic=AB", "AC\x00", `found "AC", expected "AB"`},
		{"u8:offset=2,magic=AB", "A\x00\x00", `found 0x4100, expected "AB"`},
		{"fixed:4,magic=0x00", "abcd", `found "a", expected 0x00`},
		{"delim:;,magic=0x1b", "abcd", `found "a", expected 0x1b`},
		{"u8:trailer=0xfe", "\x01ab", `found "b", expected the trailer 0xfe`},
	} {
		_, err := NewReader(whole([]byte(r.wire)), mustParse(t, r.spec)).Next()
		if err == nil || !strings.HasSuffix(err.Error(), r.want) {
			t.Errorf("%s of %q: %v, want %q", r.spec, r.wire, err, r.want)
		}
	}
}
