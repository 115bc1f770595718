package framing

import (
	"cmp"
	"math/rand/v2"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, k := range Entries() {
		for _, x := range k.examples {
			f.Add(x.Spec)
		}
	}
	f.Fuzz(func(t *testing.T, spec string) {
		fr, err := Parse(spec)
		if err != nil {
			e, ok := err.(*SpecError)
			if !ok || e.Spec != spec || e.Pos < 0 || e.Pos > len(spec) || e.Detail == "" {
				t.Fatalf("Parse(%q): %#v", spec, err)
			}
			return
		}
		again, err := Parse(fr.String())
		if err != nil || again.String() != fr.String() {
			t.Fatalf("Parse(%q) prints %q, which gives %v, %v", spec, fr, again, err)
		}
	})
}

// FuzzDecode reads any bytes with any framing, in every way at any cuts: all agree. The frames
// can be written and read again.
func FuzzDecode(f *testing.F) {
	for _, k := range Entries() {
		for _, x := range k.examples {
			fill, header, body, trailer := cutExample(f, x.Frame)
			f.Add(x.Spec, []byte(fill+header+body+trailer), uint64(1), int64(0))
		}
	}
	f.Fuzz(func(t *testing.T, spec string, wire []byte, cuts uint64, limit int64) {
		fr, err := Parse(spec)
		if err != nil || len(wire) > 1<<16 {
			return
		}
		d := decoding{spec: spec, f: fr, wire: wire, limit: cmp.Or(max(-1, limit), -1), skip: cuts%2 == 0}
		d.check(t, rand.New(rand.NewPCG(cuts, 0)))
		frames, _ := drain(NewReader(whole(wire), fr))
		for _, g := range frames {
			out, err := fr.Append(nil, Marks{[]byte(g.Header), []byte(g.Trailer)}, []byte(g.Payload))
			if err != nil {
				continue
			}
			if back, _ := drain(NewReader(whole(out), fr)); len(back) != 1 || back[0].Payload != g.Payload {
				t.Fatalf("%s: payload %q with marks %q %q wrote %q, which reads as %+v", spec, g.Payload, g.Header, g.Trailer, out, back)
			}
		}
	})
}

// FuzzEncode writes any payload with any framing. It is refused, or read back.
func FuzzEncode(f *testing.F) {
	for _, k := range Entries() {
		for _, x := range k.examples {
			f.Add(x.Spec, []byte(x.Payload))
		}
	}
	f.Fuzz(func(t *testing.T, spec string, payload []byte) {
		fr, err := Parse(spec)
		if err != nil {
			return
		}
		out, err := fr.Append(nil, Marks{}, payload)
		if err != nil {
			if !isPayload(err) || out != nil {
				t.Fatalf("%s of %q: %q, %v", spec, payload, out, err)
			}
			return
		}
		if back, _ := drain(NewReader(whole(out), fr)); len(back) != 1 || back[0].Payload != string(payload) {
			t.Fatalf("%s of %q wrote %q, which reads as %+v", spec, payload, out, back)
		}
	})
}
