package capture

import (
	"encoding/binary"
	"math/bits"
)

// Flags of a TCP header.
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
)

const (
	packetHeader = 28 // of a packet block
	tcpHeader    = 20
)

// A tcpPacket is a TCP segment to be written.
type tcpPacket struct {
	dir      int // the side that sends it
	flags    byte
	seq, ack uint32
	data     []byte
	size     int // size of the payload; more than len(data) if not all of it was captured
	at       int64
	comment  string
}

// appendPacket appends a packet block:
//
//	type 4 | length 4 | interface 4 | time 8 | captured 4 | length 4 | IP | TCP | payload | options | length 4
func (c *recordedConn) appendPacket(b []byte, p *tcpPacket) []byte {
	start := len(b)
	b = appendBlock(b, blockPacket)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint32(b, uint32(p.at>>32))
	b = le.AppendUint32(b, uint32(p.at))
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	body := len(b)
	b = c.appendHeaders(b, p)
	b = append(b, p.data...)
	captured := len(b) - body
	le.PutUint32(b[body-8:], uint32(captured))
	le.PutUint32(b[body-4:], uint32(captured-len(p.data)+p.size))
	b = pad(b, start)
	if p.comment != "" {
		b = appendEnd(appendOption(b, start, optComment, p.comment))
	}
	return endBlock(b, start)
}

// appendHeaders appends the headers of IP and TCP.
func (c *recordedConn) appendHeaders(b []byte, p *tcpPacket) []byte {
	from, to := &c.ends[p.dir], &c.ends[1-p.dir]
	var options []byte
	if p.flags&flagSYN != 0 {
		options = synOptions[:]
	}
	header := tcpHeader + len(options)
	size := header + p.size
	if ip := len(b); c.six {
		b = append(b, 0x60, 0, 0, 0, byte(size>>8), byte(size), protoTCP, 64)
		b = append(append(b, from[:16]...), to[:16]...)
	} else {
		size := size + ipv4Header
		b = append(b, 0x45, 0, byte(size>>8), byte(size), 0, 0, 0x40, 0, 64, protoTCP, 0, 0)
		b = append(append(b, from[12:16]...), to[12:16]...)
		binary.BigEndian.PutUint16(b[ip+10:], checksum(sum(0, b[ip:])))
	}
	tcp := len(b)
	b = append(append(b, from[16:]...), to[16:]...)
	b = binary.BigEndian.AppendUint32(b, p.seq)
	b = binary.BigEndian.AppendUint32(b, p.ack)
	b = append(b, byte(header<<2), p.flags, 0xff, 0xff, 0, 0, 0, 0)
	b = append(b, options...)
	// The checksum is also of addresses and the length. Bytes that were not captured count
	// as 0.
	pseudo := uint64(protoTCP + size)
	if c.six {
		pseudo = sum(sum(pseudo, from[:16]), to[:16])
	} else {
		pseudo = sum(sum(pseudo, from[12:16]), to[12:16])
	}
	binary.BigEndian.PutUint16(b[tcp+16:], checksum(sum(sum(pseudo, b[tcp:]), p.data)))
	return b
}

// synOptions are the options of a SYN: segments have up to maxPayload bytes, and windows count
// units of 16 KiB, so that the window is never full.
var synOptions = [8]byte{2, 4, maxPayload >> 8, maxPayload & 0xff, 1, 3, 3, 14}

// sum adds the numbers of 16 bits in b to a sum, which checksum completes. Only the last b may
// have an odd length.
func sum(s uint64, b []byte) uint64 {
	var carry uint64
	for ; len(b) >= 32; b = b[32:] {
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(b), carry)
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(b[8:]), carry)
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(b[16:]), carry)
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(b[24:]), carry)
	}
	for ; len(b) >= 8; b = b[8:] {
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(b), carry)
	}
	if len(b) > 0 {
		var last [8]byte
		copy(last[:], b)
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(last[:]), carry)
	}
	s, carry = bits.Add64(s, 0, carry)
	return s + carry
}

// checksum returns the checksum of IP and TCP (RFC 1071) of what sum has added.
func checksum(s uint64) uint16 {
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return ^uint16(s)
}
