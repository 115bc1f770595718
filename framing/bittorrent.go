package framing

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// bittorrent is the messages between peers of BitTorrent, and the handshake before them, which is
// silent.
//
//	13 BitTorrent protocol | reserved, 8 | info hash, 20 | peer id, 20
//
//	length, 4 | type, 1, and what belongs to it        a length of 0 keeps the connection open
//
// Source: BEP 3, "peer protocol"; BEP 6 and BEP 10 for more types.
type bittorrent struct{}

func (bittorrent) String() string { return "bittorrent" }

const (
	torrentHello = "\x13BitTorrent protocol"
	torrentSize  = len(torrentHello) + 48
)

func (bittorrent) Scan(b []byte, _ *Cursor) (Extent, error) {
	if len(b) > 0 && b[0] == torrentHello[0] {
		if err := checkMagic(b, 0, torrentHello); err != nil {
			return Extent{}, err
		}
		if len(b) < len(torrentHello) {
			return Extent{}, ErrMore
		}
		return Extent{Header: torrentSize, Silent: true}, nil
	}
	if len(b) < 4 {
		return Extent{}, ErrMore
	}
	n := binary.BigEndian.Uint32(b)
	if n > maxTorrent {
		return Extent{}, tooLong(0, "length %d is over the maximum %d of bittorrent", n, maxTorrent)
	}
	return Extent{Header: 4, Body: int64(n), Announced: true}, nil
}

// maxTorrent bounds messages: a piece has 16 KiB, a bit field of the largest torrents some MiB. A longer
// length could begin as the handshake does.
const maxTorrent = 0x12ffffff

func (bittorrent) Split(b []byte, spans []Span) []Span { return splitScan(bittorrent{}, b, spans) }

func (f bittorrent) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if len(like.Header) == torrentSize && strings.HasPrefix(string(like.Header[:len(torrentHello)]), torrentHello) && len(payload)+len(like.Trailer) == 0 {
		return append(dst, like.Header...), nil
	}
	return appendAnnounced(f, dst, like, payload)
}

func (bittorrent) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if !like.none() && (len(like.Header) != 4 || len(like.Trailer) > 0 || like.Header[0] > maxTorrent>>24) {
		return dst, ErrMarks
	}
	if size > maxTorrent {
		return dst, payloadError("a payload of %s is too long for bittorrent, whose messages have at most %d", plural(size, "byte"), maxTorrent)
	}
	return binary.BigEndian.AppendUint32(dst, uint32(size)), nil
}

func (bittorrent) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

var torrentTypes = names{{0, "choke"}, {1, "unchoke"}, {2, "interested"}, {3, "not interested"}, {4, "have"}, {5, "bitfield"}, {6, "request"}, {7, "piece"}, {8, "cancel"}, {9, "port"},
	{13, "suggest piece"}, {14, "have all"}, {15, "have none"}, {16, "reject request"}, {17, "allowed fast"}, {20, "extended"}}

// Describe returns the type of a message.
func (bittorrent) Describe(dst []FieldText, header, body []byte) []FieldText {
	text := "handshake"
	switch {
	case len(header) == torrentSize:
	case len(body) == 0:
		text = "keep-alive"
	default:
		text = otherThan(torrentTypes, "%d", 255)(strconv.Itoa(int(body[0])))
	}
	return append(dst, FieldText{"type", text})
}

func (bittorrent) known(string) ([]FieldText, func(string) string) {
	return append(torrentTypes.known(), FieldText{"handshake", "handshake"}, FieldText{"keep-alive", "keep-alive"}), otherThan(torrentTypes, "%d", 255)
}

func parseBittorrent(*Entry, *settings) (Framing, error) { return bittorrent{}, nil }
