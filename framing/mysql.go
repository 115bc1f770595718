package framing

// mysql is MySQL's packet: a length of 3 bytes, least significant first, and a
// sequence number.
//
//	07 00 00 | 01 | 00 00 00 02 00 00 00
//	length   seq    payload
//
// A payload of FF FF FF bytes continues in the next packet; each packet is a frame. With
// strict each number must follow the one before: within a command, both peers share one
// count. It begins at 0 in the client's packets and at 1 in the server's.
//
// Source: MySQL source code documentation, Protocol::Packet.
type mysql struct{ strict bool }

// mysqlMost is the longest payload of a packet. One of that length continues in the next.
const mysqlMost = 1<<24 - 1

func (mysql) most() int { return mysqlMost }

func (m mysql) String() string {
	w := newSpec("mysql")
	w.word("strict", m.strict)
	return w.b.String()
}

func (m mysql) Scan(b []byte, c *Cursor) (Extent, error) {
	if len(b) < 4 {
		return Extent{}, ErrMore
	}
	if m.strict {
		last, seq := byte(c.Stream), b[3]
		if c.Stream != 0 && seq > 1 && seq != last+1 && seq != last+2 {
			return Extent{}, malformed(badSequence, 3, "found sequence number %d, which does not follow %d", seq, last)
		}
		c.Stream = 1<<8 | uint64(seq)
	}
	return Extent{Header: 4, Body: int64(u24le(b)), Announced: true}, nil
}

func u24le(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

func (m mysql) Split(b []byte, spans []Span) []Span {
	if m.strict {
		return spans
	}
	return splitScan(m, b, spans)
}

func (m mysql) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(m, dst, like, payload)
}

func (m mysql) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if size > mysqlMost {
		return dst, payloadError("a payload of %s is too long for mysql, whose packets hold at most %d", plural(size, "byte"), mysqlMost)
	}
	seq := byte(0)
	if !like.none() {
		if len(like.Header) != 4 || len(like.Trailer) > 0 {
			return dst, ErrMarks
		}
		seq = like.Header[3]
	}
	return append(dst, byte(size), byte(size>>8), byte(size>>16), seq), nil
}

func (mysql) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

func parseMySQL(_ *Entry, s *settings) (Framing, error) { return mysql{s.word("strict")}, nil }
