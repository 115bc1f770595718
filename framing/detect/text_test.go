package detect

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"framecat/framing"
)

const wordList = `the of and to in is that it was for on are as with his they at be this from have or by one had not but what
all were when we there can an your which their said if do will each about how up out them then she many some so these would other
into has more her two like him see time could no make than first been its who now people my made over did down only way find use
may water long little very after words called just where most know message stream frame length header payload protocol connection
naïve café señor Москва 東京 “quoted” — … €5`

// texts are generators of what has no framing but, perhaps, its lines.
var texts = []struct {
	name  string
	write func(*rand.Rand, *strings.Builder)
}{
	{"prose", func(r *rand.Rand, b *strings.Builder) { sentence(r, b, 1+r.IntN(12)) }},
	{"paragraphs", func(r *rand.Rand, b *strings.Builder) {
		for range 3 + r.IntN(6) {
			sentence(r, b, 5+r.IntN(12))
			b.WriteByte(' ')
		}
		b.WriteString("\n\n")
	}},
	{"wrapped", func(r *rand.Rand, b *strings.Builder) {
		for n := 0; n < 60; n += 6 {
			b.WriteString(word(r) + " ")
		}
		b.WriteByte('\n')
	}},
	{"one line", func(r *rand.Rand, b *strings.Builder) { sentence(r, b, 8); b.WriteByte(' ') }},
	{"log", func(r *rand.Rand, b *strings.Builder) {
		fmt.Fprintf(b, "2024-05-%02dT12:%02d:%02d.%03dZ %s [%d] %s: ", 1+r.IntN(28), r.IntN(60), r.IntN(60), r.IntN(1000), []string{"INFO", "WARN", "ERROR"}[r.IntN(3)], r.IntN(30000), word(r))
		sentence(r, b, 3+r.IntN(9))
		b.WriteByte('\n')
	}},
	{"access log", func(r *rand.Rand, b *strings.Builder) {
		fmt.Fprintf(b, "10.0.%d.%d - - [10/Oct/2024:13:%02d:36 -0700] \"GET /%s/%s HTTP/1.1\" %d %d\n", r.IntN(256), r.IntN(256), r.IntN(60), word(r), word(r), 200+r.IntN(300), r.IntN(99999))
	}},
	{"csv", func(r *rand.Rand, b *strings.Builder) {
		fmt.Fprintf(b, "%d,%s,%s,%.2f,%t\n", r.IntN(100000), word(r), word(r), r.Float64()*1000, r.IntN(2) == 0)
	}},
	{"numbers", func(r *rand.Rand, b *strings.Builder) {
		fmt.Fprintf(b, "%d %d %d\n", r.IntN(100), r.IntN(1000), r.IntN(10))
	}},
	{"columns", func(r *rand.Rand, b *strings.Builder) {
		fmt.Fprintf(b, "%-10.10s|%6d|%6.2f\n", word(r), r.IntN(99999), r.Float64()*100)
	}},
	{"json lines", func(r *rand.Rand, b *strings.Builder) {
		fmt.Fprintf(b, "{\"id\":%d,\"name\":%q,\"tags\":[%q,%q],\"ok\":%t}\n", r.IntN(100000), word(r), word(r), word(r), r.IntN(2) == 0)
	}},
	{"json", func(r *rand.Rand, b *strings.Builder) {
		fmt.Fprintf(b, "  {\n    \"id\": %d,\n    \"name\": %q\n  },\n", r.IntN(100000), word(r))
	}},
	{"source", func(r *rand.Rand, b *strings.Builder) {
		fmt.Fprintf(b, "\tif %s := %s(%d); %s != nil {\n\t\treturn %q\n\t}\n", word(r), word(r), r.IntN(100), word(r), word(r))
	}},
	{"crlf", func(r *rand.Rand, b *strings.Builder) { sentence(r, b, 4+r.IntN(9)); b.WriteString("\r\n") }},
	{"mail", func(r *rand.Rand, b *strings.Builder) { fmt.Fprintf(b, "X-%s: %s %s\r\n", word(r), word(r), word(r)) }},
	{"base64", func(r *rand.Rand, b *strings.Builder) {
		for range 76 {
			b.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[r.IntN(64)])
		}
		b.WriteByte('\n')
	}},
	{"base64 in one line", func(r *rand.Rand, b *strings.Builder) {
		b.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[r.IntN(64)])
	}},
	{"letters", func(r *rand.Rand, b *strings.Builder) { b.WriteByte(byte('A' + r.IntN(26) + 32*r.IntN(2))) }},
	{"capitals", func(r *rand.Rand, b *strings.Builder) { b.WriteByte(byte('A' + r.IntN(26))) }},
	{"hexdump", func(r *rand.Rand, b *strings.Builder) {
		var p [16]byte
		for i := range p {
			p[i] = byte(r.IntN(256))
		}
		b.WriteString(hex.Dump(p[:]))
	}},
	{"digits", func(r *rand.Rand, b *strings.Builder) { b.WriteByte(byte('0' + r.IntN(10))) }},
	{"utf-8", func(r *rand.Rand, b *strings.Builder) {
		for range 3 + r.IntN(8) {
			b.WriteRune(rune(0x4e00 + r.IntN(0x2000)))
		}
		b.WriteString("。")
	}},
	{"cyrillic", func(r *rand.Rand, b *strings.Builder) {
		for range 2 + r.IntN(8) {
			b.WriteRune(rune(0x430 + r.IntN(32)))
		}
		b.WriteString([]string{" ", " ", ", ", ".\n"}[r.IntN(4)])
	}},
	{"ansi", func(r *rand.Rand, b *strings.Builder) {
		fmt.Fprintf(b, "\x1b[3%dm%s\x1b[0m %s\n", r.IntN(8), word(r), word(r))
	}},
}

func word(r *rand.Rand) string {
	words := strings.Fields(wordList)
	return words[min(r.IntN(len(words)), r.IntN(len(words)))]
}

func sentence(r *rand.Rand, b *strings.Builder, n int) {
	for i := range n {
		if i > 0 {
			b.WriteString([]string{" ", " ", " ", " ", " ", ", ", "; ", " - "}[r.IntN(8)])
		}
		b.WriteString(word(r))
	}
	b.WriteString([]string{". ", ".\n", "? ", "! ", ": "}[r.IntN(5)])
}

// Text is detected as lines, or as nothing.
func TestDetectText(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	detected := map[string]int{}
	for i := range blobs() {
		text := texts[i%len(texts)]
		var b strings.Builder
		for b.Len() < 2<<10 {
			text.write(r, &b)
		}
		from := r.IntN(20)
		for _, c := range sure([]byte(b.String()[from:from+2<<10-40]), true)[:] {
			name, _, _ := strings.Cut(c.Spec, ":")
			if !slices.Contains([]string{"lines", "crlf", "ndjson", "syslog-lf"}, name) {
				t.Errorf("%s: %s\n%.120q", text.name, show([]Candidate{c}), b.String())
			}
			detected[text.name+" "+name]++
		}
	}
	t.Log(detected)
}

// What Append writes is found again, by the name of its row or another that cuts alike.
func TestDetectRows(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	var lost []string
	tried := 0
	for _, k := range framing.Entries() {
		examples := k.Details().Examples()
		if !long() {
			examples = examples[:1] // the others have other keys
		}
		for _, x := range examples {
			b := streamOf(t, r, x.Spec, x.Payload, 0, 2<<10)
			tried++
			got := sure(b, true)
			if len(got) == 0 || !cutsAlike(t, got[0], x.Spec, b, 0) {
				lost = append(lost, x.Spec)
				t.Logf("%s, %d bytes: %s", x.Spec, len(b), show(Detect(b, true)))
			}
		}
	}
	t.Logf("%d of %d lost: %v", len(lost), tried, lost)
	if 5*len(lost) > tried {
		t.Errorf("%d of %d examples are not found again", len(lost), tried)
	}
}

// A message of MCP is found in its first line, also after and between lines that are none. JSON
// of other programs is not taken for one.
func TestDetectMessagesOnLines(t *testing.T) {
	const a, b = `{"method":"initialize","params":{"clientInfo":{"name":"c"}},"jsonrpc":"2.0","id":0}` + "\n", `{"jsonrpc":"2.0","method":"ping","id":1}` + "\n"
	for _, row := range []struct {
		text  string
		spec  string // "" if it is unknown
		start int
	}{
		{a, "mcp", 0},
		{b, "mcp", 0},
		{a + b[:20], "mcp", 0},
		{a + "debug: x\n" + b, "mcp", 0},
		{"Starting server\n" + a + b, "mcp", 16},
		{"\n" + a + "\r\n" + b, "mcp", 1},
		{"Starting server\n" + b, "mcp", 16},
		{"Starting\non stdio\n{\"level\":30}\n\nready\n" + a + b, "mcp", 38},
		{a[:len(a)-1], "", 0},
		{strings.ReplaceAll(a, "jsonrpc", "version"), "", 0},
		{strings.Repeat(`{"level":30,"msg":"a \"jsonrpc\" server"}`+"\n", 40), "", 0},
	} {
		got := sure([]byte(row.text), false)
		if row.spec == "" {
			if len(got) > 0 {
				t.Errorf("%q: %s, want nothing", row.text, show(got))
			}
			continue
		}
		if len(got) == 0 || got[0].Spec != row.spec || got[0].Start != row.start {
			t.Errorf("%.90q: %s, want %s from %d", row.text, show(Detect([]byte(row.text), false)), row.spec, row.start)
		}
	}
}
