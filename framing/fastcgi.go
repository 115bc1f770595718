package framing

import "encoding/binary"

// fastcgi is a FastCGI record: a header of 8 bytes contains the length of the content
// and of the padding after it.
//
//	version | type | request id | content length | padding length | reserved | content | padding
//	   1        1         2              2                1             1
//	├──────────────────────────────── header ────────────────────────────────┤ payload ┤ trailer ┤
//
// Source: FastCGI Specification 1.0, section 3.3.
type fastcgi struct{}

const (
	fcgiHeader = "\x01\x06\x00\x01\x00\x00\x00\x00" // FCGI_STDOUT of request 1
	fcgiMax    = 1<<16 - 1
)

func (fastcgi) String() string { return "fastcgi" }

func (fastcgi) Scan(b []byte, _ *Cursor) (Extent, error) {
	if len(b) > 0 && b[0] != 1 {
		return Extent{}, malformed(badVersion, 0, "version is %d, expected 1", b[0])
	}
	if len(b) < len(fcgiHeader) {
		return Extent{}, ErrMore
	}
	return Extent{
		Header: len(fcgiHeader), Body: int64(binary.BigEndian.Uint16(b[4:])), Trailer: int(b[6]),
		Announced: true, Field: 4,
	}, nil
}

func (f fastcgi) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(f, dst, like, payload)
}

func (f fastcgi) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if size > fcgiMax {
		return dst, payloadError("a payload of %s is too long for fastcgi, whose records hold at most %d", plural(size, "byte"), fcgiMax)
	}
	start := len(dst)
	if like.none() {
		dst = append(dst, fcgiHeader...)
	} else {
		e, err := f.Scan(like.Header, new(Cursor))
		if err != nil || len(like.Header) != e.Header || len(like.Trailer) != e.Trailer {
			return dst, ErrMarks
		}
		dst = append(dst, like.Header...)
	}
	binary.BigEndian.PutUint16(dst[start+4:], uint16(size))
	return dst, nil
}

// AppendTrailer repeats the padding of the record to imitate: padding of any length is valid
// after any content.
func (fastcgi) AppendTrailer(dst []byte, like Marks, _ int64) []byte {
	return append(dst, like.Trailer...)
}

func (f fastcgi) Split(b []byte, spans []Span) []Span { return splitScan(f, b, spans) }

func parseFastCGI(*Entry, *settings) (Framing, error) { return fastcgi{}, nil }
