package framing

import (
	"fmt"
	"testing"
)

// The length of a frame is found, and other values are written as the framing writes them.
func TestLengthField(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ spec, payload, want string }{
		{"u32be", "abc", `0+4=3 of 4294967295 of 4294967295: "\x00\x00\x01\x02", negative "\x80\x00\x00\x00", long ""`},
		{"u16le:offset=1,signed", "abc", `1+2=3 of 32767 of 32767: "\x02\x01", negative "\xff\xff", long ""`},
		{"u32le:counts=frame,max=4096", "abc", `0+4=7 of 4096 of 4294967295: "\x02\x01\x00\x00", negative "\x00\x00\x00\x80", long ""`},
		{"sunrpc", "abc", `0+4=3 of 2147483647 of 2147483647: "\x80\x00\x01\x02", negative "", long ""`},
		{"u8:crc=crc32", "abc", `0+1=7 of 255 of 255: "\x02", negative "\x80", long ""`},
		{"ascii", "abc", `0+4=3 of 9999 of 9999: "0258", negative "-001", long ""`},
		{"bcd", "abc", `0+4=3 of 99999999 of 99999999: "\x00\x00\x02X", negative "", long ""`},
		{"varint:max=5", "abc", `0+1=3 of 34359738367 of 34359738367: "\x82\x02", negative "\x80\x80\x80\x80\b", long "\x83\x00"`},
		{"protobuf", "abc", `0+1=3 of 18446744073709551615 of 18446744073709551615: "\x82\x02", negative "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", long "\x83\x00"`},
		{"mqtt", "abc", `1+1=3 of 268435455 of 268435455: "\x82\x02", negative "", long "\x83\x00"`},
		{"netstring", "abc", `0+1=3 of 18446744073709551615 of 18446744073709551615: "258", negative "-1", long "0003"`},
		{"lsp", "abc", `16+1=3 of 18446744073709551615 of 18446744073709551615: "258", negative "-1", long "0003"`},
		{"chunked", "0123456789ab", `0+1=12 of 18446744073709551615 of 18446744073709551615: "102", negative "-1", long "000c"`},
		{"amqp", "abc", `3+4=3 of 4294967295 of 4294967295: "\x00\x00\x01\x02", negative "\x80\x00\x00\x00", long ""`},
		{"http2", "abc", `0+3=3 of 16777215 of 16777215: "\x00\x01\x02", negative "\x80\x00\x00", long ""`},
		{"mysql", "abc", `0+3=3 of 16777215 of 16777215: "\x02\x01\x00", negative "\x00\x00\x80", long ""`},
		{"postgres", "abc", `1+4=7 of 4294967295 of 4294967295: "\x00\x00\x01\x02", negative "\x80\x00\x00\x00", long ""`},
		{"tfrecord", "abc", `0+8=3 of 18446744073709551615 of 18446744073709551615: "\x02\x01\x00\x00\x00\x00\x00\x00", negative "\x00\x00\x00\x00\x00\x00\x00\x80", long ""`},
		{"fix", "35=0\x01", `12+1=5 of 18446744073709551615 of 18446744073709551615: "258", negative "-1", long "0005"`},
		{"websocket", "abc", `1+1=3 of 9223372036854775807 of 9223372036854775807: "~\x01\x02", negative "\x7f\x80\x00\x00\x00\x00\x00\x00\x00", long "~\x00\x03"`},
		{"websocket:role=client", "abc", `1+1=3 of 9223372036854775807 of 9223372036854775807: "\xfe\x01\x02", negative "\xff\x80\x00\x00\x00\x00\x00\x00\x00", long "\xfe\x00\x03"`},
		{"zmtp", "abc", `0+2=3 of 18446744073709551615 of 18446744073709551615: "\x02\x00\x00\x00\x00\x00\x00\x01\x02", negative "\x02\x80\x00\x00\x00\x00\x00\x00\x00", long "\x02\x00\x00\x00\x00\x00\x00\x00\x03"`},
		{"ldap", "abc", `1+1=3 of 9223372036854775807 of 9223372036854775807: "\x82\x01\x02", negative "\x84\xff\xff\xff\xff", long "\x81\x03"`},
		{"x11", "four", `2+2=2 of 65535 of 65535: "\x02\x01", negative "\x00\x80", long ""`},
		{"dbus", "abc", `4+4=3 of 134217712 of 4294967295: "\x02\x01\x00\x00", negative "\x00\x00\x00\x80", long ""`},
		{"ssh", "abc", `0+4=12 of 262144 of 4294967295: "\x00\x00\x01\x02", negative "\x80\x00\x00\x00", long ""`},
		{"resp", "*1\r\n$3\r\nabc\r\n", `5+1=3 of 18446744073709551615 of 18446744073709551615: "258", negative "-1", long "0003"`},
		{"resp", "+abc\r\n", "none"},
		{"lines", "abc", "none"},
		{"fixed:3", "abc", "none"},
		{"slip", "abc", "none"},
		{"rtsp", "abc", "none"},
	} {
		f := mustParse(t, row.spec)
		frame, err := f.Append(nil, Marks{}, []byte(row.payload))
		if err != nil {
			t.Fatal(row.spec, err)
		}
		got := "none"
		if l, ok := EntryOf(f).Details().LengthField(f, frame); ok {
			got = fmt.Sprintf("%d+%d=%d of %d of %d: %q, negative %q, long %q", l.At, l.Size, l.Value, l.Max, l.Full, l.Put(258), l.Negative, l.Long)
		}
		if got != row.want {
			t.Errorf("%s: %s\nwant %s", row.spec, got, row.want)
		}
	}
}
