package framing

import "strings"

// A checksum is computed over a payload and sent in some bytes.
type checksum struct {
	name   string
	other  string // another name for it
	size   int
	little bool
	of     func([]byte) uint32
}

// checksums by name. The suffix -be or -le sets the byte order. Without it, the order is that
// in which most protocols send them: the low byte first for the CRCs of 16 bits that take the
// low bits first and for fletcher8, else the high byte first.
var checksums = []checksum{
	{name: "crc32", size: 4, of: crc32IEEE},
	{name: "crc32c", size: 4, of: crc32C},
	{name: "adler32", size: 4, of: adler},
	{name: "crc24q", size: 3, of: crc24q},
	{name: "crc16-arc", other: "arc", size: 2, of: crcARC, little: true},
	{name: "crc16-ccitt", other: "crc16-ibm-3740", size: 2, of: crcCCITT},
	{name: "crc16-dnp", other: "dnp", size: 2, of: crcDNP, little: true},
	{name: "crc16-kermit", other: "kermit", size: 2, of: crcKermit, little: true},
	{name: "crc16-modbus", other: "modbus", size: 2, of: crcModbus, little: true},
	{name: "crc16-x25", other: "x25", size: 2, of: crcX25, little: true},
	{name: "crc16-xmodem", other: "xmodem", size: 2, of: crcXmodem},
	{name: "fletcher16", size: 2, of: fletcher16},
	{name: "fletcher8", size: 2, of: fletcher8, little: true},
	{name: "crc8", size: 1, of: crcSMBus},
	{name: "sum8", size: 1, of: sum8},
	{name: "xor8", size: 1, of: xor8},
}

// octet returns the i-th byte of checksum v on the wire.
func (s *checksum) octet(v uint32, i int) byte {
	if !s.little {
		i = s.size - 1 - i
	}
	return byte(v >> (8 * i))
}

func (s *checksum) append(dst, covered []byte) []byte {
	v := s.of(covered)
	for i := range s.size {
		dst = append(dst, s.octet(v, i))
	}
	return dst
}

// check compares got, which is at offset at of the frame, with the checksum of what it covers.
func (s *checksum) check(covered, got []byte, at int) error {
	if !s.holds(s.of(covered), got) {
		return malformed(Checksum, at, "checksum % x, expected % x", got, s.append(nil, covered))
	}
	return nil
}

// holds reports whether got is checksum v on the wire.
func (s *checksum) holds(v uint32, got []byte) bool {
	if len(got) != s.size {
		return false
	}
	for i := range got {
		if got[i] != s.octet(v, i) {
			return false
		}
	}
	return true
}

// suffix is what names the order of the bytes.
func (s *checksum) suffix() string {
	if s.little {
		return "-le"
	}
	return "-be"
}

// order returns the order of the bytes in words, "" if there is only one.
func (s *checksum) order() string {
	switch {
	case s.size == 1:
		return ""
	case s.little:
		return "low byte first"
	}
	return "high byte first"
}

// checksumNamed returns the checksum with this name, or nil. Case does not count.
func checksumNamed(name string) *checksum {
	name = strings.ToLower(name)
	for _, c := range checksums {
		base, big := strings.CutSuffix(name, "-be")
		base, little := strings.CutSuffix(base, "-le")
		if base != c.name && (base != c.other || base == "") || big && little || c.size == 1 && (big || little) {
			continue
		}
		c.name += name[len(base):]
		c.little = little || c.little && !big
		return &c
	}
	return nil
}

// checksumNames returns the names without byte orders. Of size is how many bytes they have; 0 is
// any number.
func checksumNames(size int) (names []string) {
	for _, c := range checksums {
		if size == 0 || size == c.size {
			names = append(names, c.name)
		}
	}
	return names
}
