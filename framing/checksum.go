package framing

import (
	"fmt"
	"slices"
	"strings"
)

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
// low bits first, else the high byte first.
var checksums = []checksum{
	{name: "crc32", size: 4, of: crc32IEEE},
	{name: "crc32c", size: 4, of: crc32C},
	{name: "adler32", size: 4, of: adler},
	{name: "crc16-arc", other: "arc", size: 2, of: crcARC, little: true},
	{name: "crc16-ccitt", other: "crc16-ibm-3740", size: 2, of: crcCCITT},
	{name: "crc16-kermit", other: "kermit", size: 2, of: crcKermit, little: true},
	{name: "crc16-modbus", other: "modbus", size: 2, of: crcModbus, little: true},
	{name: "crc16-x25", other: "x25", size: 2, of: crcX25, little: true},
	{name: "crc16-xmodem", other: "xmodem", size: 2, of: crcXmodem},
	{name: "fletcher16", size: 2, of: fletcher16},
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
	v := s.of(covered)
	for i := range s.size {
		if len(got) != s.size || got[i] != s.octet(v, i) {
			return malformed(Checksum, at, "checksum % x, expected % x", got, s.append(nil, covered))
		}
	}
	return nil
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

// checksumNamed returns the checksum with this name, or nil.
func checksumNamed(name string) *checksum {
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

// checksumKeys are the keys of the checksum in a spec.
var checksumKeys = []string{"crc", "crc-from", "crc-counted"}

// A coverage is a checksum, and how a frame has it.
type coverage struct {
	sum   *checksum
	from  int  // the first byte that it covers, in the header or right after it
	apart bool // it follows what the length counts
}

// withChecksum wraps f, whose frames have trailer bytes after the payload, if the spec
// names a checksum.
func withChecksum(f Framing, trailer int, s *settings) Framing {
	a, from, header := s.given("crc"), s.users("crc-from"), headerSize(f)
	c := coverage{from: header}
	_, counts := f.(*length)
	if _, marks := f.(*delim); marks || counts {
		from = s.given("crc-from")
	}
	switch first := s.users("crc-from", "crc-counted"); {
	case first == nil:
	case a == nil:
		s.fail(first.pos, "%s is about the checksum: name that too", first.key)
		s.err.Hint = "add crc=NAME"
	case from != nil && header == 0:
		s.fail(from.pos, "crc-from counts bytes of a header, and these frames have none: leave it out, as the checksum covers the payload")
	case !counts && s.has("crc-counted"):
		s.fail(s.users("crc-counted").pos, "crc-counted is about a length field, and these frames have none: leave it out")
	}
	if counts {
		c.apart = !s.either("crc-counted", "yes", "no")
	}
	if from != nil {
		c.from = int(s.parseInt(from, 0, farthest))
	}
	if c.from > header {
		s.fail(from.at, "crc-from=%d is after the header of %s; without crc-from, the checksum covers the payload", c.from, plural(int64(header), "byte"))
	}
	if a == nil || s.err != nil {
		return f
	}
	if c.sum = checksumNamed(a.value); c.sum == nil {
		s.wrongChecksum(a)
		return f
	}
	return newSummed(f, trailer, c)
}

// headerSize returns the size of the headers of f, which a checksum may cover.
func headerSize(f Framing) int {
	switch f := f.(type) {
	case *length:
		return f.header
	case *delim:
		return len(f.magic)
	}
	return 0
}

// wrongChecksum fails on a name of no checksum.
func (s *settings) wrongChecksum(a *arg) {
	word := letters(a.value)
	bits, _ := strings.CutPrefix(word, "crc")
	switch bits {
	case "16":
		names := strings.Join(slices.DeleteFunc(checksumNames(2), func(n string) bool { return n == "fletcher16" }), " ")
		s.fail(a.at, "there are several CRCs of 16 bits: crc is one of %s, with -be or -le", names)
		s.err.Hint = "take any of them: if another one fits the frames, the error says which"
		return
	case "none", "no", "off", "0":
		s.fail(a.at, "crc takes the name of a checksum; without crc there is none")
		s.err.Hint = "leave " + a.key + "=" + a.value + " out"
		return
	}
	names := checksumNames(0)
	s.wrongWord(a, names, "crc is one of %s, with -be or -le", strings.Join(names, " "))
	for _, c := range checksums {
		if letters(c.name) == word || c.other != "" && letters(c.other) == word { // such as CRC-16/MODBUS
			s.err.Got = c.name
		}
		if c.other != "" {
			s.err.Words = append(s.err.Words, c.other)
		}
	}
}

// letters returns the letters and digits of a word, in lower case.
func letters(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' {
			return c
		}
		return -1
	}, strings.ToLower(s))
}

// withSum wraps f, so that its payloads have the checksum with this name; "" is none.
func withSum(f Framing, trailer int, name string, c coverage) (Framing, error) {
	if name == "" {
		return f, nil
	}
	if c.sum = checksumNamed(name); c.sum == nil {
		return nil, fmt.Errorf("there is no checksum %q, expected one of %s, with or without -be or -le", name, strings.Join(checksumNames(0), " "))
	}
	return newSummed(f, trailer, c), nil
}
