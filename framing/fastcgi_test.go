package framing

import "testing"

func TestFastCGIRecords(t *testing.T) {
	checkScan(t, []scanRow{
		{"fastcgi", "\x01\x01\x00\x01\x00\x08\x00\x00|\x00\x01\x00\x00\x00\x00\x00\x00", ""},
		{"fastcgi", "\x01\x06\x00\x01\x00\x02\x06\x00|hi|\x00\x00\x00\x00\x00\x00", ""},
		{"fastcgi", "\x01\x05\x00\x01\x00\x00\x00\x00|", ""}, // the end of STDIN
		{"fastcgi", "\x01\x05\x00\x01\x00\x00\x03\x00||xyz", ""},
		{"fastcgi", "\x01\xc8\x00\x00\x00\x01\x00\xff|x", ""}, // an application answers unknown types
		{"fastcgi", "\x01\x06\x00\x01\x00\x02\x06", "more"},
		{"fastcgi", "\x00\x01\x00\x01\x00\x08\x00\x00", "bad-version@0"},
		{"fastcgi", "\x02", "bad-version@0"},
		{"fastcgi", "GET / HTTP/1.0\r\n", "bad-version@0"},
	})
}

// A record is written with the padding of the record to imitate, whatever its length.
func TestFastCGIPadding(t *testing.T) {
	like := Marks{[]byte("\x01\x05\x00\x07\x00\x02\x03\x00"), []byte("abc")}
	out, err := mustParse(t, "fastcgi").Append(nil, like, []byte("hello"))
	if want := "\x01\x05\x00\x07\x00\x05\x03\x00helloabc"; string(out) != want || err != nil {
		t.Errorf("%q, %v; want %q", out, err, want)
	}
	checkRefused(t, "fastcgi", []refusedRow{
		{Marks{}, 1 << 16, "too long"},
		{Marks{[]byte(fcgiHeader), []byte("x")}, 1, ""},
		{Marks{[]byte("\x01\x05\x00\x07\x00\x02\x03\x00"), nil}, 1, ""},
		{Marks{[]byte("\x02\x05\x00\x07\x00\x02\x00\x00"), nil}, 1, ""},
		{Marks{[]byte(fcgiHeader + "x"), nil}, 1, ""},
	})
}

func TestFastCGIDescribe(t *testing.T) {
	checkDescribe(t, "fastcgi", []describeRow{
		{"\x01\x06\x00\x02\x00\x02\x06\x00", "hi", "version=1 type=STDOUT request=2 padding=6"},
		{"\x01\x0b\x00\x00\x00\x08\x00\x00", "", "version=1 type=UNKNOWN_TYPE request=0 padding=0"},
	})
}
