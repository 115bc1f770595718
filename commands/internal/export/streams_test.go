package export

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"framecat/framing"
)

// A stream is bytes of a framing that can be exported, and the frames that framecat finds in them.
type stream struct {
	name, spec string
	framing    framing.Framing
	entry      *framing.Entry
	bytes      []byte
	frames     []framing.Frame
}

// longestStream is how much of a recorded stream the tests read: they cut it there, even inside
// a frame.
const longestStream = 64 << 10

// streams returns a stream for each example of each row, and for each capture of the test data.
func streams(t *testing.T) (list []*stream) {
	t.Helper()
	for _, k := range framing.Entries() {
		for _, x := range k.Details().Examples() {
			s := newStream(t, x.Spec, x.Spec)
			if s == nil {
				continue
			}
			for _, size := range []int{len(x.Payload), len(x.Payload), 4, 1000, len(x.Payload)} {
				payload := []byte(x.Payload)
				if size != len(payload) {
					payload = bytes.Repeat([]byte("ab\\\r"), size/4)
				}
				s.bytes, _ = s.framing.Append(s.bytes, framing.Marks{}, payload) // not each payload fits
			}
			list = append(list, s)
		}
	}
	for _, spec := range []string{`delim:\r\n,esc=\\`, `delim:ab,esc=c`, `delim:\n,magic=>>,crc=crc16-modbus`, `delim:\n,esc=e,crc=crc32`, "fixed:7",
		"u32le:unit=4,offset=1,adjust=-8,header=6,mask=0xffff0f", "u64le:mask=0xffffffff,prefix=0x0000000000000080", "u64be:mask=0xf0,adjust=1", "u16le:signed",
		"ascii:size=6,offset=2,counts=frame,trailer=.", "bcd:size=3,crc=crc32c-le,crc-counted=no", `any:%,],^,-,0x00,\\`, "u8:magic=end,offset=3"} {
		s := newStream(t, spec, spec)
		for _, payload := range []string{"end", "", "a]%b^c-", "abab b", "\\", "abcd\x00", "escaped \\ \r\n e", strings.Repeat("A", 3000), "1234567", "12345678", "abcdefghijk"} {
			s.bytes, _ = s.framing.Append(s.bytes, framing.Marks{}, []byte(payload))
		}
		list = append(list, s)
	}
	var manifest []struct{ File, Spec string }
	raw, err := os.ReadFile(captures + "manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	for _, row := range manifest {
		s := newStream(t, row.File, row.Spec)
		if s == nil {
			continue
		}
		b, err := os.ReadFile(captures + row.File)
		if err != nil {
			t.Fatal(err)
		}
		s.bytes = b[:min(len(b), longestStream)]
		list = append(list, s)
	}
	for _, s := range list {
		r := framing.NewReader(bytes.NewReader(s.bytes), s.framing)
		for frame, err := range r.Frames() {
			if err != nil {
				break // the stream is cut, or ends with bytes of no frame
			}
			for _, b := range []*[]byte{&frame.Header, &frame.Body, &frame.Trailer} {
				*b = bytes.Clone(*b)
			}
			s.frames = append(s.frames, frame)
		}
	}
	return list
}

const captures = "../../../testdata/captures/"

// newStream returns a stream without bytes, or nil if the framing cannot be exported.
func newStream(t *testing.T, name, spec string) *stream {
	t.Helper()
	f, err := framing.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	row, _, _ := strings.Cut(spec, ":")
	k := framing.Lookup(row)
	if _, ok := describe(k, f); !ok {
		return nil
	}
	return &stream{name: name, spec: spec, framing: f, entry: k}
}

// A seen frame is what another program shows of a frame: header fields by their names, and the
// bytes of the payload and of what follows it. The values of fields of over 8 bytes are not
// compared.
type seenFrame struct {
	fields     map[string]uint64
	names      map[string]string // the text that is shown for the value; nil if there is none
	body, tail string
}

// want returns what must be seen of the frames.
func (s *stream) want() (list []seenFrame) {
	d, _ := describe(s.entry, s.framing)
	for _, frame := range s.frames {
		w := seenFrame{fields: map[string]uint64{}, names: map[string]string{}, body: string(frame.Body), tail: string(frame.Trailer)}
		if d.length != nil {
			all := bytes.Join([][]byte{frame.Header, frame.Body, frame.Trailer}, nil)
			field, _ := s.entry.Details().LengthField(s.framing, all)
			w.fields["length"] = field.Value
		}
		for _, f := range s.entry.Fields {
			v, ok := f.Value(frame.Header)
			if !ok {
				continue
			}
			for _, g := range d.fields {
				if g.title == f.Name {
					w.fields[g.id], w.names[g.id] = v, f.Names.Of(v)
				}
			}
		}
		list = append(list, w)
	}
	return list
}

// compare reports how what was seen differs from what must be.
func (s *stream) compare(t *testing.T, program string, got []seenFrame) {
	t.Helper()
	want := s.want()
	for i := range min(len(got), len(want)) {
		g, w := got[i], want[i]
		if g.body != w.body || g.tail != w.tail {
			t.Errorf("%s: %s: frame %d has payload %q and trailer %q, want %q and %q", program, s.name, i, g.body, g.tail, w.body, w.tail)
			return
		}
		for id, v := range w.fields {
			if got, ok := g.fields[id]; !ok || got != v {
				t.Errorf("%s: %s: frame %d: %s is %d (%v), want %d", program, s.name, i, id, got, ok, v)
				return
			}
			if g.names != nil && !strings.Contains(g.names[id], w.names[id]) {
				t.Errorf("%s: %s: frame %d: %s is shown as %q, want %q", program, s.name, i, id, g.names[id], w.names[id])
			}
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %s: %d frames, want %d", program, s.name, len(got), len(want))
	}
}

// pieces cuts a stream as reads of a socket might.
func (s *stream) pieces() (list [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for b := s.bytes; len(b) > 0; {
		n := min(len(b), 1+r.IntN(1+min(1400, len(s.bytes)/4)))
		list, b = append(list, b[:n]), b[n:]
	}
	return list
}

// number reads a number as programs print it.
func number(text string) (uint64, bool) {
	v, err := strconv.ParseUint(text, 0, 64)
	return v, err == nil
}
