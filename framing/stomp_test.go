package framing

import (
	"errors"
	"strings"
	"testing"
)

func TestStomp(t *testing.T) {
	long := strings.Repeat("x", maxHeader)
	checkText(t, []textRow{
		{"stomp", "SEND\n\nhi\x00", "hi| clean"},
		{"stomp", "SEND\r\na:b\r\n\r\nhi\x00\r\n\nSEND\n\n\x00", "hi| | clean"},
		{"stomp", "SEND\ncontent-length:4\n\n\x00\n\x00\n\x00", "\x00\n\x00\n| clean"},
		{"stomp", "SEND\ncontent-length:2\ncontent-length:9\n\nhi\x00", "hi| clean"},
		{"stomp", "SEND\ncontent-length:2\ncontent-length:x\n\nhi\x00", "hi| clean"},
		{"stomp", "SEND\ncontent-length: 2 \r\n\r\nhi\x00", "hi| clean"},
		{"stomp", "SEND\nContent-Length:9\n\nhi\x00", "hi| clean"}, // names are case-sensitive
		{"stomp", "SEND\ncontent-length:0\n\n\x00", "| clean"},
		{"stomp", "SEND\na:b:c\nd:\n\nhi\x00", "hi| clean"}, // versions 1.0 and 1.1
		{"stomp", "NEWS\n\nhi\x00", "hi| clean"},
		{"stomp", "\n\r\n\n", "clean"},
		{"stomp", "\n\r", "partial"},
		{"stomp", "SEND\n\nhi", "partial"},
		{"stomp", "SEND\r", "partial"},
		{"stomp", "SEND\ncontent-length:2\n\nhi", "partial"},
		{"stomp", "SEND\ncontent-length:2\n\nh\x00", "partial"},

		{"stomp", "SEND\n\nhi\x00\nsend\n", "hi| bad-header 10"},
		{"stomp", "\x00", "bad-header 0"},
		{"stomp", "SEND x\n", "bad-header 0"},
		{"stomp", "SE\rND\n", "bad-header 0"},
		{"stomp", "\rSEND\n", "bad-header 0"},
		{"stomp", "SEND\n:b\n\n\x00", "bad-header 5"},
		{"stomp", "SEND\na:b\nc\r\n\n\x00", "bad-header 9"},
		{"stomp", "SEND\na:b\x00SEND\n\n\x00", "bad-header 5"}, // no empty line
		{"stomp", "SEND\ncontent-length:x\n", "bad-length 20"},
		{"stomp", "SEND\ncontent-length: -1\n", "bad-length 21"},
		{"stomp", "SEND\ncontent-length:\n", "bad-length 20"},
		{"stomp", "SEND\ncontent-length:5x\n", "bad-length 20"},
		{"stomp", "SEND\ncontent-length:9223372036854775807\n", "length-too-large 20"},
		{"stomp", "SEND\ncontent-length:1\n\nhi\x00", "bad-trailer 24"},
		{"stomp", "SEND\na:" + long[:maxHeader-9] + "\n\nhi\x00", "hi| clean"},
		{"stomp", "SEND\na:" + long[:maxHeader-8] + "\n\nhi\x00", "header-too-large 0"},
		{"stomp", "\nSEND\na:" + long + "\x00", "header-too-large 1"},
		{"stomp", strings.Repeat("A", maxHeader+1), "header-too-large 0"},
	})
}

// A decoded header is imitated. Its length is written anew, and a length is added only if
// the body would end too early without one.
func TestStompMarks(t *testing.T) {
	for _, row := range []struct {
		header, payload, want string
		err                   error
	}{
		{"SEND\na:b\n\n", "hi", "SEND\na:b\n\nhi\x00", nil},
		{"SEND\na:b\n\n", "h\x00i", "SEND\na:b\ncontent-length:3\n\nh\x00i\x00", nil},
		{"SEND\r\n\r\n", "\x00", "SEND\r\ncontent-length:1\r\n\r\n\x00\x00", nil},
		{"MESSAGE\ncontent-length: 07 \r\na:b\ncontent-length:9\n\n", "hi", "MESSAGE\ncontent-length: 2 \r\na:b\ncontent-length:9\n\nhi\x00", nil},
		{"SEND\n", "hi", "", ErrMarks},
		{"\nSEND\n\n", "hi", "", ErrMarks},
		{"SEND\n\nhi", "hi", "", ErrMarks},
		{"SEND\na:" + strings.Repeat("x", maxHeader-9) + "\n\n", "hi\x00", "", ErrMarks},
	} {
		out, err := stomp{}.Append(nil, Marks{[]byte(row.header), []byte{0}}, []byte(row.payload))
		if string(out) != row.want || !errors.Is(err, row.err) {
			t.Errorf("%q with %.40q: %q, %v; want %q, %v", row.payload, row.header, out, err, row.want, row.err)
		}
	}
}
