package framing

// dnp3 is a link frame of DNP3. Its header and each block of 16 bytes have a CRC.
//
//	05 64 | length, 1 | control | destination, 2 | source, 2 | CRC, 2 | data, up to 16 | CRC, 2 | data …
//	├──────────────────── header, 10 bytes ────────────────────────┤
//
// The length counts control, addresses and data, but no CRC. The payload is the data without the
// CRCs. All numbers are little-endian.
//
// Source: IEEE 1815-2012 section 9.2.
type dnp3 struct{}

const (
	dnp3Mark   = "\x05\x64"
	dnp3Header = 10
	dnp3Block  = 16
	dnp3Max    = 255 - 5
)

func (dnp3) String() string { return "dnp3" }

func (dnp3) Scan(b []byte, _ *Cursor) (Extent, error) {
	if err := checkMagic(b, 0, dnp3Mark); err != nil {
		return Extent{}, err
	}
	switch {
	case len(b) > 2 && b[2] < 5:
		return Extent{}, malformed(LengthTooSmall, 2, "length %d is less than the 5 bytes of control and addresses, which it counts", b[2])
	case len(b) < dnp3Header:
		return Extent{}, ErrMore
	}
	if err := dnp3Sum.check(b[:8], b[8:10], 8); err != nil {
		return Extent{}, err
	}
	return Extent{Header: dnp3Header, Body: dnp3Wire(int64(b[2]) - 5), Announced: true, Field: 2}, nil
}

var dnp3Sum = checksum{size: 2, little: true, of: crcDNP}

// dnp3Wire returns the size of so much data with its CRCs.
func dnp3Wire(size int64) int64 { return size + 2*((size+dnp3Block-1)/dnp3Block) }

func (dnp3) Unescape(dst, header, body, _ []byte) ([]byte, error) {
	out := dst
	for at := 0; at < len(body); {
		n := min(dnp3Block, len(body)-at-2)
		if err := dnp3Sum.check(body[at:at+n], body[at+n:at+n+2], len(header)+at+n); err != nil {
			return dst, err
		}
		out = append(out, body[at:at+n]...)
		at += n + 2
	}
	return out, nil
}

func (dnp3) MinPayload(body int64) int64 { return body - 2*((body+dnp3Block+1)/(dnp3Block+2)) }

func (f dnp3) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if len(payload) > dnp3Max {
		return dst, payloadError("a payload of %s is too long for dnp3, whose frames hold at most %d", plural(int64(len(payload)), "byte"), dnp3Max)
	}
	start, rest := len(dst), []byte("\xc4\x01\x00\x00\x00")
	if !like.none() {
		if e, err := f.Scan(like.Header, new(Cursor)); err != nil || e.Header != len(like.Header) || len(like.Trailer) > 0 {
			return dst, ErrMarks
		}
		rest = like.Header[3:8]
	}
	dst = append(append(append(dst, dnp3Mark...), byte(len(payload)+5)), rest...)
	dst = dnp3Sum.append(dst, dst[start:])
	for len(payload) > 0 {
		n := min(dnp3Block, len(payload))
		dst = dnp3Sum.append(append(dst, payload[:n]...), payload[:n])
		payload = payload[n:]
	}
	return dst, nil
}

func (dnp3) Sync(b []byte) (int, bool) { return syncAt(b, dnp3Mark) }

func (f dnp3) Split(b []byte, spans []Span) []Span { return splitScan(f, b, spans) }

func parseDNP3(*Entry, *settings) (Framing, error) { return dnp3{}, nil }
