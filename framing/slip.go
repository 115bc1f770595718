package framing

import "bytes"

// slip ends each packet with END and escapes END and ESC in it. An END before a
// packet is fill; encode writes one, which clears noise from the line.
//
//	C0 ~ 61 62 DB DC | C0     for the payload 61 62 C0
//
// Source: RFC 1055. There is no empty packet.
type slip struct{}

const (
	slipEnd    = 0xc0
	slipEsc    = 0xdb
	slipEscEnd = 0xdc
	slipEscEsc = 0xdd
)

func (slip) String() string { return "slip" }

func (slip) Scan(b []byte, c *Cursor) (Extent, error) { return scanFlagged(b, c, slipEnd) }

func (slip) Split(b []byte, spans []Span) []Span { return splitFlagged(b, slipEnd, spans) }

func (slip) Unescape(dst, _, body, _ []byte) ([]byte, error) { return slipUnescape(dst, body, 0) }

func (slip) plain(b []byte) bool { return bytes.IndexByte(b, slipEsc) < 0 }

// slipUnescape undoes the escapes; at is where body starts in the frame.
func slipUnescape(dst, body []byte, at int) ([]byte, error) {
	for i := 0; ; {
		n := bytes.IndexByte(body[i:], slipEsc)
		if n < 0 {
			return append(dst, body[i:]...), nil
		}
		dst = append(dst, body[i:i+n]...)
		i += n + 2
		if i > len(body) {
			return dst, malformed(BadEscape, at+len(body), "the packet ends after ESC, expected 0xdc or 0xdd")
		}
		switch body[i-1] {
		case slipEscEnd:
			dst = append(dst, slipEnd)
		case slipEscEsc:
			dst = append(dst, slipEsc)
		default:
			return dst, malformed(BadEscape, at+i-1, "found %#02x after ESC, expected 0xdc or 0xdd", body[i-1])
		}
	}
}

func slipEscape(dst, payload []byte) []byte {
	for {
		i := bytes.IndexByte(payload, slipEnd)
		j := bytes.IndexByte(payload[:boundOr(i, len(payload))], slipEsc)
		if j >= 0 {
			i = j
		}
		if i < 0 {
			return append(dst, payload...)
		}
		dst = append(append(dst, payload[:i]...), slipEsc, slipEscEsc)
		if payload[i] == slipEnd {
			dst[len(dst)-1] = slipEscEnd
		}
		payload = payload[i+1:]
	}
}

func boundOr(i, n int) int {
	if i < 0 {
		return n
	}
	return i
}

func (slip) MinPayload(body int64) int64 { return (body + 1) / 2 }

func (slip) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() && (len(like.Header) > 0 || string(like.Trailer) != "\xc0") {
		return dst, ErrMarks
	}
	if len(payload) == 0 {
		return dst, payloadError("slip has no empty packet")
	}
	return append(slipEscape(append(dst, slipEnd), payload), slipEnd), nil
}

// AppendAll copies the payloads as they are, and starts again if one of them needs escapes.
func (s slip) AppendAll(dst, src []byte, spans []Span) ([]byte, int) {
	start := len(dst)
	dst = growFor(dst, spans, 2)
	n := start
	out := dst[:cap(dst)]
	for _, p := range spans {
		if p.HeaderEnd == p.BodyEnd { // Append gives the reason
			return appendEach(s, dst, src, spans)
		}
		out[n] = slipEnd
		n++
		n += copyShort(out[n:], src, p.HeaderEnd, p.BodyEnd-p.HeaderEnd)
		out[n] = slipEnd
		n++
	}
	framed := out[start:n]
	if bytes.IndexByte(framed, slipEsc) >= 0 || bytes.Count(framed, []byte{slipEnd}) > 2*len(spans) {
		return appendEach(s, dst, src, spans)
	}
	return out[:n], len(spans)
}

func (slip) Sync(b []byte) (int, bool) { return syncFlag(b, slipEnd) }

// kiss is slip with a byte in front that holds port and command, escaped too.
//
//	C0 ~ 00 | 61 62 | C0
//
// Source: Chepponis and Karn, "The KISS TNC", 1987. A packet may be empty.
type kiss struct{}

func (kiss) String() string { return "kiss" }

func (kiss) Scan(b []byte, c *Cursor) (Extent, error) {
	e, err := scanFlagged(b, c, slipEnd)
	if e.Body > 0 {
		e.Header = 1
		if b[e.Skip] == slipEsc && e.Body > 1 {
			e.Header = 2
		}
		e.Body -= int64(e.Header)
	}
	return e, err
}

func (kiss) Unescape(dst, header, body, _ []byte) ([]byte, error) {
	var kind [2]byte
	if _, err := slipUnescape(kind[:0], header, 0); err != nil {
		return dst, err
	}
	return slipUnescape(dst, body, len(header))
}

func (kiss) MinPayload(body int64) int64 { return (body + 1) / 2 }

func (kiss) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	header := []byte{0}
	if !like.none() {
		header = like.Header
		var kind [2]byte
		b, err := slipUnescape(kind[:0], header, 0)
		if err != nil || len(b) != 1 || header[0] == slipEnd || string(like.Trailer) != "\xc0" {
			return dst, ErrMarks
		}
	}
	dst = append(append(dst, slipEnd), header...)
	return append(slipEscape(dst, payload), slipEnd), nil
}

func (kiss) Sync(b []byte) (int, bool) { return syncFlag(b, slipEnd) }

func parseSlip(_ *Entry, s *settings) (Framing, error) { return withChecksum(slip{}, 1, s), nil }

func parseKiss(*Entry, *settings) (Framing, error) { return kiss{}, nil }
