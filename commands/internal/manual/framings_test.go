package manual

import (
	"strings"
	"testing"
	"unicode/utf8"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// The list fits a page too.
func TestListFits(t *testing.T) {
	text, err := Framings(report.NewStyle(false), nil)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		if n := utf8.RuneCountInString(line); n > report.PageWidth+1 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// Each framing is in one group of the list, and in that of its row.
func TestGroups(t *testing.T) {
	in := map[string]string{}
	for i, g := range Groups() {
		if len(g.Rows) == 0 {
			t.Errorf("the group %s is empty", g.Title)
		}
		for _, k := range g.Rows {
			if k.Details().Group() != groups[i].word || in[k.Name] != "" {
				t.Errorf("%s is in %s, and in %q", k.Name, g.Title, in[k.Name])
			}
			in[k.Name] = g.Title
		}
	}
	for _, k := range framing.Entries() {
		if in[k.Name] == "" {
			t.Errorf("%s is in no group: its group is %q", k.Name, k.Details().Group())
		}
	}
}

// A search finds framings by words of their names, other names, summaries, sources and groups.
func TestSearch(t *testing.T) {
	for _, row := range []struct{ words, want, near string }{
		{"json", "json-seq json-stream ndjson acp chrome mcp", ""},
		{"JSON line", "ndjson acp mcp", ""},
		{"1662", "hdlc", ""},
		{"redis", "resp", ""},
		{"be32", "u32be", ""},
		{"medicine", "dicom mllp", ""},
		{"lsp", "bsp lsp", ""},
		{"json redis", "", ""},
		{"netsrting", "", "netstring"},
		{"bluetooth", "", ""},
	} {
		text, near := Search(report.NewStyle(false), strings.Fields(row.words))
		var names []string
		for line := range strings.Lines(text) {
			if name := strings.Fields(line + " -")[0]; framing.Lookup(name) != nil && !strings.HasPrefix(line, " ") && strings.Contains(line, "  ") {
				names = append(names, name)
			}
		}
		if got := strings.Join(names, " "); got != row.want || near != row.near {
			t.Errorf("%s: %q, near %q; want %q, %q\n%s", row.words, got, near, row.want, row.near, text)
		}
	}
}

// Every framing is explained on a page of 80 columns: its picture, its source, and
// each example part by part.
func TestExplain(t *testing.T) {
	for _, k := range framing.Entries() {
		text, err := Framings(report.NewStyle(false), []string{k.Name})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"┌", "┘", "source", k.Source[:6], "payload"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", k.Name, want, text)
			}
		}
		for _, x := range k.Details().Examples() {
			if !strings.Contains(text, " with -f "+x.Spec+"\n") {
				t.Errorf("%s does not show its example %s", k.Name, x.Spec)
			}
		}
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > report.PageWidth && !strings.Contains(line, "-f ") {
				t.Errorf("%s: %d columns: %s", k.Name, n, line)
			}
		}
	}
}

// A SPEC with arguments is explained with an example of its own, and leads to the keys.
func TestExplainSpec(t *testing.T) {
	for spec, want := range map[string][]string{
		"u16be:counts=frame": {"\n  example\n", "-f u16be:counts=frame\n", "framecat framings u16be lists its keys.\n"},
		"u32le:magic=0xaa55,offset=2,counts=itself,crc=modbus,crc-counted=no": {
			"│ aa 55 │ length │ payload │ crc16-modbus │", "length   counts itself and all that follows, without the checksum;",
			"crc      crc16-modbus, low byte first, over the payload; the length does not\n", "  aa 55                                magic\n", "  f6 34                                crc16-modbus\n",
		},
		"u16be:crc=crc32-le,crc-from=0":                         {"counts the payload and its checksum", "crc32-le, low byte first, over the header and the payload; the length\n           counts it"},
		"u24be:header=6,magic-at=4,magic=A,crc=xor8,crc-from=2": {"│ length │ … │ \"A\" │ … │ payload │ xor8 │", "xor8, over the header from byte 2 on and the payload"},
		"slip:crc=crc8":                   {"crc      crc8, over the payload\n"},
		"u16be:offset=4,magic=AA55":       {"magic    the text \"AA55\"; for the bytes aa 55 write magic=0xaa55"},
		"u16be:offset=4,magic=0x01020304": {"magic=0x01020304: 2-byte", "│ 01 02 03 04 │ length"},
		"fixed:5":                         {"\n  example\n", "-f fixed:5\n", "framecat framings fixed lists its keys.\n"},
		"fixed:3":                         {"\n  example\n    \"hel\" with -f fixed:3\n"},
		"fixed:1000,magic=G":              {"\n  example\n", "more bytes\n"},
		"u16be:min=20":                    {"\n  example\n", "-f u16be:min=20\n"},
	} {
		text, err := Framings(report.NewStyle(false), []string{spec})
		for _, w := range want {
			if err != nil || !strings.Contains(text, w) {
				t.Errorf("%s: %v, no %q in\n%s", spec, err, w, text)
			}
		}
	}
	for _, args := range [][]string{{"nosuch"}, {"u16be:nosuch=1"}} {
		if text, err := Framings(report.NewStyle(false), args); err == nil || text != "" {
			t.Errorf("%q: %v, %q", args, err, text)
		}
	}
}
