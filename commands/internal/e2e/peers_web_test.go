package e2e

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"framecat/commands/internal/peers"
)

// get asks for a page, its request being lines that framecat encodes, and returns
// what the server wrote and where its head ends.
func get(t *testing.T, p peer, last string, lines ...string) (wrote []byte, head int) {
	t.Helper()
	wrote = p.ask(encode(t, "crlf", append(lines, "")...), last)
	head = bytes.Index(wrote, []byte("\r\n\r\n")) + 4
	if head < 4 {
		t.Fatalf("there is no head in %q", wrote)
	}
	return wrote, head
}

// payloads returns the payloads of the frames, joined.
func payloads(frames []frame) (all []byte) {
	for _, f := range frames {
		all = append(all, f.payload...)
	}
	return all
}

// nginxServer starts nginx, which serves files, and returns its socket.
func nginxServer(t *testing.T, files map[string]string) string {
	nginx := peers.Path(t, "nginx", "apt-get install nginx-light", "/usr/sbin")
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // for its worker, if this is root
		t.Fatal(err)
	}
	files["nginx.conf"] = fmt.Sprintf(`daemon off; master_process off; error_log stderr; pid %[1]s/pid; events {}
http {
	access_log off; default_type text/html; gzip on; gzip_types text/html; ssi on;
	client_body_temp_path %[1]s/1; proxy_temp_path %[1]s/2; fastcgi_temp_path %[1]s/3; uwsgi_temp_path %[1]s/4; scgi_temp_path %[1]s/5;
	server { listen unix:%[1]s/sock; root %[1]s; }
}`, dir)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	serve(t, nginx, "-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf"))
	return dir + "/sock"
}

// Nginx writes in chunks what it can't know the length of: pages with includes, and
// compressed ones.
func TestPeerNginx(t *testing.T) {
	t.Parallel()
	big := make([]byte, 200<<10)
	for i := range big {
		big[i] = 'a' + byte(rand.IntN(16))
	}
	sock := nginxServer(t, map[string]string{
		"page.html": `<p><!--# include virtual="/part.txt" --></p>`,
		"part.txt":  "one part",
		"big.txt":   string(big),
	})
	t.Run("include", func(t *testing.T) {
		wrote, head := get(t, dial(t, "unix", sock), "", "GET /page.html HTTP/1.1", "Host: x", "Connection: close")
		lines := framecat(t, wrote, "decode", "-f", "crlf", "-l", fmt.Sprint(head))
		if !bytes.HasPrefix(lines, []byte("HTTP/1.1 200 OK\n")) || !bytes.Contains(lines, []byte("\nTransfer-Encoding: chunked\n")) {
			t.Errorf("the head is\n%s", lines)
		}
		expect(t, decode(t, "chunked", wrote, head), "3\r\n|<p>|\r\n", "8\r\n|one part|\r\n", "4\r\n|</p>|\r\n", "0\r\n||\r\n")
	})
	t.Run("gzip", func(t *testing.T) {
		wrote, head := get(t, dial(t, "unix", sock), "", "GET /big.txt HTTP/1.1", "Host: x", "Connection: close", "Accept-Encoding: gzip")
		frames := decode(t, "chunked", wrote, head)
		expect(t, frames, "*…\r\n|…|\r\n")
		if len(frames) < 3 || frames[len(frames)-1].header != "0\r\n" {
			t.Errorf("%d chunks, the last is %q", len(frames), frames[len(frames)-1])
		}
		raw := framecat(t, wrote, "decode", "-f", "chunked", "-s", fmt.Sprint(head), "-o", "raw")
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, big) {
			t.Errorf("the page has %d bytes, %v; want %d others", len(got), err, len(big))
		}
	})
}

// listen serves HTTP on a port of its own until the test is over.
func listen(t *testing.T, s *http.Server) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

// Go's HTTP/2 server, without TLS: settings, a page in several frames, a ping, an
// unknown frame, trailers, and the end.
func TestPeerHTTP2(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("0123456789abcdef", 2500) // 40000 bytes
	s := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Protocols: new(http.Protocols), Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Trailer", "T")
		io.WriteString(w, page)
		w.Header().Set("T", "v")
	})}
	s.Protocols.SetUnencryptedHTTP2(true)
	p := dial(t, "tcp", listen(t, s))
	// Length (framecat computes it), type, flags, stream.
	wrote := p.ask(request(t, "http2:role=client",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n|",
		"\x00\x00\x00\x04\x00\x00\x00\x00\x00|",
		// :method GET, :scheme http, :path /, :authority x
		"\x00\x00\x00\x01\x05\x00\x00\x00\x01|\x82\x86\x84\x41\x01x",
	), "\x00\x00\x00\x01\x05\x00\x00\x00\x01"[3:]) // HEADERS with END_STREAM
	wrote = append(wrote, p.ask(request(t, "http2", "\x00\x00\x00\x06\x00\x00\x00\x00\x00|hi there", "\x00\x00\x00\xfe\x00\x00\x00\x00\x00|unknown"), "hi there")...)
	// DATA on a stream that is not open is an error of the connection.
	wrote = append(wrote, p.ask(request(t, "http2:strict", "\x00\x00\x00\x00\x00\x00\x00\x00\x03|x"), "")...)
	frames := decode(t, "http2:strict", wrote, 0)
	data := only(frames, func(f frame) bool { return f.header[3] == 0 })
	rest := only(frames, func(f frame) bool { return f.header[3] != 0 && f.header[8] != 0 })
	control := only(frames, func(f frame) bool { return f.header[8] == 0 })
	if len(control) > 3 { // these two may come in any order
		slices.SortFunc(control[1:3], func(a, b frame) int { return strings.Compare(a.header, b.header) })
	}
	expect(t, control,
		"…\x04\x00\x00\x00\x00\x00|…",                                           // SETTINGS
		"\x00\x00\x00\x04\x01\x00\x00\x00\x00|",                                 // SETTINGS, acknowledged
		"\x00\x00\x04\x08\x00\x00\x00\x00\x00|…",                                // WINDOW_UPDATE
		"\x00\x00\x08\x06\x01\x00\x00\x00\x00|hi there",                         // PING, acknowledged
		"\x00\x00\x08\x07\x00\x00\x00\x00\x00|\x00\x00\x00\x03\x00\x00\x00\x01") // GOAWAY: stream 3, PROTOCOL_ERROR
	expect(t, rest,
		"…\x01\x04\x00\x00\x00\x01|\x88…", // HEADERS: :status 200
		"…\x01\x05\x00\x00\x00\x01|…")     // HEADERS: the trailer, END_STREAM
	expect(t, data, "*…\x00\x00\x00\x00\x00\x01|…")
	if got := payloads(data); string(got) != page {
		t.Errorf("the page has %d bytes, want %d", len(got), len(page))
	}
}

func only(frames []frame, is func(frame) bool) (some []frame) {
	for _, f := range frames {
		if is(f) {
			some = append(some, f)
		}
	}
	return some
}

// A language server answers initialize and shutdown.
func TestPeerLSP(t *testing.T) {
	t.Parallel()
	gopls := peers.Path(t, "gopls", "apt-get install gopls")
	sock := filepath.Join(t.TempDir(), "gopls.sock")
	serve(t, gopls, "serve", "-listen", "unix;"+sock)
	p := dial(t, "unix", sock)
	ask := func(id int, method, params string) []byte {
		text := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, id, method, params)
		return p.ask(encode(t, "lsp", text), fmt.Sprintf(`"id":%d}`, id))
	}
	wrote := append(ask(1, "initialize", `{"processId":null,"rootUri":null,"capabilities":{}}`), ask(2, "shutdown", "null")...)
	var answers []string
	for i, f := range decode(t, "lsp", wrote, 0) {
		if want := fmt.Sprintf("Content-Length: %d\r\n\r\n", len(f.payload)); f.header != want {
			t.Errorf("header %d is %q, want %q", i, f.header, want)
		}
		var m struct {
			ID     any
			Result struct{ Capabilities map[string]any }
		}
		if err := json.Unmarshal([]byte(f.payload), &m); err != nil {
			t.Errorf("message %d: %v", i, err)
		}
		if m.ID != nil {
			answers = append(answers, fmt.Sprint(m.ID, m.Result.Capabilities["hoverProvider"]))
		}
	}
	if want := []string{"1 true", "2 <nil>"}; !slices.Equal(answers, want) {
		t.Errorf("answers %q, want %q", answers, want)
	}
}

// websocketServer echoes messages. "parts" it sends in three fragments.
func websocketServer(t *testing.T, mode websocket.CompressionMode) (address string) {
	return listen(t, &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: mode, CompressionThreshold: 1})
		if err != nil {
			return
		}
		defer c.CloseNow()
		for {
			kind, message, err := c.Read(r.Context())
			if err != nil {
				return
			}
			if string(message) != "parts" {
				if c.Write(r.Context(), kind, message) != nil {
					return
				}
				continue
			}
			out, err := c.Writer(r.Context(), kind)
			if err != nil {
				return
			}
			for _, part := range []string{"pa", "rt", "s"} {
				io.WriteString(out, part)
			}
			out.Close()
		}
	})})
}

var upgrade = []string{"GET / HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="}

// A WebSocket server understands the frames that framecat masks, also fragments and control
// frames.
func TestPeerWebSocket(t *testing.T) {
	t.Parallel()
	p := dial(t, "tcp", websocketServer(t, websocket.CompressionDisabled))
	wrote, head := get(t, p, "\r\n\r\n", upgrade...)
	if !bytes.HasPrefix(wrote, []byte("HTTP/1.1 101 ")) {
		t.Fatalf("%q", wrote)
	}
	long, longer := strings.Repeat("x", 300), strings.Repeat("é", 40000)[:32768]
	wrote = append(wrote, p.ask(encode(t, "websocket:role=client", "hello", "parts", long), long)...)
	wrote = append(wrote, p.ask(append(encode(t, "websocket:role=client", longer), request(t, "websocket",
		// FIN and opcode; masked, with a length that framecat computes; the key
		"\x89\x80\x01\x02\x03\x04|are you there?",
		"\x01\x80\x01\x02\x03\x04|in ",
		"\x00\x80\x11\x12\x13\x14|three ",
		"\x89\x80\x00\x00\x00\x00|", // a ping between
		"\x80\x80\xff\x00\xff\x00|fragments",
		"\x82\x80\xf0\xf0\xf0\xf0|\xff\x00\xfe",
		"\x82\x80\xf0\xf0\xf0\xf0|",
		"\x88\x80\x01\x02\x03\x04|\x03\xe8bye",
	)...), "")...)
	expect(t, decode(t, "websocket:strict", wrote, head),
		"\x81\x05|hello",
		"\x01\x02|pa", "\x00\x02|rt", "\x00\x01|s", "\x80\x00|",
		"\x81\x7e\x01\x2c|"+long,
		"\x81\x7e\x80\x00|"+longer,
		"\x8a\x0e|are you there?",
		"\x8a\x00|",
		"\x81\x12|in three fragments",
		"\x82\x03|\xff\x00\xfe",
		"\x82\x00|",
		"\x88\x05|\x03\xe8bye")
}

// A compressed message has RSV1 set, which strict refuses.
func TestPeerWebSocketCompressed(t *testing.T) {
	t.Parallel()
	p := dial(t, "tcp", websocketServer(t, websocket.CompressionNoContextTakeover))
	wrote, head := get(t, p, "\r\n\r\n", append(upgrade, "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover")...)
	text := strings.Repeat("again and ", 20)
	wrote = append(wrote, p.ask(append(encode(t, "websocket:role=client", text), request(t, "websocket", "\x88\x80\x01\x02\x03\x04|\x03\xe8")...), "")...)
	frames := decode(t, "websocket", wrote, head)
	expect(t, frames, "\xc1…|…", "\x88\x02|\x03\xe8")
	deflated := append(payloads(frames[:len(frames)-1]), "\x00\x00\xff\xff\x01\x00\x00\xff\xff"...)
	if got, err := io.ReadAll(flate.NewReader(bytes.NewReader(deflated))); err != nil || string(got) != text {
		t.Errorf("the message is %q, %v", got, err)
	}
	_, stderr, status := runFramecat(t, wrote, "decode", "-f", "websocket:strict", "-s", fmt.Sprint(head))
	if status != 3 || !strings.Contains(stderr, "the message is compressed") {
		t.Errorf("strict: status %d, %s", status, stderr)
	}
}
