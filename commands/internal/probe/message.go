package probe

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"framecat/commands/internal/formats"
	"framecat/framing"
)

// A Message is one message in its frame.
type Message struct {
	Frame  []byte
	Start  int // where the header starts: there may be fill before it
	Header int // its size
	Body   int
	parts  []part
}

// A part is a part of the header or the trailer that has a name, such as the length.
type part struct {
	name     string
	from, to int // in the frame
}

// NewMessage returns the message in a frame of f.
func NewMessage(f framing.Framing, frame []byte) Message {
	m := Message{Frame: frame, Body: len(frame)}
	e, err := f.Scan(frame, &framing.Cursor{EOF: true})
	if err != nil {
		return m
	}
	m.Start, m.Header, m.Body = e.Skip, e.Header, int(e.Body)
	row := framing.EntryOf(f)
	if row == nil {
		return m
	}
	header, _, trailer := row.Details().Parts(f)
	for _, p := range header {
		if size, err := strconv.Atoi(p.Size); err == nil && p.At >= 0 {
			m.parts = append(m.parts, part{p.Name, m.Start + p.At, m.Start + p.At + size})
		}
	}
	at := m.bodyEnd()
	for _, p := range trailer {
		size, err := strconv.Atoi(p.Size)
		if err != nil {
			break
		}
		m.parts = append(m.parts, part{p.Name, at, at + size})
		at += size
	}
	return m
}

// partAt returns the name of the part in which there is a cut, or that begins there.
func (m *Message) partAt(at int) (name string, inside bool) {
	for _, p := range m.parts {
		if at >= p.from && at < p.to && p.name != "…" {
			return p.name, at > p.from
		}
	}
	return "", false
}

func (m *Message) headerEnd() int { return m.Start + m.Header }
func (m *Message) bodyEnd() int   { return m.headerEnd() + m.Body }

// place describes the cut before the byte at an offset of the frame.
func (m *Message) place(at int) string {
	name, inside := m.partAt(at)
	switch header, body, end := m.headerEnd(), m.bodyEnd(), len(m.Frame); {
	case at < m.Start:
		return "before the header"
	case at > 0 && m.Frame[at-1] == '\r' && m.Frame[at] == '\n':
		return "between CR and LF"
	case at == header && header > 0:
		return "after the header"
	case inside:
		return "in the " + name
	case name != "":
		return "before the " + name
	case at < header:
		return "in the header"
	case at == body && body < end:
		return "before the trailer"
	case at > body:
		return "in the trailer"
	case m.insideRune(at):
		return "inside a UTF-8 character"
	}
	return "in the payload"
}

// insideRune reports whether the byte at an offset of the payload continues a UTF-8 character.
func (m *Message) insideRune(at int) bool {
	return !utf8.RuneStart(m.Frame[at]) && utf8.Valid(m.Frame[m.headerEnd():m.bodyEnd()])
}

// marginal returns the offsets of cuts inside the header and the trailer, and those where they meet
// the payload.
func (m *Message) marginal() (at []int) {
	for i := 1; i < len(m.Frame); i++ {
		if i <= m.headerEnd() || i >= m.bodyEnd() {
			at = append(at, i)
		}
	}
	return at
}

// named returns the offsets at which a connection may end inside the frame: one for each place, or all.
func (m *Message) named(all bool) (at []int) {
	if all {
		for i := 1; i < len(m.Frame); i++ {
			at = append(at, i)
		}
		return at
	}
	header, body := m.headerEnd(), m.bodyEnd()
	for _, i := range []int{1, header - 1, header, header + m.Body/2, body, len(m.Frame) - 1} {
		if i > 0 && i < len(m.Frame) {
			at = append(at, i)
		}
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// Defaults returns the payloads of the messages that are sent if the user gives none.
func Defaults(thorough bool) [][]byte {
	list := [][]byte{[]byte(multibyte), {}, letters(300)}
	if thorough {
		list = append(list, letters(100_000))
	}
	return list
}

// letters returns n letters.
func letters(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + i%26)
	}
	return b
}

const multibyte = "aé€😀z"

// Frames puts payloads into frames of f. A payload that f cannot carry is left out, unless it is
// the first.
func Frames(f framing.Framing, payloads [][]byte) (list []Message, err error) {
	for i, p := range payloads {
		p = formats.Compose(f, p)
		frame, err := f.Append(nil, framing.Marks{}, p)
		switch {
		case err != nil && i == 0:
			return nil, fmt.Errorf("%q: %w", p, err)
		case err == nil && len(frame) > 0:
			list = append(list, NewMessage(f, frame))
		}
	}
	return list, nil
}

// asASCII returns a text of the same length in bytes, in which each character that is not ASCII is
// replaced; nil if there is none.
func asASCII(payload []byte) []byte {
	if !utf8.Valid(payload) {
		return nil
	}
	ascii := slices.Clone(payload)
	found := false
	for i, c := range ascii {
		if c >= utf8.RuneSelf {
			ascii[i], found = 'x', true
		}
	}
	if !found {
		return nil
	}
	return ascii
}
