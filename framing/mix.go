package framing

import (
	"slices"
	"strings"
)

// mix is several framings on one line, as of a receiver that sends NMEA and UBX, or binary frames
// between lines of a log. A frame is of the first framing that fits at the first place where one
// fits: as a whole, with its checksum. What is between frames is fill.
//
// Whether a framing fits depends only on the bytes from that place on, and is decided when the frame
// is whole: so how the stream is cut has no influence. While a frame may still become whole, the
// framings after it and the places after it wait.
//
// In a spec, a comma in a part is written \, and a backslash \\.
type mix struct {
	parts  []mixPart
	starts [256]bool // the bytes with which a frame of any part may begin
}

type mixPart struct {
	Framing
	row    *Entry
	name   string    // the value of the field framing
	starts [256]bool // the bytes with which a frame may begin
}

// mostMixed is the longest frame: a length that is only noise must not hold up the frames after it.
const mostMixed = 64 << 10

// mostSearched is how far the end of a frame is searched that announces no length. It bounds the work:
// the search begins anew at each byte of the fill.
const mostSearched = 2 << 10

// mixField is the field that names the framing of a frame.
const mixField = "framing"

func (m *mix) String() string {
	w := newSpec("mix")
	for _, p := range m.parts {
		w.arg("%s", strings.NewReplacer(`\`, `\\`, ",", `\,`).Replace(p.String()))
	}
	return w.b.String()
}

func (m *mix) Scan(b []byte, c *Cursor) (Extent, error) {
	from, seen := int(c.Pending), c.Seen // the part that waits for more bytes
	for at := range b {
		for ; m.starts[b[at]] && from < len(m.parts); from++ {
			in := Cursor{Seen: seen, EOF: c.EOF}
			e, fit := m.parts[from].fits(b[at:], &in)
			switch fit {
			case fitsNot:
				seen = 0
				continue
			case fitsMaybe:
				c.Pending, c.Seen = int64(from), max(0, min(in.Seen, len(b)-at))
				return Extent{Skip: at, Body: e.Body}, ErrMore
			}
			e.Skip = at
			return e, nil
		}
		from, seen = 0, 0
	}
	c.Pending, c.Seen = 0, 0
	return Extent{Skip: len(b)}, ErrMore
}

type fit int

const (
	fitsNot fit = iota
	fitsMaybe
	fitsWhole
)

// fits reports whether b begins with a frame.
func (p *mixPart) fits(b []byte, c *Cursor) (Extent, fit) {
	if !p.starts[b[0]] {
		return Extent{}, fitsNot
	}
	e, err := p.Scan(b, c)
	size := int64(e.Skip+e.Header) + e.Body + int64(e.Trailer)
	switch {
	case e.Skip > 0 || size > mostMixed || e.Silent:
		return e, fitsNot
	case err == ErrMore && c.EOF, err != nil && err != ErrMore:
		return e, fitsNot
	case err == ErrMore && len(b) > mostSearched, err == nil && !e.Announced && size > mostSearched:
		return e, fitsNot
	case err == ErrMore, size > int64(len(b)) && !c.EOF:
		return e, fitsMaybe
	case size > int64(len(b)), size == 0:
		return e, fitsNot
	}
	h, t := e.Header, e.Header+int(e.Body)
	if !strings.HasSuffix(string(b[t:size]), e.Want) {
		return e, fitsNot
	}
	if s, ok := p.Framing.(interface{ summed(trailer []byte) bool }); ok && !s.summed(b[t:size]) {
		return e, fitsNot // text around frames looks like one without a checksum
	}
	if u, ok := p.Framing.(Escaper); ok {
		if _, err := u.Unescape(nil, b[:h], b[h:t], b[t:size]); err != nil {
			return e, fitsNot
		}
	}
	return e, fitsWhole
}

// of returns the part that a whole frame is of, or nil.
func (m *mix) of(header, body, trailer []byte) *mixPart {
	frame := slices.Concat(header, body, trailer)
	if len(frame) == 0 {
		return nil
	}
	for _, eof := range []bool{false, true} { // some frames end only with the stream
		for i := range m.parts {
			e, fit := m.parts[i].fits(frame, &Cursor{EOF: eof})
			if fit == fitsWhole && e.Header == len(header) && int(e.Body) == len(body) && e.Trailer == len(trailer) {
				return &m.parts[i]
			}
		}
	}
	return nil
}

func (m *mix) Unescape(dst, header, body, trailer []byte) ([]byte, error) {
	if p := m.of(header, body, trailer); p != nil {
		if u, ok := p.Framing.(Escaper); ok {
			return u.Unescape(dst, header, body, trailer)
		}
	}
	return append(dst, body...), nil
}

// MinPayload returns 0: the framing of the frame is not known here, and no frame is longer than mostMixed.
func (m *mix) MinPayload(int64) int64 { return 0 }

// Sync returns the start of b: what is no frame is fill.
func (m *mix) Sync([]byte) (int, bool) { return 0, true }

// Append writes a frame of the part that can write like and the payload, the first one first.
func (m *mix) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	var first error
	for _, p := range m.parts {
		out, err := p.Append(dst, like, payload)
		if err == nil {
			e, fit := m.fit(out[len(dst):])
			if fit && int64(e.Header)+e.Body+int64(e.Trailer) == int64(len(out)-len(dst)) {
				return out, nil
			}
			err = payloadError("%s would not read the frame of %s as one frame", m, p.name)
		}
		if first == nil {
			first = err
		}
	}
	return dst, first
}

// fit reports whether a frame is read back as a whole.
func (m *mix) fit(frame []byte) (Extent, bool) {
	e, err := m.Scan(frame, &Cursor{EOF: true})
	return e, err == nil && e.Skip == 0
}

// describe appends the name of the framing that a frame is of, and the fields of that framing,
// whose names begin with it.
func (m *mix) describe(dst []FieldText, f Frame) []FieldText {
	p := m.of(f.Header, f.Body, f.Trailer)
	if p == nil {
		return dst
	}
	dst = append(dst, FieldText{mixField, p.name})
	first := len(dst)
	dst = p.row.Describe(dst, p.Framing, f)
	prefixNames(dst[first:], p.row.Name)
	return dst
}

// prefixNames puts the name of a framing before those of its fields.
func prefixNames(fields []FieldText, name string) {
	for i := range fields {
		fields[i].Name = name + "." + fields[i].Name
	}
}

func (m *mix) known(field string) (values []FieldText, other func(string) string) {
	if field == mixField {
		for i := range m.parts {
			values = append(values, FieldText{m.parts[i].name, m.parts[i].name})
		}
		return values, nothing
	}
	name, field, _ := strings.Cut(field, ".")
	for i := range m.parts {
		if p := &m.parts[i]; p.row.Name == name {
			return p.row.Details().Known(p.Framing, field)
		}
	}
	return nil, nil
}

// entry returns the row with the fields of all parts.
func (m *mix) entry() *Entry {
	e := *rowOf("mix")
	e.variable = slices.Clone(e.variable)
	for i := range m.parts {
		e.addFields(m.parts[i].row)
	}
	return &e
}

// mixEntry returns the entry of a spec of a mix, or nil if it is not one.
func mixEntry(spec string) *Entry {
	if !strings.HasPrefix(spec, "mix:") {
		return nil
	}
	f, err := Parse(spec)
	if err != nil {
		return nil
	}
	return EntryOf(f)
}

func parseMix(_ *Entry, s *settings) (Framing, error) {
	m := &mix{}
	for i := range s.args {
		a := &s.args[i]
		a.bare()
		f, row, err := s.part(a.value)
		if err != nil {
			return nil, within(err, s.spec, a.pos)
		}
		p := mixPart{Framing: f, row: row}
		if !p.marked() {
			s.refusePart(a, &p)
			return nil, s.err
		}
		for b, may := range p.starts {
			m.starts[b] = m.starts[b] || may
		}
		m.parts = append(m.parts, p)
	}
	if len(m.parts) < 2 {
		s.fail(s.at(), "mix needs two framings or more, such as mix:ubx,nmea")
	}
	m.name()
	return m, nil
}

// name names the parts: by their rows, or by their specs if two parts are of the same row.
func (m *mix) name() {
	for i := range m.parts {
		p := &m.parts[i]
		p.name = p.row.Name
		for j := range m.parts {
			if j != i && m.parts[j].row == p.row {
				p.name = p.String()
			}
		}
	}
}

// marked finds the bytes with which frames may begin. It reports whether the framing refuses most of
// what is no frame: not more than one start in 16 may pass for a frame, neither among random bytes nor among
// zeros and small numbers, which fit any limit of a length.
func (p *mixPart) marked() bool {
	if _, joins := p.Framing.(*joined); joins {
		return false
	}
	random := uint32(1)
	next := func() byte {
		random = random*1664525 + 1013904223
		return byte(random >> 24)
	}
	small := func() byte {
		if v := next(); v < 1<<6 {
			return v & 7
		}
		return 0
	}
	var b [16]byte
	passes := func(first byte, next func() byte) int {
		b[0] = first
		for i := 1; i < len(b); i++ {
			b[i] = next()
		}
		if e, err := p.Scan(b[:], new(Cursor)); e.Skip == 0 && (err == nil || err == ErrMore) {
			return 1
		}
		return 0
	}
	noise, numbers := 0, 0
	for first := range 256 {
		e, err := p.Scan([]byte{byte(first)}, new(Cursor))
		p.starts[first] = e.Skip == 0 && (err == nil || err == ErrMore)
		noise += passes(byte(first), next)
		numbers += passes(small(), small)
	}
	return max(noise, numbers) <= 256/16
}

// refusePart fails with the reason why a framing cannot be part of a mix.
func (s *settings) refusePart(a *arg, p *mixPart) {
	if j, joins := p.Framing.(*joined); joins {
		s.fail(a.pos, "a mix shows frames, but %s puts them together", a.value)
		s.err.Hint = "write " + j.Framing.String()
		return
	}
	s.fail(a.pos, "frames of %s have no mark at their start: almost any bytes would be one", a.value)
	s.err.Hint = "mix framings whose frames begin with a mark, such as ubx, nmea, netstring or u8:offset=1,magic=0xaa"
	if d, ok := p.Framing.(*delim); ok && d.magic == "" {
		s.err.Hint = "leave it out: all bytes between frames are fill, which inspect shows"
	}
}
