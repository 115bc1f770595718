package framing

import (
	"slices"
	"strings"
	"testing"
)

// String returns a spec that Parse turns into the same framing.
func TestString(t *testing.T) {
	rows := []struct{ spec, want string }{
		{"lines", "lines"},
		{`delim:\n`, "lines"},
		{`delim:0x0d0a`, "crlf"},
		{"length:size=4", "u32be"},
		{"length:size=4,endian=le", "u32le"},
		{"length:size=5", "length:size=5"},
		{"u16be:offset=2,adjust=-4", "u16be:offset=2,counts=frame"},
		{"u16be:counts=payload,header=7", "u16be:adjust=5,header=7"},
		{"u32be:mask=0x7fffffff", "u32be:mask=0x7fffffff"},
		{"u32be:max=64KiB,min=0", "u32be:max=65536"},
		{`u8:magic=A\,,header=3,magic-at=1`, `u8:header=3,magic=A\,,magic-at=1`},
		{"varint:strict,max=0x5", "varint:max=5,strict"},
		{"hdlc:fcs=16,accm=0xFFFFFFFF", "hdlc:accm=ffffffff"},
		{"any:\\n,0x0d", "any:0x0a,0x0d"},
		{`delim:\x30x41`, `delim:\x30x41`},
		{"json-seq:json", "json-seq"},
		{"delim:a=b", "delim:a=b"},
		{"u8:offset=010", "u8:offset=10"},
		{"kafka", "kafka"},
		{"kafka:max=0x10", "kafka:max=0x10"},
		{"kafka:signed", "kafka:signed"}, // as its row is
		{"bgp:max=65535,magic-at=0", "bgp:max=65535,magic-at=0"},
		{"u32be:prefix=0x80,signed", `u32be:prefix=0x80000000,signed`}, // the length overwrites it
		{"ssh:banner", "ssh"},
		{"kafka:crc=crc32,max=16", "kafka:max=16,crc=crc32"},
		{"tls:max=0x4100", "tls:max=0x4100"},
		{"lines:esc=%", `delim:\n,esc=%`},
		{"slip:crc=crc32", "slip:crc=crc32"},
		{`delim:\n,crc=xor8`, `delim:\n,crc=xor8`},
	}
	for _, k := range Entries() {
		for _, x := range k.examples {
			rows = append(rows, struct{ spec, want string }{x.Spec, mustParse(t, x.Spec).String()})
		}
	}
	for _, r := range rows {
		f := mustParse(t, r.spec)
		if got := f.String(); got != r.want {
			t.Errorf("Parse(%q) prints %q, want %q", r.spec, got, r.want)
		}
		again, err := Parse(f.String())
		if err != nil || again.String() != f.String() {
			t.Errorf("Parse(%q) prints %q, which gives %v, %v", r.spec, f, again, err)
		}
	}
}

func TestBadSpec(t *testing.T) {
	rows := []struct {
		spec string
		pos  int
		text string
		word string // one of those that are right there
	}{
		{"", 0, "a framing has a name", ""},
		{"u32eb", 0, `no framing "u32eb"`, "u32be"},
		{"netstrin", 0, "no framing", "netstring"},
		{"u32be:", 6, "an argument is missing", ""},
		{"u32be:offset=1,,", 15, "an argument is missing", ""},
		{"u32be:ofset=1", 6, `no key "ofset"`, "offset"},
		{"u32be:offset", 6, "offset needs a value", ""},
		{"u32be:offset=-1", 13, "out of range, expected 0 to 65536", ""},
		{"u32be:offset=one", 13, "not a number", ""},
		{"u32be:offset=1,offset=2", 15, "given twice", ""},
		{"u32be:counts=frmae", 13, "counts is one of", "frame"},
		{"u32be:counts=frame,adjust=1", 19, "two ways to set the same value", ""},
		{"u32be:signed=1", 13, "takes no value", ""},
		{"u32be:header=2", 13, "no room for the length field", ""},
		{"u32be:prefix=ABCDE", 13, "longer than the header", ""},
		{"u32be:magic=ABCDE", 12, "after the end of the header", ""},
		{"u32be:magic=AB,magic-at=3", 24, "after the end of the header", ""},
		{"u32be:magic=AB,offset=2,prefix=AC", 31, "the prefix contradicts the magic", ""},
		{"grpc:offset=0,magic=A", 20, "the magic, 1 byte at 0, overlaps the length field, which is at 0", ""},
		{"u32be:magic=0xabc", 12, "two hex digits", ""},
		{"u32be:magic=0xzz,header=9", 14, "not hex digits", ""},
		{"u32be:mask=0", 11, "selects no bit", ""},
		{"u32be:mask=0x1ffffffff", 11, "4 bytes does not have the mask's bits 0x100000000", ""},
		{"u8:mask=0x3ff", 8, "1 byte does not have the mask's bits 0x300", ""},
		{"ascii:mask=0x1", 6, `no key "mask"`, ""},
		{"u8:max=0,min=1", 13, "over the maximum", ""},
		{"u8:min=256", 7, "over the maximum 255", ""},
		{"u8:max=300", 7, "300 is over 255", ""},
		{"bgp:max=70000", 8, "70000 is over 65535", ""},
		{"netbios-ssn:max=200000", 16, "200000 is over 131071", ""},
		{"bgp:min=5000", 8, "over the maximum 4096", ""},
		{"u32be:max=4kib", 10, "write 4KiB", ""},
		{"u32be:max=4kb", 10, "write 4096", ""},
		{"u32be:size=4", 6, "part of the name", ""},
		{"u32be:offset=2,endian=be", 15, "part of the name", ""},
		{"kafka:size=4", 6, `no key "size"`, ""},
		{"kafka:signed,signed", 13, "given twice", ""},
		{"kafka:signed=1", 13, "takes no value", ""},
		{"u32be:offset=one,counts=frmae", 13, "not a number", ""},
		{`delim`, 5, "needs the delimiter", ""},
		{`delim:\q`, 6, "no escape `\\q`:", ""},
		{`delim:\é`, 6, "no escape `\\é`:", ""},
		{"delim:\\\n", 6, `no escape "\\\n":`, ""},
		{`delim:\x4`, 6, `two hex digits`, ""},
		{`delim:\`, 6, `a backslash must be followed`, ""},
		{`delim:ab,esc=a`, 13, `must not be part`, ""},
		{`delim:|,esc=ab`, 12, "expected one byte", ""},
		{`lines:esc=xy`, 10, "expected one byte", ""},
		{`mllp:esc=x`, 9, "do not go together", ""},
		{"fixed", 5, "needs the size", ""},
		{"fixed:4,magic=abcde", 14, "longer than the frame", ""},
		{"fixed:0", 6, "at least 1 byte", ""},
		{"fixed:x", 6, "is not a size", ""},
		{"any", 3, "needs the bytes", ""},
		{"any:ab", 4, "each argument must be one byte", ""},
		{"hdlc:accm=12", 10, "8 hex digits", ""},
		{"hdlc:fcs=8", 9, "fcs is one of", ""},
		{"lines:x", 6, "lines has no key \"x\"; it has esc magic crc", ""},
		{"slip:crc=crc23", 9, "crc is one of", "crc32"},
		{"u8:offset=0b11", 10, "not a number", ""},
		{"u8:offset=--1", 10, "not a number", ""},
		{"fixed:0o17", 6, "is not a size", ""},
		{"ssh:banner=no", 11, "banner is on or off", "off"},
		{"ssh:banner=False", 11, "banner is on or off", "off"},
		{"ssh:banner=1", 11, "banner is on or off", "on"},
		{"json-seq:json=of", 14, "json is on or off", "off"},
		{"json-seq:json=no", 14, "json is on or off", "off"},
		{"json-seq:json=yes", 14, "json is on or off", "on"},
		{"u32be:mask=0x7fffffff,prefix=0x80,signed", 29, "the prefix makes the signed length negative", ""},
		{"http2:max=16MiB", 10, "16777216 is over 16777215", ""},
		{"varint:max=11", 11, "expected 1 to 10", ""},
	}
	for _, r := range rows {
		_, err := Parse(r.spec)
		e, ok := err.(*SpecError)
		if !ok {
			t.Errorf("Parse(%q) = %v, want a SpecError", r.spec, err)
			continue
		}
		if e.Pos != r.pos || !strings.Contains(e.Detail, r.text) || r.word != "" && !slices.Contains(e.Words, r.word) || e.Spec != r.spec {
			t.Errorf("Parse(%q): at %d %q, words %q; want at %d %q, with %q", r.spec, e.Pos, e.Detail, e.Words, r.pos, r.text, r.word)
		}
	}
}
