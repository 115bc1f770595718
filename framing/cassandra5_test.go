package framing

import (
	"strings"
	"testing"
)

func TestCassandra5Frames(t *testing.T) {
	checkScan(t, []scanRow{
		{"cassandra5", "\x05\x00\x02\x19\x99\x9a|hello|\x74\x80\x0e\xb6", ""},
		{"cassandra5", "\x00\x00\x00\x77\xe7\x7d||\xd3\x7e\x77\x44", ""},                    // a part, and empty
		{"cassandra5", "\x5d\x00\x02\xc5\x52\x6e|" + strings.Repeat("x", 93) + "|....", ""}, // DataStax's Java driver 4.18
		{"cassandra5", "\x05\x00\x02\x19\x99", "more"},
		{"cassandra5", "\x05\x00\x02\x19\x99\x9b", "checksum@3"},
		{"cassandra5", "\x04\x00\x02\x19\x99\x9a", "checksum@3"},
	})
	// A wrong payload checksum makes only its own frame malformed.
	wire := "\x05\x00\x02\x19\x99\x9ahellO\x74\x80\x0e\xb6" + "\x05\x00\x02\x19\x99\x9ahello\x74\x80\x0e\xb6"
	o := readNext(NewReader(single([]byte(wire)), cassandra5{}), true)
	if o.frames != 1 || !strings.HasPrefix(o.errs, "checksum 0 0 11 ") {
		t.Errorf("%d frames, %s", o.frames, o.errs)
	}
}

func TestCassandra5Append(t *testing.T) {
	part := Marks{[]byte("\x00\x00\x00\x77\xe7\x7d"), []byte("\xd3\x7e\x77\x44")}
	out, err := cassandra5{}.Append(nil, part, []byte("hello"))
	if err != nil || out[2] != 0 {
		t.Errorf("%q, %v; want no flag, as in the frame to imitate", out, err)
	}
	checkRefused(t, "cassandra5", []refusedRow{
		{Marks{}, 1 << 17, "too long"},
		{Marks{part.Header, nil}, 1, ""},
		{Marks{[]byte("\x00\x00\x00\x77\xe7\x7e"), part.Trailer}, 1, ""},
	})
}
