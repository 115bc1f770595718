package framing

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

func isPayload(err error) bool { return errors.Is(err, ErrPayload) }

// hexBytes is hex text, {"repeat":hex,"n":N} or {"concat":[…]}.
type hexBytes []byte

func (h *hexBytes) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		raw, err := hex.DecodeString(s)
		*h = raw
		return err
	}
	var c struct {
		Repeat hexBytes
		N      int
		Concat []hexBytes
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return err
	}
	*h = append(bytes.Repeat(c.Repeat, c.N), bytes.Join(asSlices(c.Concat), nil)...)
	return nil
}

func asSlices(h []hexBytes) (out [][]byte) {
	for _, b := range h {
		out = append(out, b)
	}
	return out
}

type vector struct {
	ID, Framing string
	Payloads    []hexBytes
	Wire        hexBytes
	Frames      []struct{ Header, Payload, Trailer int }
	Leftover    int
	Error       *struct {
		Offset int64
		Kind   Fault
	}
	EOF     string
	Class   string `json:"cls"`
	Options struct {
		Max    int64
		Strict bool
		Banner *bool
	}
}

// spec is the framing with the options of the vector as arguments.
func (v vector) spec() string {
	spec := v.Framing
	if v.Options.Strict && !strings.Contains(spec, "strict") {
		spec += ",strict"
	}
	if v.Options.Banner != nil && !*v.Options.Banner {
		spec += ",banner=off"
	}
	if !strings.Contains(v.Framing, ":") {
		spec = strings.Replace(spec, ",", ":", 1)
	}
	return spec
}

// The vectors give frames, payloads, leftover, and the place and kind of errors. They hold
// whole, byte by byte and at random cuts.
func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	ran := 0
	for _, v := range vectors {
		name, _, _ := strings.Cut(v.Framing, ":")
		if Lookup(name) == nil {
			t.Errorf("%s: there is no framing %q", v.ID, name)
			continue
		}
		ran++
		t.Run(v.ID, func(t *testing.T) {
			f := mustParse(t, v.spec())
			sources := []io.Reader{whole(v.Wire), single(v.Wire)}
			for range 3 {
				sources = append(sources, random(v.Wire, rnd))
			}
			for i, src := range sources {
				for _, read := range []func(*Reader) ([]got, error){drain, drainBatch} {
					r := NewReader(src, f)
					r.Max = v.Options.Max
					frames, err := read(r)
					if diff := v.compare(frames, err); diff != "" {
						t.Fatalf("cuts %d: %s", i, diff)
					}
					src = whole(v.Wire)
				}
			}
			v.encodes(t, f)
		})
	}
	if ran < 427 {
		t.Errorf("only %d vectors ran", ran)
	}
}

func (v vector) compare(frames []got, err error) string {
	if len(frames) != len(v.Frames) {
		return fmt.Sprintf("%d frames, %v; want %d", len(frames), err, len(v.Frames))
	}
	end := int64(0)
	for i, g := range frames {
		want := v.Frames[i]
		fill := int(g.Offset - end) // the vectors count it in the header
		if h := fill + len(g.Header); h != want.Header || int(g.Wire)-len(g.Header)-len(g.Trailer) != want.Payload || len(g.Trailer) != want.Trailer {
			return fmt.Sprintf("frame %d has header %d, body %d, trailer %d; want %v", i, h, int(g.Wire)-len(g.Header)-len(g.Trailer), len(g.Trailer), want)
		}
		if g.Payload != string(v.Payloads[i]) {
			return fmt.Sprintf("payload %d is %.40q, want %.40q", i, g.Payload, v.Payloads[i])
		}
		end = g.Offset + g.Wire
	}
	if left := len(v.Wire) - int(end); left != v.Leftover {
		return fmt.Sprintf("leftover %d, want %d", left, v.Leftover)
	}
	var e *Error
	switch errors.As(err, &e); {
	case v.Error != nil && (e == nil || e.Fault != v.Error.Kind || e.Offset != v.Error.Offset):
		return fmt.Sprintf("error %v (%+v), want %+v", err, e, *v.Error)
	case v.Error == nil && v.EOF == "partial" && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("error %v, want an unexpected EOF", err)
	case v.Error == nil && v.EOF == "clean" && err != io.EOF:
		return fmt.Sprintf("error %v, want EOF", err)
	}
	return ""
}

// encodes checks that the payloads, with the marks that were read, give the same bytes on
// the wire, except for fill and for spellings that encode does not choose.
func (v vector) encodes(t *testing.T, f Framing) {
	if v.Error != nil || v.EOF != "clean" || v.Leftover > 0 {
		return
	}
	frames, _ := drain(NewReader(whole(v.Wire), f))
	var again bytes.Buffer
	w := NewWriter(&again, f)
	for _, g := range frames {
		if err := w.WriteLike(Marks{[]byte(g.Header), []byte(g.Trailer)}, []byte(g.Payload)); err != nil {
			t.Fatalf("encoding payload %d again: %v", g.Index, err)
		}
	}
	w.Flush()
	back, err := drain(NewReader(whole(again.Bytes()), f))
	if err != io.EOF || len(back) != len(frames) {
		t.Fatalf("reading what was encoded again: %d frames, %v", len(back), err)
	}
	for i := range back {
		if back[i].Payload != frames[i].Payload {
			t.Errorf("payload %d is %q after encoding, was %q", i, back[i].Payload, frames[i].Payload)
		}
	}
}
