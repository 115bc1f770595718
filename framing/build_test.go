package framing

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"strings"
	"testing"
)

// A rule built from values equals that of a spec, and String returns that spec.
func TestBuilt(t *testing.T) {
	for _, r := range []struct {
		rule interface{ Framing() (Framing, error) }
		spec string
	}{
		{Length{}, "u32be"},
		{Length{Size: 1}, "u8"},
		{Length{Size: 2, Order: binary.LittleEndian}, "u16le"},
		{Length{Size: 2, Order: binary.BigEndian}, "u16be"},
		{Length{Size: 5}, "length:size=5"},
		{Length{Size: 6, Order: binary.LittleEndian, Min: 1, Max: 64 << 10}, "length:size=6,endian=le,min=1,max=65536"},
		{Length{Offset: 2, Size: 2, Adjust: -4}, "u16be:offset=2,counts=frame"},
		{Length{Offset: 1, Header: 9, Adjust: 4}, "u32be:offset=1,adjust=4,header=9"},
		{Length{Size: 2, Unit: 4, Adjust: -2, Header: 4}, "u16be:counts=frame,unit=4,header=4"},
		{Length{Mask: 0x7fffffff, Prefix: "\x80"}, `u32be:mask=0x7fffffff,prefix=0x80000000`},
		{Length{Signed: true}, "u32be:signed"},
		{Length{Size: 1, Offset: 1, Magic: "M,", MagicAt: 2, Header: 4, Trailer: "\r\n"}, `u8:offset=1,header=4,magic=M\,,magic-at=2,trailer=\r\n`},
		{Length{Size: 3, Digits: "ascii", Adjust: -3}, "ascii:size=3,counts=frame"},
		{Length{Size: 2, Digits: "bcd"}, "bcd:size=2"},
		{Length{Size: 2, Order: binary.LittleEndian, Checksum: "crc16-modbus"}, "u16le:crc=crc16-modbus"},
		{Length{Size: 2, Offset: 1, Magic: "\xaa", Adjust: -2, Checksum: "x25", ChecksumHeader: -1, ChecksumApart: true}, "u16be:offset=1,counts=itself,magic=0xaa,crc=crc16-x25,crc-from=0,crc-counted=no"},
		{Length{Checksum: "crc8", ChecksumHeader: 1}, "u32be:crc=crc8,crc-from=3"},
		{Delimiter{}, "lines"},
		{Delimiter{Mark: "\r\n"}, "crlf"},
		{Delimiter{Mark: "END", Escape: "%"}, "delim:END,esc=%"},
		{Delimiter{Mark: ";", Magic: ">"}, "delim:;,magic=>"},
		{Delimiter{Checksum: "xor8"}, `delim:\n,crc=xor8`},
	} {
		f, err := r.rule.Framing()
		if err != nil {
			t.Errorf("%+v: %v", r.rule, err)
			continue
		}
		if parsed := mustParse(t, r.spec); f.String() != r.spec || !reflect.DeepEqual(plainSum(f), plainSum(parsed)) {
			t.Errorf("%+v is %s\n%+v\nwant %s\n%+v", r.rule, f, f, r.spec, parsed)
		}
	}
}

// plainSum is f without the functions of its checksum, as functions can't be compared.
func plainSum(f Framing) any {
	if s, ok := f.(*summed); ok {
		return []any{s.Framing, s.sum.name, s.sum.size, s.sum.little, s.from, s.apart, s.header, s.trailer}
	}
	return f
}

// Values that contradict each other, or are out of range, are refused with the reason.
func TestBuiltRefused(t *testing.T) {
	for _, r := range []struct {
		rule interface{ Framing() (Framing, error) }
		text string
	}{
		{Length{Size: 9}, "Size is 9, expected 0 to 8"},
		{Length{Offset: -1}, "Offset is -1"},
		{Length{Offset: 1 << 20}, "Offset is 1048576"},
		{Length{Adjust: 1 << 40}, "Adjust is"},
		{Length{Digits: "hex"}, `Digits is "hex"`},
		{Length{Digits: "bcd", Signed: true}, "Order, Mask and Signed"},
		{Length{Header: 2}, "no room for the length field"},
		{Length{Magic: "ABCDE"}, "after the end of the header"},
		{Length{Mask: 1 << 40}, "selects no bit of the length field of 4 bytes"},
		{Length{Mask: 0x1ffffffff}, "the mask's bits 0x100000000"},
		{Length{Size: 1, Max: 300}, "300 is over 255"},
		{Length{Min: 2, Max: 1}, "min=2 is over the maximum 1"},
		{Length{Checksum: "md5"}, `no checksum "md5"`},
		{Length{Checksum: "crc8", ChecksumHeader: 5}, "ChecksumHeader is 5, expected -1 to 4"},
		{Delimiter{Escape: "ab"}, "one byte"},
		{Delimiter{Escape: "\n"}, "must not be part of the delimiter"},
		{Delimiter{Escape: "e", Magic: "m"}, "do not go together"},
		{Delimiter{OpenEnd: true, Magic: "m"}, "OpenEnd does not go with"},
	} {
		if f, err := r.rule.Framing(); f != nil || err == nil || !strings.Contains(err.Error(), r.text) || !strings.HasPrefix(err.Error(), "framing.") {
			t.Errorf("%+v: %v, %v; want %q", r.rule, f, err, r.text)
		}
	}
}

// With OpenEnd, the bytes after the last mark are a payload.
func TestOpenEnd(t *testing.T) {
	for wire, want := range map[string]string{"a\nb": "a|b", "a\nb\n": "a|b", "": "", "\n": "", "a": "a"} {
		f, err := Delimiter{OpenEnd: true}.Framing()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for frame, err := range NewReader(strings.NewReader(wire), f).Frames() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(frame.Payload))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: %q, want %s", wire, got, want)
		}
	}
}

// A range over Frames ends at the end of the stream, after an error, or when the loop
// breaks. After Recover it goes on.
func TestFrames(t *testing.T) {
	f := mustParse(t, "slip")
	wire := []byte("one\xc0tw\xdbo\xc0three\xc0four")
	for _, r := range []struct {
		recover bool
		want    string
	}{{false, "one bad-escape"}, {true, "one bad-escape three truncated"}} {
		rd := NewReader(bytes.NewReader(wire), f)
		var got []string
		for frame, err := range rd.Frames() {
			if e, ok := err.(*Error); ok {
				got = append(got, string(e.Fault))
				if r.recover {
					rd.Recover()
				}
				continue
			}
			got = append(got, string(frame.Payload))
		}
		if strings.Join(got, " ") != r.want {
			t.Errorf("recover %v: %s, want %s", r.recover, got, r.want)
		}
	}
	rd := NewReader(bytes.NewReader(wire), f)
	for range rd.Frames() {
		break
	}
	if rd.Index() != 1 {
		t.Errorf("a loop that ended read %d frames", rd.Index())
	}
}

// A wrapper keeps the entry and the fields of the framing it wraps, and nothing else.
type wrapper struct{ Framing }

func (w wrapper) String() string  { return "mine" }
func (w wrapper) Unwrap() Framing { return w.Framing }

func TestEntryOf(t *testing.T) {
	for spec, want := range map[string]string{"u16be:offset=2": "u16be", "coyote": "", "resp": "resp", "u8:crc=xor8": "u8", `delim:\n,crc=xor8`: "delim"} {
		f, err := Parse(spec)
		if err != nil {
			f = nil
		}
		for _, f := range []Framing{f, wrapper{f}, wrapper{wrapper{f}}} {
			if e := EntryOf(f); e == nil && want != "" || e != nil && e.Name != want {
				t.Errorf("%s: %+v, want %q", spec, e, want)
			}
		}
	}
	f := wrapper{mustParse(t, "resp")}
	if got := EntryOf(f).Describe(nil, f, Frame{Body: []byte("+OK\r\n")}); len(got) != 1 || got[0].Text != "simple string" {
		t.Errorf("%+v", got)
	}
}

// FirstIndex and FirstOffset count on from what was read before: in frames and in errors.
func TestFirst(t *testing.T) {
	r := NewReader(strings.NewReader("\x02hi\x03yo"), mustParse(t, "u8"))
	r.FirstIndex, r.FirstOffset = 10, 1000
	f, err := r.Next()
	if err != nil || f.Index != 10 || f.Offset != 1000 || r.Index() != 11 || r.Offset() != 1003 {
		t.Errorf("%+v, %v; then %d at %d", f, err, r.Index(), r.Offset())
	}
	_, err = r.Next()
	if e, ok := err.(*Error); !ok || e.Frame != 11 || e.Start != 1003 || e.Offset != 1006 {
		t.Errorf("%v", err)
	}
}

// A Reader without Max refuses more than 16 MiB; one whose Max is -1 refuses nothing.
func TestDefaultLimit(t *testing.T) {
	f := mustParse(t, "u32be")
	_, err := NewReader(strings.NewReader("\x01\x00\x00\x01x"), f).Next()
	e, ok := err.(*Error)
	if !ok || e.Err != ErrTooLong || e.Size != 16<<20+1 || e.Limit != 16<<20 || e.Detail != "length 16777217 is over the limit 16777216" {
		t.Errorf("%+v", err)
	}
	r := NewReader(strings.NewReader("\x01\x00\x00\x01x"), f)
	r.Max = -1
	if _, err = r.Next(); !isFault(err, Truncated, 5) {
		t.Errorf("without a limit: %v", err)
	}
	r = NewReader(strings.NewReader("aaaaaa\n"), mustParse(t, "lines"))
	r.Max = 5
	_, err = r.Next()
	if e, ok = err.(*Error); !ok || e.Fault != FrameTooLarge || e.Size < 6 || e.Limit != 5 {
		t.Errorf("%+v", err)
	}
}
