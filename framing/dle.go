package framing

import "bytes"

// dle is data between DLE STX and DLE ETX; each DLE in the data is doubled.
//
//	10 02 | 61 10 10 62 | 10 03     for the payload 61 10 62
//
// Sources: ANSI X3.28 (BSC transparent mode); py-dle-encoder, non-escaped.
type dle struct{}

const (
	stx = 0x02
	etx = 0x03
	esc = 0x10 // DLE
)

func (dle) String() string { return "dle" }

func (dle) Scan(b []byte, c *Cursor) (Extent, error) {
	if err := checkMagic(b, 0, "\x10\x02"); err != nil {
		return Extent{}, err
	}
	at := max(2, c.Seen) // Seen is never inside a pair
	for at < len(b) {
		n := bytes.IndexByte(b[at:], esc)
		if n < 0 {
			at = len(b)
			break
		}
		at += n
		if at+1 == len(b) {
			break
		}
		switch b[at+1] {
		case etx:
			return Extent{Header: 2, Body: int64(at - 2), Trailer: 2}, nil
		case esc:
		default:
			return Extent{Body: int64(at - 2)}, malformed(BadEscape, at+1, "found %#02x after DLE, expected DLE or ETX", b[at+1])
		}
		at += 2
	}
	c.Seen = at
	return Extent{Body: int64(max(0, at-2))}, ErrMore
}

func (dle) Unescape(dst, _, body, _ []byte) ([]byte, error) {
	for i := 0; ; {
		n := bytes.IndexByte(body[i:], esc)
		if n < 0 {
			return append(dst, body[i:]...), nil
		}
		dst = append(dst, body[i:i+n+1]...)
		i += n + 2 // Scan has checked that it is doubled
	}
}

func (dle) MinPayload(body int64) int64 { return (body + 1) / 2 }

func (dle) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() && (string(like.Header) != "\x10\x02" || string(like.Trailer) != "\x10\x03") {
		return dst, ErrMarks
	}
	dst = append(dst, esc, stx)
	for {
		i := bytes.IndexByte(payload, esc)
		if i < 0 {
			return append(append(dst, payload...), esc, etx), nil
		}
		dst = append(append(dst, payload[:i+1]...), esc)
		payload = payload[i+1:]
	}
}

// Sync finds DLE STX, which cannot be inside a frame, where each DLE is doubled.
func (dle) Sync(b []byte) (int, bool) {
	n, found := dlePair(b, stx)
	if found {
		n -= 2
	}
	return n, found
}

func (dle) End(b []byte) (int, bool) { return dlePair(b, etx) }

// dlePair returns where the first pair of DLE and c ends. It reads b pair by pair.
func dlePair(b []byte, c byte) (n int, found bool) {
	for {
		i := bytes.IndexByte(b[n:], esc)
		switch {
		case i < 0:
			return len(b), false
		case n+i+1 == len(b):
			return n + i, false
		}
		n += i + 2
		if b[n-1] == c {
			return n, true
		}
	}
}

func parseDLE(*Entry, *settings) (Framing, error) { return dle{}, nil }

// stxEtx is data between STX and ETX. In it, DLE and the byte plus 40 hex replace STX and
// ETX, and DLE is doubled.
//
//	02 | 61 10 42 62 | 03     for the payload 61 02 62
//
// Source: py-dle-encoder, escaped. No standard: others write DLE and the raw byte,
// or XOR it with 20 hex.
type stxEtx struct{}

func (stxEtx) String() string { return "stx-etx" }

func (stxEtx) Scan(b []byte, c *Cursor) (Extent, error) {
	if err := checkMagic(b, 0, "\x02"); err != nil {
		return Extent{}, err
	}
	from := min(max(1, c.Seen), len(b))
	end := bytes.IndexByte(b[from:], etx)
	if i := bytes.IndexByte(b[from:from+boundOr(end, len(b)-from)], stx); i >= 0 {
		return Extent{Body: int64(from + i - 1)}, malformed(BadEscape, from+i, "found STX without an escape inside a frame, expected ETX first")
	}
	if end >= 0 {
		return Extent{Header: 1, Body: int64(from + end - 1), Trailer: 1}, nil
	}
	c.Seen = len(b)
	return Extent{Body: int64(max(0, len(b)-1))}, ErrMore
}

func (stxEtx) Unescape(dst, _, body, _ []byte) ([]byte, error) {
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c == esc {
			if i++; i == len(body) {
				return dst, malformed(BadEscape, 1+i, "found ETX after DLE, expected 0x42, 0x43 or DLE")
			}
			switch c = body[i]; c {
			case stx + 0x40, etx + 0x40:
				c -= 0x40
			case esc:
			default:
				return dst, malformed(BadEscape, 1+i, "found %#02x after DLE, expected 0x42, 0x43 or DLE", c)
			}
		}
		dst = append(dst, c)
	}
	return dst, nil
}

func (stxEtx) MinPayload(body int64) int64 { return (body + 1) / 2 }

func (stxEtx) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() && (string(like.Header) != "\x02" || string(like.Trailer) != "\x03") {
		return dst, ErrMarks
	}
	dst = append(dst, stx)
	for _, c := range payload {
		switch c {
		case stx, etx:
			dst = append(dst, esc, c+0x40)
		case esc:
			dst = append(dst, esc, esc)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, etx), nil
}

func (stxEtx) Sync(b []byte) (int, bool) { return syncAt(b, "\x02") }

func (stxEtx) End(b []byte) (int, bool) { return syncAfter(b, "\x03") }

func parseStxEtx(*Entry, *settings) (Framing, error) { return stxEtx{}, nil }
