package redact

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/capture"
	"framecat/framing"
)

// sideOf returns the framing of a spec.
func sideOf(t *testing.T, spec string) Side {
	t.Helper()
	if spec == "auto" {
		return Side{Auto: true}
	}
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return Side{Framing: f, Kind: framing.Lookup(spec)}
}

// rulesOf returns rules: each word is a WHAT.
func rulesOf(t *testing.T, words string) *Rules {
	t.Helper()
	r, err := ReadRules(strings.Fields(words), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A taken is what a Redactor has passed on of one stream.
type taken struct {
	data   [2][]byte
	events []string
	times  []time.Time
}

func (k *taken) take(e capture.Event) {
	k.data[e.Dir] = append(k.data[e.Dir], e.Data...)
	k.times = append(k.times, e.At)
	name := []string{"opened", fmt.Sprintf("%q", e.Data), fmt.Sprintf("lost %d", e.Lost), "closed", "reset", "ended"}[e.Kind]
	k.events = append(k.events, fmt.Sprintf("%d %s", e.Dir, name))
}

// A redaction is a Redactor whose events are those of one stream.
type redaction struct {
	*Redactor
	taken
	now int64
}

func redactionOf(t *testing.T, words string, max int64, specs ...string) *redaction {
	t.Helper()
	sides := [2]Side{sideOf(t, specs[0]), sideOf(t, specs[len(specs)-1])}
	rules := rulesOf(t, words)
	if err := rules.Check(sides); err != nil {
		t.Fatal(err)
	}
	r := &redaction{}
	r.Redactor = New(rules, sides, max, r.taken.take)
	t.Cleanup(r.End)
	r.happen(capture.Opened, 0)
	return r
}

func (r *redaction) happen(kind capture.EventKind, dir int) {
	r.now++
	r.Take(capture.Event{Kind: kind, Dir: dir, At: time.Unix(r.now, 0)})
}

func (r *redaction) read(dir int, data string) {
	r.now++
	b := []byte(data)
	r.Take(capture.Event{Kind: capture.Bytes, Dir: dir, At: time.Unix(r.now, 0), Data: b})
	clear(b) // the data is valid only until then
}

// wholes are the streams and what becomes of them; | has no meaning but to part frames.
var wholes = []struct{ spec, what, stream, want string }{
	// Bytes of payloads.
	{"u8", "1-2", "\x04abcd|\x01a|\x00", "\x04a**d|\x01a|\x00"},
	{"u8", "1", "\x04abcd", "\x04a*cd"},
	{"u8", "2-", "\x04abcd|\x02ab", "\x04ab**|\x02ab"},
	{"u8", "0 3-", "\x04abcd", "\x04*bc*"},
	{"u8", "0-", "\x04abcd|\x00", "\x04****|\x00"},

	// Regular expressions match bytes, in headers too, except where frames would not be found.
	{"lsp", "/[0-9]+/", "X-Auth: 123\r\nContent-Length: 3\r\n\r\na12", "X-Auth: ***\r\nContent-Length: 3\r\n\r\na**"},
	{"lsp", "/X-Auth.*/", "X-Auth: 123\r\nContent-Length: 3\r\n\r\na12", "******:****\r\nContent-Length: 3\r\n\r\na12"},
	{"lsp", "/(?s).*/", "X-Auth: 1\r\nContent-Length: 3\r\n\r\na12", "******:**\r\nContent-Length: 3\r\n\r\n***"},
	{"u8", "/b+/", "\x04abba|\x02xb", "\x04a**a|\x02x*"},
	{"u8", `/\x04/`, "\x04ab\x04d", "\x04ab*d"},
	{"u8", `/\xff[^a]/`, "\x05\xc3\xff\xfea\xff", "\x05\xc3**a\xff"},
	{"u8", "/é/", "\x05aéb\xff", "\x05a**b\xff"},
	{"u8", "/^a/ /x*/", "\x04aaxa", "\x04*a*a"},
	{"u8", "/(?i)token=[^&]*/", "\x10a=1&Token=xyz&b2", "\x10a=1&*********&b2"},

	// JSON, and several rules: each sees the payload as it was.
	{"u8", ".t", "\x09{\"t\":\"a\"}|\x03abc", "\x09{\"t\":\"*\"}|\x03***"},
	{"u8", ".t /t/", "\x09{\"t\":\"t\"}", "\x09{\"*\":\"*\"}"},
	{"lines", ".t", "{\"t\":123}\r\n|\n|{}\n", "{\"t\":\"*\"}\r\n|\n|{}\n"},
	{"lsp", ".t", "Content-Length: 9\r\n\r\n{\"t\":\"a\"}", "Content-Length: 9\r\n\r\n{\"t\":\"*\"}"},
	{"json-seq", ".t", "\x1e{\"t\":\"a\"}\n", "\x1e{\"t\":\"*\"}\n"},

	// A framing of JSON: a match may go over quotes and brackets.
	{"mcp", `/"t":.*,/`, `{"jsonrpc":"2.0","t":"a\u00e9\\n","n":[12,3],"x":1}` + "\n", `{"jsonrpc":"2.0","*":"**********","*":["",0],"x":1}` + "\n"},
	{"mcp", `/u00|12|3/`, `{"jsonrpc":"2.0","t":"a\u00e9\\n","n":[12,3]}` + "\n", `{"jsonrpc":"2.0","t":"a******\\n","n":["",0]}` + "\n"},
	{"mcp", `/jsonrpc/`, `{"jsonrpc":"2.0"}` + "\n", "*****************\n"},
	{"mcp", "0-", `{"jsonrpc":"2.0"}` + "\n", "*****************\n"},
	{"mcp", "/a/", "stray a\n|{\"jsonrpc\":\"a\"}\n", "*******\n|{\"jsonrpc\":\"*\"}\n"},
	{"json-stream", "0-", `{"a":[1,"}"]} 12 {"b":true}`, `{"*":[0,"*"]} 10 {"*":"**"}`},
	{"json-stream", "/2/", `[2]12 3 true 2` + "\n", `[0]10 3 true 0` + "\n"},
	{"json-stream", ".", `true 7 "ab"[1]`, `1000 0 "**""*"`},
	{"json-seq", "/./", "\x1e[true, \"\"]\n", "\x1e[\"**\", \"\"]\n"},

	// Header fields.
	{"kafka", "0-3", "\x00\x00\x00\x05abcde", "\x00\x00\x00\x05****e"},
	{"modbus", "transaction", "\x01\x02\x00\x00\x00\x02\xffa", "**\x00\x00\x00\x02\xffa"},
	{"modbus", "UNIT 0", "\x01\x02\x00\x00\x00\x02\xffa", "\x01\x02\x00\x00\x00\x02**"},
	{"mongodb", "request", "\x12\x00\x00\x00\x01\x02\x03\x04\x00\x00\x00\x00\xdd\x07\x00\x00ab", "\x12\x00\x00\x00****\x00\x00\x00\x00\xdd\x07\x00\x00ab"},

	// Escapes, checksums and masks.
	{"slip", "0-1", "abc\xc0", "**c\xc0"},
	{"slip", "2", "\xdb\xdcab\xc0", "\xdb\xdca*\xc0"},
	{"slip", "0", "\xdb\xdcab\xc0", "****\xc0"}, // shorter without the escape: hidden whole
	{"websocket", "0-", "\x81\x82abcd\x00\x00", "\x81\x82abcdKH"},
	{"cobs", "0", "\x03ab\x02c\x00", "\x03*b\x02c\x00"},
	{"cobs", "2", "\x03ab\x02c\x00", "\x05ab*c\x00"},

	// Payloads that show themselves where they end.
	{"resp", "0-", "*3\r\n$4\r\nAUTH\r\n$0\r\n\r\n$6\r\nsecret\r\n|+OK\r\n|%1\r\n+a\r\n:12\r\n", "*3\r\n$4\r\n****\r\n$0\r\n\r\n$6\r\n******\r\n|+**\r\n|%1\r\n+*\r\n:**\r\n"},
	{"resp", "/(?s)AUTH.*/", "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n", "*2\r\n$4\r\n****\r\n$6\r\n******\r\n"},
	{"resp", "0-", "$?\r\n;2\r\nhe\r\n;0\r\n|*?\r\n:1\r\n.\r\n|$-1\r\n", "$?\r\n;2\r\n**\r\n;0\r\n|*?\r\n:*\r\n.\r\n|$-1\r\n"},
	{"msgpack", "0-", "\x82\xa1a\x01\xa1b\xcd\x01\x02|\xc0|\xd4\x05x|\xc4\x02ab", "\x82\xa1**\xa1*\xcd**|*|\xd4**|\xc4\x02**"},
	{"cbor-seq", "0-", "\xa1aa\x01|\x9f\x01\xff|\xc1\x19\x01\x02|\x5f\x41a\xff|\x7f\x61a\xff|\xf9\x00\x01", "\xa1a**|\x9f*\xff|\xc1\x19**|\x5f\x41*\xff|\x7f\x61*\xff|\xf9**"},
	{"msgpack", "/secret/", "\x81\xa1t\xa6secret", "\x81\xa1t\xa6******"},
	{"kerberos", "0-", "\x00\x00\x00\x05\x6a\x03abc|\x00\x00\x00\x06\x6e\x81\x03abc", "\x00\x00\x00\x05\x6a\x03***|\x00\x00\x00\x06\x6e\x81\x03***"},
	{"resp:inline", "5-", "AUTH secret\r\n|PING\r\n", "AUTH ******\r\n|PING\r\n"},

	// Bytes in no frame.
	{"u8:magic=0x7e,magic-at=0,offset=1", "0", "\x7e\x01a", "\x7e\x01*"},
	{"u8", "9", "\x02ab\x05abc", "\x02ab****"},
	{"netstring", "9", "2:ab,xyz", "2:ab,***"},
	{"slip", "9", "\xc0\xc0a\xc0|\xc0b\xc0", "\xc0\xc0a\xc0|\xc0b\xc0"},
	{"slip", "9", "a\xc0|b\xdbcd\xc0|e\xc0", "a\xc0|****\xc0|e\xc0"},
	{"hdlc:fcs=none", "0", "~~ab~|~cd~", "~~*b~|~*d~"},
	{"mllp", "0", "noise\x0bab\x1c\r|more\x0bc\x1c\r", "*****\x0b*b\x1c\r|****\x0b*\x1c\r"},
}

// withoutBars returns a stream without the | between frames.
func withoutBars(s string) string { return strings.ReplaceAll(s, "|", "") }

// Each row states what a stream becomes. It does not depend on how the stream was cut, and the bytes
// of each read come with its time.
func TestAnyCut(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, row := range wholes {
		for round := range 40 {
			r := redactionOf(t, row.what, 1<<20, row.spec)
			var want []byte // the number of the read of each byte
			for left := withoutBars(row.stream); left != ""; {
				n := len(left)
				switch {
				case round == 1:
					n = 1
				case round > 1:
					n = 1 + rnd.IntN(n)
				}
				r.read(0, left[:n])
				want = append(want, bytes.Repeat([]byte{byte(r.now)}, n)...)
				left = left[n:]
			}
			r.happen(capture.Ended, 0)
			if got := string(r.data[0]); got != withoutBars(row.want) {
				t.Errorf("%s %s of %q: %q, want %q", row.spec, row.what, row.stream, got, withoutBars(row.want))
				break
			}
			var got []byte
			for i, at := range r.times[1 : len(r.times)-1] {
				var data string
				fmt.Sscanf(r.events[i+1], "0 %q", &data)
				got = append(got, bytes.Repeat([]byte{byte(at.Unix())}, len(data))...)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s %s of %q: times %v, want %v", row.spec, row.what, row.stream, got, want)
				break
			}
		}
	}
}
