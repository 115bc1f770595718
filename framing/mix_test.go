package framing

import (
	"strings"
	"testing"
)

// A spec, a stream, and where its frames are: offset+size=payload, with the fields of each.
func TestMix(t *testing.T) {
	sum := func(p string) string {
		b, _ := mustParse(t, `u8:offset=1,magic=0xaa,crc=crc8`).Append(nil, Marks{}, []byte(p))
		return string(b)
	}
	const spec = `mix:u8:offset=1\,magic=0xaa\,crc=crc8,netstring`
	for _, row := range []struct{ stream, want string }{
		{sum("ab") + "3:cde," + sum("f"), "0+5=ab 5+6=cde 11+4=f"},
		{"log line\n" + sum("ab") + "boot 3:x\n3:cde,", "9+5=ab 23+6=cde"},
		{"\xaa\x02abX" + sum("c"), "5+4=c"}, // a wrong checksum is fill
		{"\xaa\xf0" + "3:cde,", "2+6=cde"},  // a length that is only noise, up to the end
		{"3:cdeX3:cde,", "6+6=cde"},
	} {
		if got := messages(t, spec, row.stream, 0); got != row.want {
			t.Errorf("%q:\n%s\nwant\n%s", row.stream, got, row.want)
		}
	}
}

// The frames of a receiver with a log between them, and the framing that each is of.
func TestMixFields(t *testing.T) {
	const stream = "boot $1\n\xb5\x62\x0a\x04\x00\x00\x0e\x34$GPGLL,1*4D\r\nerror: no fix\n\xd3\x00\x03\x3e\xd0\x00\x7a\x79\xfe\xd3\x00"
	for _, row := range []struct{ spec, stream, want string }{
		{"mix:ubx,nmea:strict,rtcm3", stream, "8 framing=ubx ubx.class=MON ubx.message=4\n16 framing=nmea nmea.talker=GP nmea.type=GLL\n43 framing=rtcm3 rtcm3.reserved=0\n"},
		{"mix:ubx,nmea", "Error! Something bad\nprice is $5 each\n$GPGLL,1*4D\r\n", "38 framing=nmea nmea.talker=GP nmea.type=GLL\n"},
		{`mix:u8:magic=a\,offset=1,u8:magic=b\,offset=1`, "a\x00b\x01x", "0 framing=u8:offset=1,magic=a\n2 framing=u8:offset=1,magic=b\n"},
	} {
		f := mustParse(t, row.spec)
		e := EntryOf(f)
		var got strings.Builder
		for frame, err := range NewReader(strings.NewReader(row.stream), f).Frames() {
			if err != nil {
				t.Fatal(err)
			}
			got.WriteString(decimal(uint64(frame.Offset)))
			for _, x := range e.Describe(nil, f, frame) {
				got.WriteString(" " + x.Name + "=" + x.Text)
			}
			got.WriteByte('\n')
		}
		if got.String() != row.want {
			t.Errorf("%s:\n%s\nwant\n%s", row.spec, &got, row.want)
		}
	}
	values, _ := EntryOf(mustParse(t, "mix:ubx,nmea")).Details().Known(mustParse(t, "mix:ubx,nmea"), "ubx.class")
	if len(values) == 0 || values[0].Name != "NAV" {
		t.Errorf("the values of ubx.class are %v", values)
	}
}

// Each frame is long, and nothing between frames is a frame.
func TestMixRefuses(t *testing.T) {
	for bad, want := range map[string]string{
		"mix:":                    "an argument is missing",
		"mix:ubx":                 "two framings",
		"mix:ubx,nope":            `there is no framing "nope"`,
		"mix:ubx,slip":            "frames of slip have no mark at their start",
		"mix:ubx,lines":           "frames of lines have no mark at their start",
		"mix:ubx,u32be":           "frames of u32be have no mark at their start",
		"mix:ubx,dns":             "frames of dns have no mark at their start",
		"mix:http2,ubx":           "frames of http2 have no mark at their start",
		"mix:modbus,ubx":          "frames of modbus have no mark at their start",
		"mix:ubx,mqtt":            "frames of mqtt have no mark at their start",
		"mix:ubx,websocket:join":  "puts them together",
		"mix:ubx,u16be:magic=0xa": "hex",
	} {
		if _, err := Parse(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for _, row := range []struct{ spec, payload, text string }{
		{"mix:nmea,rtcm3", strings.Repeat("x", 3000), "too long"},
		{"mix:nmea,rtcm3", "\x00", ""},
		{"mix:nmea,ubx", strings.Repeat("x", 3000), ""},
	} {
		out, err := mustParse(t, row.spec).Append(nil, Marks{}, []byte(row.payload))
		if row.text == "" && err != nil || row.text != "" && (err == nil || !isPayload(err)) {
			t.Errorf("%s of %d bytes: %.20q, %v", row.spec, len(row.payload), out, err)
		}
	}
}
