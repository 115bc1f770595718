package framing

import (
	"strings"
	"testing"
)

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
	for bad, want := range map[string]string{"mix:": "an argument is missing", "mix:slip": "two framings", "mix:slip,nope": `there is no framing "nope"`} {
		if _, err := Parse(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
