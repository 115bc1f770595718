package replay

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"framecat/commands/internal/compare"
	"framecat/commands/internal/input"
	"framecat/framing"
)

// records are what tap -o json prints of connections, which a ; separates. Messages are separated by spaces, of which _
// is one; those after > are of the client, those after < of the server. Each comes a second after the one before.
func records(t *testing.T, spec, text string) string {
	t.Helper()
	var out strings.Builder
	at := time.Unix(1000, 0).UTC()
	for conn, stream := range strings.Split(text, ";") {
		for _, word := range strings.Fields(stream) {
			f := frameOf(t, spec, word[1:])
			direction := map[byte]string{'>': "c2s", '<': "s2c"}[word[0]]
			payload, _ := json.Marshal(string(f.Payload))
			fmt.Fprintf(&out, `{"type":"frame","direction":%q,"conn":%d,"time":%q,"wire":%d,"header":%q,"trailer":%q,"text":%s}`+"\n",
				direction, conn+1, at.Format(time.RFC3339Nano), f.Size, hex.EncodeToString(f.Header), hex.EncodeToString(f.Trailer), payload)
			at = at.Add(time.Second)
		}
	}
	return out.String()
}

// frameOf returns the frame of a message. A | is after a header that is given.
func frameOf(t *testing.T, spec, text string) framing.Frame {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	text = strings.ReplaceAll(text, "_", " ")
	var marks framing.Marks
	if head, rest, ok := strings.Cut(text, "|"); ok {
		marks.Header, text = []byte(head), rest
	}
	wire, err := f.Append(nil, marks, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	frame, err := framing.NewReader(strings.NewReader(string(wire)), f).Next()
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// tapeOf reads a tape.
func tapeOf(t *testing.T, spec, text string) *Tape {
	t.Helper()
	o := Options{Stream: -1, Max: -1, Detail: t.Logf}
	for dir := range o.Sides {
		o.Sides[dir].set(spec)
	}
	tape, _, err := Read(input.Text(records(t, spec, text)), o)
	if err != nil {
		t.Fatal(err)
	}
	return tape
}

func comparerOf(t *testing.T, tape *Tape, ignore string) *compare.Comparer {
	t.Helper()
	g, err := compare.Read(strings.Fields(ignore))
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.For(tape.Sides[Client].Framing, tape.Sides[Client].Kind)
	if err != nil {
		t.Fatal(err)
	}
	return c.ByValue()
}

// A server answers each message as it did in the recording.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const rpc = `>{"id":1,"method":"a"} >{"id":2,"method":"b"} <{"method":"note"} <{"id":2,"result":"B"} <{"id":1,"result":"A"}`
	for _, row := range []struct{ spec, tape, ignore, client, want string }{
		{"lines", ">a <A >b <B", "", ">a >b", "A, B"},
		{"lines", ">a <A >b <B", "", ">b >a", "B, A"},
		{"lines", ">a <A1 <A2 >b >c <C", "", ">a >b >c", "A1 A2, , C"},
		{"lines", "<hello >a <A", "", ">a", "hello; A"},
		{"lines", ">a <A1 >a <A2", "", ">a >a >a", "A1, A2, A2"},
		{"lines", ">a <A", "", ">b", "miss"},
		{"lines", ">a <A ; >a <B", "", ">a ; >a ; >a", "A; B; A"},

		// What is ignored.
		{"lines", ">t1 <A", "/[0-9]+/", ">t2", "A"},
		{"lines", `>{"q":1,"t":1} <A >{"q":2,"t":2} <B`, ".t", `>{"t":7,"q":2}`, "B"},

		// Replies with the id of a request belong to it, in whatever order they came.
		{"lines", rpc, "", `>{"id":1,"method":"a"} >{"id":2,"method":"b"}`, `{"id":1,"result":"A"}, {"method":"note"} {"id":2,"result":"B"}`},
		{"lines", rpc, "", `>{"id":"x","method":"b"}`, `{"method":"note"} {"id":"x","result":"B"}`},
		{"lines", rpc, "", `>{"id":3,"method":"c"}`, "miss"},
		{"lines", `>{"id":1,"method":"a"} <{"id":1,"method":"ask"} >{"id":1,"result":0} <{"id":1,"result":"A"}`, "",
			`>{"id":7,"method":"a"} >{"id":1,"result":0}`, `{"id":1,"method":"ask"} {"id":7,"result":"A"}, `},
		{"lsp", rpc, "", `>{"id":100,"method":"a"}`, "Content-Length: 23\r\n\r\n|{\"id\":100,\"result\":\"A\"}"},

		// The same where the id is in the header, or in the payload of a row.
		{"modbus", ">\x00\x01\x00\x00\x00\x02\x01|a >\x00\x02\x00\x00\x00\x02\x01|b <\x00\x02\x00\x00\x00\x02\x01|B <\x00\x01\x00\x00\x00\x02\x01|A", "",
			">\x00\x08\x00\x00\x00\x02\x01|b", "\x00\x08\x00\x00\x00\x02\x01|B"},
		{"kafka", ">__\x00\x00\x00\x00\x00\x01a <\x00\x00\x00\x01A", "", ">__\x00\x00\x00\x00\x00\x02a", "\x00\x00\x00\x02A"},
	} {
		tape := tapeOf(t, row.spec, row.tape)
		a := NewAnswers(tape, comparerOf(t, tape, row.ignore))
		var got []string
		for _, stream := range strings.Split(row.client, ";") {
			p := a.Serve()
			var all []string
			show := func(list []Answer) string {
				var words []string
				for _, one := range list {
					f := framed(tape.Sides[Server].Framing, one.Wire, nil)
					if strings.Contains(row.want, "|") {
						f.Payload = slices.Concat(f.Header, []byte("|"), f.Payload)
					}
					words = append(words, string(f.Payload))
				}
				return strings.Join(words, " ")
			}
			if hello := show(p.Greeting()); hello != "" {
				got = append(got, hello)
			}
			for _, word := range strings.Fields(stream) {
				f := frameOf(t, row.spec, word[1:])
				list, ok := p.Answer(&f)
				if !ok {
					all = append(all, "miss")
					continue
				}
				all = append(all, show(list))
			}
			got = append(got, strings.Join(all, ", "))
		}
		if s := strings.Join(got, "; "); s != row.want {
			t.Errorf("%s: after %s the server of %s sends %q, want %q", row.spec, row.client, row.tape, s, row.want)
		}
	}
}
