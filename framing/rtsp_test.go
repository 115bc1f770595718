package framing

import (
	"strings"
	"testing"
)

func TestRTSPMessages(t *testing.T) {
	checkScan(t, []scanRow{
		{"rtsp", "$\x01\x00\x04|\x80\xc8\x00\x01", ""},
		{"rtsp", "$\x00\x00\x00|", ""},
		{"rtsp", "OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n|", ""},
		{"rtsp", "OPTIONS * RTSP/2.0\r\n\r\n|", ""},
		{"rtsp", "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 5\r\n\r\n|hello", ""},
		{"rtsp", "RTSP/1.0 200 OK\r\ncontent-length:5 \r\n\r\n|hello", ""},
		{"rtsp", "RTSP/1.0 200\r\nContent-Length: 2\r\nContent-Length: 02\r\n\r\n|hi", ""},
		{"rtsp", "RTSP/1.0 200 OK\nContent-Length: 2\n\n|hi", ""},                                          // LF alone
		{"rtsp", "RTSP/1.0 304 Not Modified\r\nContent-Length: 5\r\n\r\n|", ""},                            // never a body
		{"rtsp", "RTSP/1.0 200 OK\r\nTransport: RTP/AVP;\r\n unicast\r\nContent-Length: 2\r\n\r\n|hi", ""}, // a folded line
		{"rtsp", "\r\n\r\nOPTIONS * RTSP/1.0\r\n\r\n", "4~22|0|0"},
		{"rtsp", "\n$\x00\x00\x02hi", "1~4|2|0"},
		{"rtsp", "", "more"},
		{"rtsp", "\r", "more"},
		{"rtsp", "\r\n\r", "more"},
		{"rtsp", "$\x01\x00", "more"},
		{"rtsp", "OPTIONS", "more"},
		{"rtsp", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r", "more"},
	})
}

func TestRTSPMalformed(t *testing.T) {
	checkScan(t, []scanRow{
		{"rtsp", "\x80\xc8\x00\x01", "bad-header@0"},
		{"rtsp", "GET / HTTP/1.1\r\n", "bad-header@0"},
		{"rtsp", "OPTIONS\r\n", "bad-header@0"},
		{"rtsp", " * RTSP/1.0\r\n", "bad-header@0"},
		{"rtsp", "RTSP/1.0 OK\r\n", "bad-header@0"},
		{"rtsp", "\rOPTIONS * RTSP/1.0\r\n", "bad-header@0"},
		{"rtsp", "OPTIONS * RTSP/1.0\r\nCSeq\r\n", "bad-header@20"},
		{"rtsp", "OPTIONS * RTSP/1.0\r\n: 1\r\n", "bad-header@20"},
		{"rtsp", "OPTIONS * RTSP/1.0\r\n CSeq: 1\r\n", "bad-header@20"},
		{"rtsp", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: -5\r\n", "bad-length@45"},
		{"rtsp", "OPTIONS * RTSP/1.0\r\nContent-Length:\r\n", "bad-length@35"},
		{"rtsp", "OPTIONS * RTSP/1.0\r\nContent-Length: 99999999999999999999\r\n", "length-too-large@36"},
		{"rtsp", "OPTIONS * RTSP/1.0\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "duplicate-length@55"},
		{"rtsp", "OPTIONS * RTSP/1.0\r\nA: " + strings.Repeat("x", maxHeader), "header-too-large@0"},
		{"rtsp", "OPTIONS * RTSP/1.0\r\nA: " + strings.Repeat("x", maxHeader) + "\r\n: 1\r\n", "header-too-large@0"},
	})
}

// A header is imitated line by line; only the length in it is written anew.
func TestRTSPAppend(t *testing.T) {
	for _, r := range []struct{ like, payload, want string }{
		{"", "hi", "$\x00\x00\x02"},
		{"$\x07\x00\x09", "hi", "$\x07\x00\x02"},
		{"OPTIONS * RTSP/1.0\r\n\r\n", "", "OPTIONS * RTSP/1.0\r\n\r\n"},
		{"OPTIONS * RTSP/1.0\r\n\r\n", "hi", "OPTIONS * RTSP/1.0\r\nContent-Length: 2\r\n\r\n"},
		{"RTSP/1.0 200 OK\ncontent-length:  05 \nCSeq: 1\n\n", "hello", "RTSP/1.0 200 OK\ncontent-length:  05 \nCSeq: 1\n\n"},
		{"RTSP/1.0 200 OK\ncontent-length:  05 \nCSeq: 1\n\n", "hi", "RTSP/1.0 200 OK\ncontent-length:  2\nCSeq: 1\n\n"},
		{"RTSP/1.0 304 OK\r\nContent-Length: 5\r\n\r\n", "", "RTSP/1.0 304 OK\r\nContent-Length: 5\r\n\r\n"},
	} {
		out, err := rtsp{}.Append(nil, Marks{Header: []byte(r.like)}, []byte(r.payload))
		if err != nil || string(out) != r.want+r.payload {
			t.Errorf("like %q: %q, %v; want %q and the payload", r.like, out, err, r.want)
		}
	}
	checkRefused(t, "rtsp", []refusedRow{
		{Marks{}, 1 << 16, "too long"},
		{Marks{Header: []byte("$\x00\x00\x00")}, 1 << 16, "too long"},
		{Marks{Header: []byte("RTSP/1.0 304 OK\r\n\r\n")}, 1, ""},
		{Marks{Header: []byte("\r\nOPTIONS * RTSP/1.0\r\n\r\n")}, 0, ""},
		{Marks{Header: []byte("OPTIONS * RTSP/1.0\r\n")}, 0, ""},
	})
}

func TestRTSPDescribe(t *testing.T) {
	checkDescribe(t, "rtsp", []describeRow{
		{"$\x03\x00\x02", "hi", "channel=3"},
		{"OPTIONS rtsp://h/ RTSP/1.0\r\n\r\n", "", "method=OPTIONS uri=rtsp://h/"},
		{"RTSP/1.0 404 Not Found\r\n\r\n", "", "status=404 Not Found"},
		{"RTSP/1.0 200 \x1b[2J\r\n\r\n", "", `status="200 \x1b[2J"`},
	})
}
