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
type mix struct{ parts []mixPart }

type mixPart struct{ Framing }

// mostMixed is the longest frame: a length that is only noise must not hold up the frames after it.
const mostMixed = 64 << 10

// mostSearched is how far the end of a frame is searched that announces no length. It bounds the work:
// the search begins anew at each byte of the fill.
const mostSearched = 2 << 10

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
		for ; from < len(m.parts); from++ {
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
	if u, ok := p.Framing.(Escaper); ok {
		if _, err := u.Unescape(nil, b[:h], b[h:t], b[t:size]); err != nil {
			return e, fitsNot
		}
	}
	return e, fitsWhole
}

// of returns the part that a whole frame is of.
func (m *mix) of(header, body, trailer []byte) *mixPart {
	frame := slices.Concat(header, body, trailer)
	for i := range m.parts {
		e, fit := m.parts[i].fits(frame, &Cursor{EOF: true})
		if fit == fitsWhole && e.Header == len(header) && int(e.Body) == len(body) && e.Trailer == len(trailer) {
			return &m.parts[i]
		}
	}
	return nil
}

func (m *mix) Unescape(dst, header, body, trailer []byte) ([]byte, error) {
	p := m.of(header, body, trailer)
	if p == nil {
		return append(dst, body...), nil
	}
	if u, ok := p.Framing.(Escaper); ok {
		return u.Unescape(dst, header, body, trailer)
	}
	return append(dst, body...), nil
}

// MinPayload returns 0: the framing of the frame is not known here, and no frame is longer than mostMixed.
func (m *mix) MinPayload(int64) int64 { return 0 }

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
			err = payloadError("another framing of %s would read the frame in another way", m)
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

func parseMix(_ *Entry, s *settings) (Framing, error) {
	m := &mix{}
	for i := range s.args {
		a := &s.args[i]
		a.bare()
		f, err := s.part(a.value)
		if err != nil {
			return nil, within(err, s.spec, a.pos)
		}
		m.parts = append(m.parts, mixPart{f})
	}
	if len(m.parts) < 2 {
		s.fail(s.at(), "mix needs two framings or more, such as mix:slip,netstring")
	}
	return m, nil
}
