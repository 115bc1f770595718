package export

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// A parser that Kaitai Struct compiles finds the frames and fields that framecat finds. The test
// needs node, and a directory FRAMECAT_KAITAI after
//
//	npm install kaitai-struct-compiler@0.11.0 kaitai-struct@0.11.0 js-yaml@4
func TestKaitai(t *testing.T) {
	t.Parallel()
	modules := os.Getenv("FRAMECAT_KAITAI")
	if modules == "" {
		t.Skip("FRAMECAT_KAITAI does not name a directory with the modules of Kaitai Struct")
	}
	type source struct {
		KSY    string `json:"ksy"`
		Stream string `json:"stream"`
	}
	var in []source
	list := streams(t)
	for _, s := range list {
		text, err := Text("kaitai", s.spec)
		if err != nil {
			t.Fatal(err)
		}
		in = append(in, source{text, hex.EncodeToString(s.bytes)})
	}
	cmd := exec.Command("node", "testdata/kaitai.js")
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules+"/node_modules")
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(raw), &printed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &printed)
	}
	var found [][]struct {
		Fields     map[string]uint64
		Body, Wire string
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	for i, s := range list {
		d, _ := describe(s.entry, s.framing)
		var got []seenFrame
		for _, f := range found[i] {
			body, _ := hex.DecodeString(f.Body)
			wire, _ := hex.DecodeString(f.Wire)
			tail := string(wire[min(len(wire), d.header+len(body)):])
			got = append(got, d.withoutMark(seenFrame{fields: f.Fields, body: string(body), tail: tail}, string(wire[d.header:])))
		}
		s.compare(t, "kaitai", got)
	}
}

// withoutMark divides what follows the header in body and tail where a parser does not: a
// delimiter and a checksum before it are at the end of the array.
func (d *frame) withoutMark(f seenFrame, rest string) seenFrame {
	if len(d.ends) > 0 {
		n := max(0, len(rest)-d.tail()-len(d.ends[0]))
		f.body, f.tail = rest[:n], rest[n:]
	}
	return f
}
