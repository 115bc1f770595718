package framing

import (
	"fmt"
	"hash/crc32"
	"strings"
)

// A checksum is computed over a payload and sent in some bytes.
type checksum struct {
	name   string
	size   int
	little bool
	of     func([]byte) uint32
}

func crc32IEEE(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

// crc32C uses a table that is made on the first call.
func crc32C(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// crcCCITT is CRC-16/IBM-3740, often called CCITT-FALSE: polynomial 1021, from FFFF.
func crcCCITT(b []byte) uint32 {
	crc := uint16(0xffff)
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			crc = crc<<1 ^ 0x1021*(crc>>15)
		}
	}
	return uint32(crc)
}

// reflected computes a 16-bit CRC from FFFF that takes the lowest bit first.
func reflected(b []byte, poly uint16) uint16 {
	crc := uint16(0xffff)
	for _, c := range b {
		crc ^= uint16(c)
		for range 8 {
			crc = crc>>1 ^ poly*(crc&1)
		}
	}
	return crc
}

// fcs16 is the 16-bit FCS of RFC 1662 (CRC-16/X-25).
func fcs16(b []byte) uint32 { return uint32(^reflected(b, 0x8408)) }

func crcModbus(b []byte) uint32 { return uint32(reflected(b, 0xa001)) }

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

// checksums by name. The suffix -be or -le sets the byte order. The default is
// big-endian, except for Modbus, which sends the low byte first.
var checksums = []checksum{
	{name: "crc32", size: 4, of: crc32IEEE},
	{name: "crc32c", size: 4, of: crc32C},
	{name: "crc16-ccitt", size: 2, of: crcCCITT},
	{name: "crc16-modbus", size: 2, of: crcModbus, little: true},
	{name: "xor8", size: 1, of: xor8},
	{name: "sum8", size: 1, of: sum8},
}

// octet returns the i-th byte of checksum v on the wire.
func (s *checksum) octet(v uint32, i int) byte {
	if !s.little {
		i = s.size - 1 - i
	}
	return byte(v >> (8 * i))
}

func (s *checksum) append(dst, payload []byte) []byte {
	v := s.of(payload)
	for i := range s.size {
		dst = append(dst, s.octet(v, i))
	}
	return dst
}

// check compares got, which is at offset at of the frame, with the checksum of payload.
func (s *checksum) check(payload, got []byte, at int) error {
	v := s.of(payload)
	for i := range s.size {
		if len(got) != s.size || got[i] != s.octet(v, i) {
			return malformed(Checksum, at, "checksum % x, expected % x", got, s.append(nil, payload))
		}
	}
	return nil
}

// checksumNamed returns the checksum with this name, or nil.
func checksumNamed(name string) *checksum {
	for _, c := range checksums {
		base, big := strings.CutSuffix(name, "-be")
		base, little := strings.CutSuffix(base, "-le")
		if base != c.name || big && little || c.size == 1 && (big || little) {
			continue
		}
		c.name = name
		c.little = little || c.little && !big
		return &c
	}
	return nil
}

// checksumNames returns the names without byte orders.
func checksumNames() (names []string) {
	for _, c := range checksums {
		names = append(names, c.name)
	}
	return names
}

// summed is a framing whose payloads end in a checksum, which is written, checked
// and stripped. The checksum is part of the frame's trailer, unless the framing escapes
// it together with the payload.
type summed struct {
	Framing
	escaper Escaper // nil if the framing has none
	sum     *checksum
	trailer int // of the framing itself
}

// withChecksum wraps f, whose frames have trailer bytes after the payload, if the spec
// names a checksum.
func withChecksum(f Framing, trailer int, s *settings) Framing {
	a := s.given("crc")
	if a == nil || s.err != nil {
		return f
	}
	out, err := withSum(f, trailer, a.value)
	if err != nil {
		words := checksumNames()
		s.wrongWord(a, words, "crc is one of %s, with -be or -le", strings.Join(words, " "))
		return f
	}
	return out
}

// withSum wraps f, so that its payloads have the checksum with this name; "" is none.
func withSum(f Framing, trailer int, name string) (Framing, error) {
	if name == "" {
		return f, nil
	}
	sum := checksumNamed(name)
	if sum == nil {
		return nil, fmt.Errorf("there is no checksum %q, expected one of %s, with or without -be or -le", name, strings.Join(checksumNames(), " "))
	}
	e, _ := f.(Escaper)
	return &summed{f, e, sum, trailer}, nil
}

// Unwrap returns the framing without its checksum.
func (f *summed) Unwrap() Framing { return f.Framing }

func (f *summed) String() string {
	s, sep := f.Framing.String(), ":"
	if strings.Contains(s, ":") {
		sep = ","
	}
	switch s { // the short names of delimiters have no keys
	case "lines":
		s, sep = `delim:\n`, ","
	case "crlf":
		s, sep = `delim:\r\n`, ","
	case "nul":
		s, sep = `delim:\0`, ","
	}
	return s + sep + "crc=" + f.sum.name
}

func (f *summed) Scan(b []byte, c *Cursor) (Extent, error) {
	e, err := f.Framing.Scan(b, c)
	if f.escaper != nil {
		return e, err
	}
	switch n := int64(f.sum.size); {
	case err == ErrMore:
		e.Body = max(0, e.Body-n)
	case e.Body >= n: // else Unescape finds it too short
		e.Body -= n
		e.Trailer += f.sum.size
	}
	return e, err
}

func (f *summed) Unescape(dst, header, body, trailer []byte) ([]byte, error) {
	n := f.sum.size
	if f.escaper == nil {
		if len(trailer) < n+f.trailer {
			return dst, f.tooShort(len(header))
		}
		if err := f.sum.check(body, trailer[:n], len(header)+len(body)); err != nil {
			return dst, err
		}
		return append(dst, body...), nil
	}
	out, err := f.escaper.Unescape(dst, header, body, trailer)
	if err != nil {
		return dst, err
	}
	end := len(out) - n
	if end < len(dst) {
		return dst, f.tooShort(len(header))
	}
	if err := f.sum.check(out[len(dst):end], out[end:], 0); err != nil {
		e := err.(*Error)
		e.Offset = int64(len(header) + f.wireEnd(header, body, trailer, end-len(dst)))
		return dst, e
	}
	return out[:end], nil
}

func (f *summed) tooShort(at int) error {
	return malformed(FrameTooShort, at, "the payload is too short to end in a checksum of %s", plural(int64(f.sum.size), "byte"))
}

// wireEnd returns how many bytes of the escaped body the first n bytes of the payload take.
func (f *summed) wireEnd(header, body, trailer []byte, n int) int {
	if c, ok := f.Framing.(cobs); ok {
		return c.locate(body, n)
	}
	for end := len(body) - f.sum.size; end > 0; end-- {
		out, err := f.escaper.Unescape(nil, header, body[:end], trailer)
		if err == nil && len(out) <= n {
			return end
		}
	}
	return 0
}

func (f *summed) MinPayload(body int64) int64 {
	if f.escaper != nil {
		return max(0, f.escaper.MinPayload(body)-int64(f.sum.size))
	}
	return body
}

func (f *summed) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if f.escaper == nil && !like.none() {
		if len(like.Trailer) < f.sum.size {
			return dst, ErrMarks
		}
		if like.Trailer = like.Trailer[f.sum.size:]; len(like.Trailer) != f.trailer {
			return dst, ErrMarks
		}
	}
	// The body is put together after dst; then its frame is moved over it.
	start := len(dst)
	tmp := f.sum.append(append(dst, payload...), payload)
	body := tmp[start:]
	out, err := f.Framing.Append(tmp, like, body)
	if err != nil {
		return dst, err
	}
	n := copy(out[start:], out[start+len(body):])
	return out[:start+n], nil
}

func (f *summed) End(b []byte) (int, bool) {
	if e, ok := f.Framing.(ender); ok {
		return e.End(b)
	}
	return f.Sync(b)
}

func (f *summed) Sync(b []byte) (int, bool) {
	if s, ok := f.Framing.(Syncer); ok {
		return s.Sync(b)
	}
	return -1, false
}
