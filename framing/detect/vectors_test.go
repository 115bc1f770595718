package detect

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"framecat/framing"
)

// wireOf returns the bytes of a vector: hex digits, pieces, or a piece so many times.
func wireOf(t testing.TB, raw json.RawMessage) []byte {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var v struct {
		Concat []json.RawMessage
		Repeat string
		N      int
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var b []byte
	for _, piece := range v.Concat {
		b = append(b, wireOf(t, piece)...)
	}
	piece, err := hex.DecodeString(v.Repeat)
	if err != nil {
		t.Fatal(err)
	}
	return append(b, slices.Repeat(piece, v.N)...)
}

// vectorStreams joins the valid vectors of each spec, as far as they may follow one another.
func vectorStreams(t testing.TB) (specs []string, streams map[string][]byte) {
	raw, err := os.ReadFile("../../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Framing  string
		Wire     json.RawMessage
		Leftover int
		Error    any
		EOF      string
		Options  map[string]any
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	streams = map[string][]byte{}
	for _, v := range vectors {
		if v.Error != nil || v.Leftover > 0 || v.EOF != "clean" || len(v.Options) > 0 {
			continue
		}
		wire := wireOf(t, v.Wire)
		was, known := streams[v.Framing]
		if !known {
			specs = append(specs, v.Framing)
		}
		b := append(slices.Clip(was), wire...)
		if e := ends(t, v.Framing, b, 0); len(b) < 1<<10 && (len(b) == 0 || len(e) > len(ends(t, v.Framing, was, 0)) && e[len(e)-1] == len(b)) {
			streams[v.Framing] = b
		}
	}
	return specs, streams
}

// notNamed are the specs whose short streams of vectors are not found by name. What is not here is found, under its own
// name or one that cuts alike.
var notNamed = map[string]string{
	// Any bytes are frames of these, or hardly any are not.
	"any:0x0a,0x0d": "unknown", "ascii:size=4": "unknown", "bcd:size=2": "unknown", "cbor-seq": "unknown", "cobs": "unknown", "cobsr": "unknown", "delim:\\n,esc=\\\\": "unknown",
	"delim:aab": "unknown", "delim:||": "unknown", "erlang:1": "unknown", "erlang:2": "unknown", "fixed:1": "unknown", "fixed:4": "unknown", "fixed:128": "unknown", "gelf": "unknown", "hdlc:fcs=none": "unknown",
	"json-stream": "unknown", "kiss": "unknown", "length:size=5": "unknown", "lines": "unknown", "mllp": "unknown", "mpegts": "unknown", "mqtt": "unknown", "msgpack": "unknown",
	"ndjson": "unknown", "nul": "unknown", "protobuf": "unknown", "starts:0xaa55": "unknown", "syslog-lf": "unknown", "u24le": "unknown", "u16be": "unknown", "zmtp": "unknown", "gap:5ms": "unknown",
	"http2": "unknown", "mysql-compressed": "unknown", "x11:role=client,endian=le": "unknown",
	// Replies of several lines are read as lines.
	"ftp": "lines", "imap": "crlf", "smtp": "crlf", "http:head": "crlf",
	// The same few bytes again and again.
	"modbus": "u32be:offset=14", "mysql": "mysql-compressed", "u8": "u16be",
	// What follows the opening is too short.
	"proxy/lines": "proxy", "proxy/u16be": "proxy", "proxy:role=client/lines": "proxy", "socks5:role=client/lines": "socks5", "socks5:role=server/lines": "socks5",
}

// Each row is found in its vectors, joined to a stream, or the table says what it is taken for.
func TestDetectVectors(t *testing.T) {
	specs, streams := vectorStreams(t)
	for _, k := range framing.Entries() {
		if slices.ContainsFunc(specs, func(spec string) bool { name, _, _ := strings.Cut(spec, ":"); return name == k.Name }) {
			continue
		}
		x := k.Details().Examples()[0]
		specs = append(specs, x.Spec)
		streams[x.Spec] = []byte(strings.NewReplacer("~", "", "|", "").Replace(x.Frame))
	}
	for _, spec := range specs {
		b := streams[spec]
		for range 3 { // again, where a frame may begin
			more := append(slices.Clip(b), b...)
			e := ends(t, spec, more, 0)
			if len(ends(t, spec, b, 0)) >= 5 || len(e) == 0 || e[len(e)-1] != len(more) {
				break
			}
			b = more
		}
		got := sure(b, true)
		claim := append(got, Candidate{Spec: "unknown"})[0]
		if claim.Spec == spec || slices.Contains(claim.Aliases, spec) || len(got) > 0 && cutsAlike(t, claim, spec, b, 0) {
			claim.Spec = ""
		}
		if claim.Spec != notNamed[spec] {
			t.Errorf("%s: %q, want %q: %s", spec, claim.Spec, notNamed[spec], show(Detect(b, true)))
		}
	}
}
