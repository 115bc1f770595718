package framing

import (
	"io"
	"strings"
	"testing"
)

// A head is written as it was; only the length in it changes, or the chunks after it.
func TestHTTPAppend(t *testing.T) {
	const chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, r := range []struct{ spec, header, trailer, payload, want string }{
		{"http:role=client", "", "", "hi", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi"},
		{"http", "GET / HTTP/1.1\r\n\r\n", "", "", "GET / HTTP/1.1\r\n\r\n"},
		{"http", "GET / HTTP/1.1\r\n\r\n", "", "hi", "GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"},
		{"http", "PUT / HTTP/1.1\nContent-Length: 09\nA: b\n\n", "", "hi", "PUT / HTTP/1.1\nContent-Length: 2\nA: b\n\nhi"},
		{"http", "HTTP/1.0 200 OK\r\n\r\n", "", "hi", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"}, // other messages may follow
		{"http", "HTTP/1.0 200 OK\r\n\r\n", "", "", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"},
		{"http", "HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n", "", "", "HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n"},
		{"http", chunks, "", "hi", chunks + "2\r\nhi\r\n0\r\n\r\n"},
		{"http", chunks, "A: b\r\n\r\n", strings.Repeat("x", 16), chunks + "10\r\n" + strings.Repeat("x", 16) + "\r\n0\r\nA: b\r\n\r\n"},
		{"http", chunks, "", "", chunks + "0\r\n\r\n"},
		{"http:head", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "", "", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"},
	} {
		out, err := mustParse(t, r.spec).Append(nil, Marks{[]byte(r.header), []byte(r.trailer)}, []byte(r.payload))
		if err != nil || string(out) != r.want {
			t.Errorf("%s like %q: %q, %v; want %q", r.spec, r.header, out, err, r.want)
		}
	}
	checkRefused(t, "http:head", []refusedRow{{Marks{}, 1, "answer to HEAD"}})
}

// A long body of known length streams, although other bodies are in chunks.
func TestHTTPStreams(t *testing.T) {
	const size = 20 << 20
	for _, length := range []string{"Content-Length: 20971520", "Server: x"} {
		src := io.MultiReader(strings.NewReader("HTTP/1.1 200 OK\r\n"+length+"\r\n\r\n"), io.LimitReader(zeroReader{}, size))
		r := NewReader(src, mustParse(t, "http"))
		f, body, err := r.NextReader()
		if length == "Server: x" {
			if e, ok := err.(*Error); !ok || e.Fault != FrameTooLarge {
				t.Errorf("a body up to the end of the stream: %v, want it over the limit", err)
			}
			continue
		}
		if err != nil || f.Payload != nil {
			t.Fatalf("%+v, %v", f, err)
		}
		if n, err := io.Copy(io.Discard, body); n != size || err != nil || len(r.buf) > bufferSize {
			t.Errorf("%d bytes, %v, in a buffer of %d", n, err, len(r.buf))
		}
	}
}

func TestHTTPDescribe(t *testing.T) {
	checkDescribe(t, "http", []describeRow{
		{"GET /a?b HTTP/1.1\r\n\r\n", "", "start=GET /a?b HTTP/1.1 method=GET uri=/a?b"},
		{"HTTP/1.1 404 Not Found\r\n\r\n", "", "start=HTTP/1.1 404 Not Found status=404"},
		{"HTTP/1.1 200\n\n", "", "start=HTTP/1.1 200 status=200"},
	})
}

const chunkedHead = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
