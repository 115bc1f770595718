package pump

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/peers"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// convertText runs one conversion in memory and returns what it wrote and its status.
func convertText(t testing.TB, in formats.Format, sink func(io.Writer, *report.Reporter) formats.Sink, text []byte) (out []byte, status int) {
	t.Helper()
	var buf, messages bytes.Buffer
	r := &report.Reporter{W: &messages, Marks: report.NewStyle(false), Clear: func() {}}
	c := New(in, sink(&buf, r), r, 0)
	err := c.Run([]input.Input{input.Text(string(text))})
	var f *report.Failure
	if err != nil && !errors.As(err, &f) {
		t.Fatalf("error %v is not a *report.Failure", err)
	}
	if (f != nil) != (messages.Len() > 0) {
		t.Fatalf("status and messages do not agree: %v, %q", err, messages.String())
	}
	if f != nil {
		return buf.Bytes(), f.Status
	}
	return buf.Bytes(), 0
}

func toFormat(f formats.Format) func(io.Writer, *report.Reporter) formats.Sink {
	return func(w io.Writer, r *report.Reporter) formats.Sink { return formats.NewSink(f, formats.Format{}, w, r) }
}

func toFraming(f framing.Framing, in formats.Format) func(io.Writer, *report.Reporter) formats.Sink {
	return func(w io.Writer, r *report.Reporter) formats.Sink { return formats.NewFrameSink(f, in, "-f", w, r) }
}

func randomPayloads(rnd *rand.Rand, example string, n int) (payloads [][]byte) {
	for range n {
		p := []byte(example)
		switch rnd.IntN(6) {
		case 0:
		case 1:
			p = []byte(strings.Repeat("word ", rnd.IntN(20)))
		case 2:
			space := []string{"", " ", "\n"}[rnd.IntN(3)]
			p = fmt.Appendf(nil, "[%d,%s{\"a\u202e\":1e400%s}]%s", rnd.IntN(1000), space, space, space)
		case 3:
			p = []byte("é\u202e\u0085\x1b[2J\\\"\r\t\U0001f600\ufeff"[:rnd.IntN(22)])
		default:
			p = make([]byte, rnd.IntN(40))
			for i := range p {
				p[i] = byte(rnd.IntN(256))
			}
		}
		payloads = append(payloads, p)
	}
	return payloads
}

// For every payload that X can carry, decode -o X | encode -i X gives the same frames back. The
// first payload that X cannot carry is an error, before any of its bytes is written.
func TestRoundTrip(t *testing.T) {
	rnd := rand.New(rand.NewPCG(89, 144))
	wire := framing.Entries()
	names := []string{"lines", "nul", "hex", "base64", "escaped", "json", "json --json-payload"}
	examples := map[string]string{} // payloads
	for _, k := range wire {
		for _, x := range k.Details().Examples() {
			if k.Details().Traits().Timed { // a file does not keep pauses
				continue
			}
			names = append(names, x.Spec)
			examples[x.Spec] = x.Payload
		}
	}
	u32be, _ := framing.Parse("u32be")
	frames := formats.Frames(u32be)
	whole, refused, rounds := 0, 0, 12
	if peers.Long() {
		rounds = 60
	}
	for _, name := range names {
		name, embed := strings.CutSuffix(name, " --json-payload")
		out, err := formats.Out(name)
		if err != nil {
			t.Fatal(err)
		}
		out.Embed = embed
		in, err := formats.In(name)
		if err != nil {
			t.Fatal(err)
		}
		for range rounds {
			var stream []byte
			payloads := randomPayloads(rnd, examples[name], 1+rnd.IntN(12))
			carried := len(payloads)
			for i, p := range payloads {
				stream, _ = u32be.Append(stream, framing.Marks{}, p)
				if carried == len(payloads) && out.Framing != nil && !carries(out.Framing, p) {
					carried = i
				}
			}
			text, status := convertText(t, frames, toFormat(out), stream)
			want := 0
			if carried < len(payloads) {
				want = report.StatusPayload
				refused++
			} else {
				whole++
			}
			if status != want {
				t.Fatalf("decode -o %s of %q: status %d, want %d", name, payloads, status, want)
			}
			back, status := convertText(t, in, toFraming(u32be, in), text)
			var wantBack []byte
			for _, p := range payloads[:carried] {
				wantBack, _ = u32be.Append(wantBack, framing.Marks{}, p)
			}
			if name == "chunked" && status == report.StatusTruncated && !bytes.HasSuffix(text, []byte("0\r\n\r\n")) {
				status = 0 // a body without its last chunk
			}
			if status != 0 || !bytes.Equal(back, wantBack) {
				t.Fatalf("encode -i %s of %q: %q, status %d; want %q", name, text, back, status, wantBack)
			}
		}
	}
	if whole < 25*rounds || refused < 12*rounds {
		t.Errorf("only %d streams went through and %d were refused", whole, refused)
	}
}

func carries(f framing.Framing, payload []byte) bool {
	_, err := f.Append(nil, framing.Marks{}, payload)
	return err == nil
}

// decode -f A -o A gives the same bytes, with all headers and what is between frames, for every
// capture, up to its leftover. A conversion to JSON and back gives the same frames, but not
// always in the same form.
func TestSameFraming(t *testing.T) {
	loses := map[string]string{
		"cobs_npm":            "npm cobs ends a full block of 254 bytes with an empty one, which is not needed",
		"slip_npm_double_end": "encode writes one END before each packet; the stream has another END after it",
		"stomp_client":        "line feeds between frames are fill",
	}
	var captures []struct {
		Name, File, Spec string
		Leftover         int `json:"leftover_bytes"`
	}
	raw, err := os.ReadFile("../../../testdata/captures/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &captures); err != nil {
		t.Fatal(err)
	}
	same := 0
	for _, c := range captures {
		data, err := os.ReadFile("../../../testdata/captures/" + c.File)
		if err != nil {
			t.Fatal(err)
		}
		f, err := framing.Parse(c.Spec)
		if err != nil {
			t.Fatal(err)
		}
		frames := formats.Frames(f)
		in, _ := formats.In("json")
		text, _ := convertText(t, frames, toFormat(formats.Format{Name: "json"}), data)
		direct, _ := convertText(t, frames, toFraming(f, frames), data)
		again, status := convertText(t, in, toFraming(f, in), text)
		whole := data[:len(data)-c.Leftover] // fill at the end may count as leftover
		if !bytes.HasPrefix(data, direct) || len(direct) < len(whole) {
			t.Errorf("%s: -o %s gives %d bytes, want the same %d", c.Name, c.Spec, len(direct), len(whole))
		}
		if reason := loses[c.Name]; reason != "" {
			if bytes.Equal(again, whole) {
				t.Errorf("%s: json and back is the same, though %s", c.Name, reason)
			}
			continue
		}
		if status != 0 || !bytes.Equal(again, whole) {
			t.Errorf("%s: json and back gives %d bytes, status %d, want the same %d", c.Name, len(again), status, len(whole))
		}
		same++
	}
	if same < 30 {
		t.Errorf("only %d were the same", same)
	}
}
