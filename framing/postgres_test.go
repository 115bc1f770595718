package framing

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// After a request for encryption, the reply is one byte, which does not wait for the next one.
func TestPostgresReplies(t *testing.T) {
	const ready = "Z\x00\x00\x00\x05I"
	const failed = "E\x00\x00\x00\x05\x00"
	for _, row := range []struct{ sent, replies, want string }{
		{askSSL, "N", "N"},
		{askSSL, "S", "S"},
		{askGSS, "G", "G"},
		{askSSL, "N" + ready, "N " + ready},
		{askGSS + askSSL, "N" + failed, "N " + failed},
		{askSSL, failed, failed},
		{"", ready, ready},
		{"Q\x00\x00\x00\x04", "N\x00\x00\x00\x05x" + ready, "N\x00\x00\x00\x05x " + ready},
	} {
		replies, sending := mustParse(t, "postgres").(*postgres).Replies()
		sending([]byte(row.sent))
		in, out := io.Pipe()
		go out.Write([]byte(row.replies)) // the end of the stream, which would complete a frame, does not come
		r := NewReader(iotest.OneByteReader(in), replies)
		for _, want := range strings.Split(row.want, " ") {
			f, err := r.Next()
			if got := bytes.Join([][]byte{f.Header, f.Body, f.Trailer}, nil); err != nil || string(got) != want {
				t.Errorf("%q after %q: %q, %v, want %q", row.replies, row.sent, got, err, want)
			}
		}
		in.Close()
	}
}
