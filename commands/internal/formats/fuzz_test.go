package formats

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// FuzzFormats reads any bytes as every input format: whole and split reads agree.
func FuzzFormats(f *testing.F) {
	for i, s := range []string{"a\nb", "all of it", "6869\n6 8\r\n", "aGk=\naGk", `a\x00\n` + "\n", `{"text":"\u202e\\"} {"hex":"00"}`} {
		f.Add(uint8(i), []byte(s), uint64(i))
	}
	names := []string{"lines", "raw", "hex", "base64", "escaped", "json"}
	f.Fuzz(func(t *testing.T, which uint8, text []byte, cuts uint64) {
		in, err := In(names[int(which)%len(names)])
		if err != nil {
			t.Fatal(err)
		}
		read := func(src io.Reader) (out []string) {
			r := framing.NewReader(src, in.Framing)
			for {
				f, err := r.Next()
				if err != nil {
					return append(out, err.Error())
				}
				out = append(out, fmt.Sprintf("%d %d %q", f.Offset, f.Size, f.Payload))
				if in.Marks != nil {
					in.Marks(f.Body)
				}
			}
		}
		rnd := rand.New(rand.NewPCG(cuts, 1))
		want, got := read(bytes.NewReader(text)), read(&pieces{text, rnd})
		if strings.Join(want, "\n") != strings.Join(got, "\n") {
			t.Fatalf("%s: whole %q, split %q", in.Name, want, got)
		}
		// What an output format writes of it comes back.
		for _, name := range names[2:] {
			out, _ := Out(name)
			if out.Framing == nil {
				continue
			}
			line, err := out.Framing.Append(nil, framing.Marks{}, text)
			if err != nil {
				t.Fatalf("%s refuses %q: %v", name, text, err)
			}
			back, _ := In(name)
			fr, err := framing.NewReader(bytes.NewReader(line), back.Framing).Next()
			if err != nil || !bytes.Equal(fr.Payload, text) || bytes.Count(line, []byte("\n")) != 1 {
				t.Fatalf("%s of %q wrote %q, which reads %q, %v", name, text, line, fr.Payload, err)
			}
		}
		line := AppendFrame(nil, framing.Frame{Payload: text}, FrameInfo{})
		fr, err := framing.NewReader(bytes.NewReader(line), JSONObjects{}).Next()
		if err != nil || !bytes.Equal(fr.Payload, text) {
			t.Fatalf("json of %q wrote %q, which reads %q, %v", text, line, fr.Payload, err)
		}
		checkEmbedded(t, string(text))
		checkMembers(t, text)
		line = AppendFrame(line[:len(line)-1], framing.Frame{Payload: text}, FrameInfo{Embed: true})
		for _, c := range string(line[:len(line)-1]) {
			if report.Unsafe(c) {
				t.Fatalf("json of %q holds %q", text, c)
			}
		}
		for _, c := range string(report.AppendSafe(nil, text)) {
			if report.Unsafe(c) {
				t.Fatalf("%q is shown with %q", text, c)
			}
		}
	})
}

// pieces returns data in random pieces.
type pieces struct {
	data []byte
	rnd  *rand.Rand
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.data) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), 1+p.rnd.IntN(5))], p.data)
	p.data = p.data[n:]
	return n, nil
}
