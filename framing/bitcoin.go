package framing

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
)

// bitcoin is a message of Bitcoin's peers: its network, a command, a length and a checksum, the
// first bytes of SHA-256, applied twice.
//
//	F9 BE B4 D9 | "version" and zeros, 12 | length, 4, little-endian | checksum, 4 | payload
//	├─────────────────────────────── header, 24 bytes ──────────────────────────┤
//
// Other coins have other magic bytes; the key magic names them.
//
// Source: Bitcoin Core, src/protocol.h; Bitcoin developer reference, message headers.
type bitcoin struct{ magic string } // "" is any of Bitcoin's own

const (
	bitcoinHeader = 24
	bitcoinMax    = 32 << 20
)

// bitcoinNetworks are the magic bytes of Bitcoin's networks, as numbers.
var bitcoinNetworks = names{
	{0x0a03cf40, "signet"}, {0x0b110907, "testnet 3"}, {0x1c163f28, "testnet 4"}, {0xf9beb4d9, "main"}, {0xfabfb5da, "regtest"},
}

func (f *bitcoin) String() string {
	w := newSpec("bitcoin")
	w.bytes("magic", f.magic)
	return w.b.String()
}

// wrong returns where b first differs from the magic that fits it best, or -1.
func (f *bitcoin) wrong(b []byte) int {
	if f.magic != "" {
		return differs(b, 0, f.magic)
	}
	most := 0
	for _, n := range bitcoinNetworks {
		i := 0
		for i < min(len(b), 4) && b[i] == byte(n.Value>>(24-8*i)) {
			i++
		}
		if i == min(len(b), 4) {
			return -1
		}
		most = max(most, i)
	}
	return most
}

func (f *bitcoin) Scan(b []byte, _ *Cursor) (Extent, error) {
	if i := f.wrong(b); i >= 0 {
		return Extent{}, malformed(BadMagic, 0, "found % x, which begins no message of this network; use bitcoin:magic=BYTES for another", b[:i+1])
	}
	for i := 4; i < min(len(b), 16); i++ {
		if b[i] != 0 && (b[i] < ' ' || b[i] > '~' || i > 4 && b[i-1] == 0) {
			return Extent{}, malformed(badOpcode, 4, "the command % x is not text, filled up with zeros", b[4:i+1])
		}
	}
	if len(b) < 20 {
		return Extent{}, ErrMore
	}
	e := Extent{Header: bitcoinHeader, Body: int64(binary.LittleEndian.Uint32(b[16:])), Announced: true, Field: 16}
	if e.Body > bitcoinMax {
		return e, tooLong(16, "length %d is over the maximum %d", e.Body, bitcoinMax)
	}
	return e, nil
}

// bitcoinSum returns the checksum of a payload.
func bitcoinSum(payload []byte) uint32 {
	sum := sha256.Sum256(payload)
	sum = sha256.Sum256(sum[:])
	return binary.BigEndian.Uint32(sum[:])
}

func (*bitcoin) Unescape(dst, header, body, _ []byte) ([]byte, error) {
	if got, want := binary.BigEndian.Uint32(header[20:]), bitcoinSum(body); got != want {
		return dst, malformed(Checksum, 20, "checksum %08x, expected %08x", got, want)
	}
	return append(dst, body...), nil
}

func (*bitcoin) MinPayload(body int64) int64 { return body }

func (f *bitcoin) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if len(payload) > bitcoinMax {
		return dst, payloadError("a payload of %s is too long for bitcoin, whose messages hold at most %d", plural(int64(len(payload)), "byte"), bitcoinMax)
	}
	start := len(dst)
	if like.none() {
		magic := f.magic
		if magic == "" {
			magic = "\xf9\xbe\xb4\xd9"
		}
		dst = append(append(dst, magic...), "ping\x00\x00\x00\x00\x00\x00\x00\x00"...)
	} else {
		if e, err := f.Scan(like.Header, new(Cursor)); err != nil || e.Header != len(like.Header) || len(like.Trailer) > 0 {
			return dst, ErrMarks
		}
		dst = append(dst, like.Header[:16]...)
	}
	dst = binary.LittleEndian.AppendUint32(dst[:start+16], uint32(len(payload)))
	return append(binary.BigEndian.AppendUint32(dst, bitcoinSum(payload)), payload...), nil
}

func (f *bitcoin) Sync(b []byte) (int, bool) {
	for i := range b {
		if len(b)-i < 4 {
			return i, false
		}
		if f.wrong(b[i:]) < 0 {
			return i, true
		}
	}
	return len(b), false
}

func (f *bitcoin) Split(b []byte, spans []Span) []Span { return splitScan(f, b, spans) }

// Describe reads the command.
func (*bitcoin) Describe(dst []FieldText, header, _ []byte) []FieldText {
	return append(dst, FieldText{"command", printable(bytes.TrimRight(header[4:16], "\x00"))})
}

func parseBitcoin(_ *Entry, s *settings) (Framing, error) {
	f := &bitcoin{s.bytes("magic")}
	if f.magic != "" && len(f.magic) != 4 {
		s.fail(s.at("magic"), "magic has %s, expected 4", plural(int64(len(f.magic)), "byte"))
	}
	return f, nil
}
