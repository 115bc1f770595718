package framing

import (
	"hash/adler32"
	"hash/crc32"
	"sync"
)

// The checksums of the key crc. The names and values of the CRCs are those of Greg Cook's
// "Catalogue of parametrised CRC algorithms".

// A crc16 is a CRC of 16 bits. Its table is made on the first call.
type crc16 struct {
	poly     uint16 // with its bits reversed if lowFirst is set
	init     uint16
	xor      uint16 // applied to the result
	lowFirst bool   // takes the lowest bit of each byte first

	once  sync.Once
	table [256]uint16
}

var (
	arc     = crc16{poly: 0xa001, lowFirst: true}
	ibm3740 = crc16{poly: 0x1021, init: 0xffff}
	dnp     = crc16{poly: 0xa6bc, xor: 0xffff, lowFirst: true}
	kermit  = crc16{poly: 0x8408, lowFirst: true}
	mcrf4xx = crc16{poly: 0x8408, init: 0xffff, lowFirst: true}
	modbus  = crc16{poly: 0xa001, init: 0xffff, lowFirst: true}
	x25     = crc16{poly: 0x8408, init: 0xffff, xor: 0xffff, lowFirst: true}
	xmodem  = crc16{poly: 0x1021}
	smbus   = crc16{poly: 0x0700} // a CRC of 8 bits, in the upper half
)

func (c *crc16) of(b []byte) uint32 {
	c.once.Do(c.fill)
	v := c.init
	if c.lowFirst {
		for _, x := range b {
			v = v>>8 ^ c.table[byte(v)^x]
		}
	} else {
		for _, x := range b {
			v = v<<8 ^ c.table[byte(v>>8)^x]
		}
	}
	return uint32(v ^ c.xor)
}

func (c *crc16) fill() {
	for i := range c.table {
		v := uint16(i)
		if !c.lowFirst {
			v <<= 8
		}
		for range 8 {
			if c.lowFirst {
				v = v>>1 ^ c.poly*(v&1)
			} else {
				v = v<<1 ^ c.poly*(v>>15)
			}
		}
		c.table[i] = v
	}
}

func crcARC(b []byte) uint32     { return arc.of(b) }
func crcCCITT(b []byte) uint32   { return ibm3740.of(b) }
func crcDNP(b []byte) uint32     { return dnp.of(b) }
func crcKermit(b []byte) uint32  { return kermit.of(b) }
func crcMCRF4XX(b []byte) uint32 { return mcrf4xx.of(b) }
func crcModbus(b []byte) uint32  { return modbus.of(b) }
func crcX25(b []byte) uint32     { return x25.of(b) } // also the 16-bit FCS of RFC 1662
func crcXmodem(b []byte) uint32  { return xmodem.of(b) }
func crcSMBus(b []byte) uint32   { return smbus.of(b) >> 8 }

func crc32IEEE(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

// crc32C uses a table that is made on the first call.
func crc32C(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

func adler(b []byte) uint32 { return adler32.Checksum(b) }

// fletcher16 has the sum of the bytes in the low byte, and the sum of those sums in the high
// byte, both modulo 255.
func fletcher16(b []byte) uint32 {
	const most = 4096 // so many bytes do not overflow the sums
	low, high := uint32(0), uint32(0)
	for len(b) > 0 {
		part := b[:min(len(b), most)]
		for _, c := range part {
			low += uint32(c)
			high += low
		}
		low, high = low%255, high%255
		b = b[len(part):]
	}
	return high<<8 | low
}

// crc24q is the CRC of Qualcomm, which RTCM uses.
func crc24q(b []byte) uint32 {
	crc := uint32(0)
	for _, c := range b {
		crc ^= uint32(c) << 16
		for range 8 {
			crc = crc<<1 ^ 0x1864cfb*(crc>>23&1)
		}
	}
	return crc & 0xffffff
}

// fletcher8 has the sum of the bytes in the low byte, and the sum of those sums in the high
// byte, both modulo 256: the 8-bit Fletcher algorithm of RFC 1145.
func fletcher8(b []byte) uint32 {
	low, high := byte(0), byte(0)
	for _, c := range b {
		low += c
		high += low
	}
	return uint32(high)<<8 | uint32(low)
}

func xor8(b []byte) uint32 {
	x := byte(0)
	for _, c := range b {
		x ^= c
	}
	return uint32(x)
}

func sum8(b []byte) uint32 {
	x := byte(0)
	for _, c := range b {
		x += c
	}
	return uint32(x)
}
