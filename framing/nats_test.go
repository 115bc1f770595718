package framing

import (
	"errors"
	"strings"
	"testing"
)

func TestNats(t *testing.T) {
	long := strings.Repeat("x", maxHeader)
	checkText(t, []textRow{
		{"nats", "pub foo 2\r\nhi\r\nPing\r\n+ok\r\n", "hi| Ping| +ok| clean"},
		{"nats", "PUB\tfoo \t re  2 \r\nhi\r\n", "hi| clean"},
		{"nats", "MSG foo 9 re 2\r\nhi\r\nMSG foo 9 0\r\n\r\n", "hi| | clean"},
		{"nats", "HMSG foo 9 re 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "NATS/1.0  hi| clean"},
		{"nats", "HPUB foo 12 12\r\nNATS/1.0\r\n\r\n\r\n", "NATS/1.0  | clean"},
		{"nats", "PUB foo 005\r\nPING\n\r\n", "PING\n| clean"},
		{"nats", "-ERR\r\nSUB foo q 1\r\nUNSUB 1\r\nCONNECT {}\r\n", "-ERR| SUB foo q 1| UNSUB 1| CONNECT {}| clean"},
		{"nats", "PING\r", "partial"},
		{"nats", "PUB foo 5\r\nhello\r", "partial"},
		{"nats", "CONN", "partial"},

		{"nats", "PING\r\nPIG\r\n", "PING| bad-type 6"},
		{"nats", "\r\n", "bad-type 0"},
		{"nats", " PING\r\n", "bad-type 0"},
		{"nats", "PINGS\r\n", "bad-type 0"},
		{"nats", "CONNECTED {}\r\n", "bad-type 0"},
		{"nats", "RMSG $G foo 2\r\nhi\r\n", "bad-type 0"}, // between servers
		{"nats", "\x00\x00\x00\x05hello", "bad-type 0"},
		{"nats", "PING\nPONG\r\n", "bad-trailer 4"},
		{"nats", "PUB foo 2\nhi\r\n", "bad-trailer 9"},
		{"nats", "PUB foo 2\r\nhi\n", "bad-trailer 13"},
		{"nats", "PUB foo 2\r\nhi\rx", "bad-trailer 14"},
		{"nats", "PUB foo 2\r\nhello\r\n", "bad-trailer 13"},
		{"nats", "PUB foo 2x\r\nhi\r\n", "bad-length 9"},
		{"nats", "PUB foo -2\r\nhi\r\n", "bad-length 8"},
		{"nats", "HPUB foo a 2\r\nhi\r\n", "bad-length 9"},
		{"nats", "HPUB foo 1 b\r\nhi\r\n", "bad-length 11"},
		{"nats", "HPUB foo 3 2\r\nhi\r\n", "length-invalid 9"},
		{"nats", "PUB foo 9999999999999999999\r\n", "length-too-large 8"},
		{"nats", "PUB\r\n", "missing-length 0"},
		{"nats", "PUB 2\r\nhi\r\n", "missing-length 0"},
		{"nats", "MSG foo 2\r\nhi\r\n", "missing-length 0"},
		{"nats", "PUB foo re re 2\r\nhi\r\n", "bad-header 0"},
		{"nats", "HMSG a b c d e f g h i 2\r\nhi\r\n", "bad-header 0"},
		{"nats", "INFO " + long[:maxHeader-7] + "\r\n", "INFO " + long[:55] + "| clean"},
		{"nats", "INFO " + long[:maxHeader-6] + "\r\n", "header-too-large 0"},
		{"nats", "PUB foo " + long, "header-too-large 0"},
	})
}

// The header of a decoded message is imitated with the new size. It is refused if no
// message can have it.
func TestNatsMarks(t *testing.T) {
	line, hi := Marks{Trailer: []byte("\r\n")}, []byte("hi")
	for _, row := range []struct {
		header, payload, want string
		err                   error
	}{
		{"msg foo 9 re 007 \r\n", "hi", "msg foo 9 re 2 \r\nhi\r\n", nil},
		{"PUB foo 7\r\n", "PING", "PUB foo 4\r\nPING\r\n", nil},
		{"HPUB foo 2 7\r\n", "hi", "HPUB foo 2 2\r\nhi\r\n", nil},
		{"HPUB foo 3 7\r\n", "hi", "", ErrPayload},
		{"PING\r\n", "hi", "", ErrMarks},
		{"PUB foo 7", "hi", "", ErrMarks},
	} {
		m := Marks{[]byte(row.header), []byte("\r\n")}
		out, err := nats{}.Append(nil, m, []byte(row.payload))
		if string(out) != row.want || !errors.Is(err, row.err) {
			t.Errorf("%q with %q: %q, %v; want %q, %v", row.payload, row.header, out, err, row.want, row.err)
		}
	}
	if out, err := (nats{}).Append(nil, line, hi); !errors.Is(err, ErrPayload) || out != nil {
		t.Errorf("a message with the trailer of a line: %q, %v", out, err)
	}
}

func TestNatsDescribe(t *testing.T) {
	f := mustParse(t, "nats")
	for _, row := range []struct{ header, body, want string }{
		{"", "ping", "op PING"},
		{"", "-ERR 'x'", "op -ERR"},
		{"msg foo 9 2\r\n", "hi", "op MSG subject foo"},
	} {
		got := ""
		for _, field := range f.(Describer).Describe(nil, []byte(row.header), []byte(row.body)) {
			got += " " + field.Name + " " + field.Text
		}
		if got != " "+row.want {
			t.Errorf("%q %q is%s, want %s", row.header, row.body, got, row.want)
		}
	}
}
