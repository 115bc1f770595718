package framing

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"net/netip"
	"strconv"
	"strings"
)

// proxyHeader is the header with which a proxy names its client to a server. It comes before the first
// byte that the client sent. Version 1 is a line of text, version 2 is binary:
//
//	PROXY TCP4 192.0.2.1 192.0.2.9 5000 80\r\n
//
//	0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a | 21 | 11 | 00 0c | c0 00 02 01  c0 00 02 09  13 88  00 50 | …
//	signature                     version,    family,  length   addresses and ports          type, length, value
//	                              command     protocol
//
// The server sends no such header. A server must not guess whether there is one: if the stream is the
// client's, it must be there.
//
// Source: HAProxy, doc/proxy-protocol.txt.
type proxyHeader struct {
	role                role
	v2                  bool // as it is written
	source, destination string
}

const (
	proxyV1    = "PROXY "
	proxyV2    = "\r\n\r\n\x00\r\nQUIT\n"
	proxyLine  = 107 // longest line, with its end
	proxyFixed = 16  // header of version 2 before the addresses
)

func (p *proxyHeader) String() string {
	w := newSpec("proxy")
	p.role.arg(w)
	w.word("v2", p.v2)
	if p.source != "" {
		w.arg("source=%s", p.source)
		w.arg("destination=%s", p.destination)
	}
	return w.b.String()
}

func (p *proxyHeader) Scan(b []byte, c *Cursor) (Extent, error) {
	if p.role.name == "server" {
		return Extent{}, errOver
	}
	if len(b) == 0 {
		return Extent{}, ErrMore
	}
	magic := proxyV1
	if b[0] == proxyV2[0] {
		magic = proxyV2
	}
	if i := differs(b, 0, magic); i >= 0 {
		if p.role.name == "" {
			return Extent{}, errOver
		}
		return Extent{}, malformed(BadMagic, 0, "found %q, expected the header of the PROXY protocol", clip(b[:i+1]))
	}
	if len(b) < len(magic) {
		if c.EOF && p.role.name == "" {
			return Extent{}, errOver
		}
		return Extent{}, ErrMore
	}
	n, err := proxyBinary(b)
	if magic == proxyV1 {
		n, err = proxyText(b)
	}
	if err != nil {
		return Extent{}, err
	}
	c.Stream = openingOver
	return Extent{Header: n, Silent: true}, nil
}

// proxyText measures a header of version 1.
func proxyText(b []byte) (int, error) {
	b = b[:min(len(b), proxyLine)]
	n := bytes.Index(b, []byte("\r\n"))
	switch {
	case n < 0 && len(b) == proxyLine:
		e := tooLong(0, "the line is longer than the %d bytes that the PROXY protocol allows", proxyLine)
		e.Fault = headerTooLarge
		return 0, e
	case n < 0:
		return 0, ErrMore
	}
	line, at := string(b[:n]), len(proxyV1)
	family, rest, _ := strings.Cut(line[at:], " ")
	if family == "UNKNOWN" { // what follows is not read
		return n + 2, nil
	}
	if family != "TCP4" && family != "TCP6" {
		return 0, malformed(BadHeader, at, "found %q, expected TCP4, TCP6 or UNKNOWN", clip([]byte(family)))
	}
	at += len(family) + 1
	words := strings.Split(rest, " ")
	for i := range 4 {
		if i == len(words) {
			return 0, malformed(BadHeader, n, "found the end of the line, expected two addresses and two ports after %s", family)
		}
		word := words[i]
		if i == 3 && len(words) > 4 {
			return 0, malformed(BadHeader, at+len(word), "found %q, expected the end of the line", clip([]byte(line[at+len(word):])))
		}
		if want := proxyWord(family, i, word); want != "" {
			return 0, malformed(BadHeader, at, "found %q, expected %s", clip([]byte(word)), want)
		}
		at += len(word) + 1
	}
	return n + 2, nil
}

// proxyWord returns what a word should be, or "" if it is that. The first two are addresses, the others
// ports.
func proxyWord(family string, i int, word string) string {
	if i >= 2 {
		if v, err := strconv.ParseUint(word, 10, 16); err == nil && strconv.FormatUint(v, 10) == word {
			return ""
		}
		return "a port from 0 to 65535"
	}
	a, err := netip.ParseAddr(word)
	switch {
	case family == "TCP4" && (err != nil || !a.Is4()):
		return "an IPv4 address"
	case family == "TCP6" && (err != nil || !a.Is6() || a.Zone() != ""):
		return "an IPv6 address"
	}
	return ""
}

// proxyAddresses are the sizes of the addresses and ports of version 2, by family.
var proxyAddresses = [...]int{0, 12, 36, 216}

// proxyBinary measures a header of version 2.
func proxyBinary(b []byte) (int, error) {
	if len(b) <= 12 {
		return 0, ErrMore
	}
	if b[12]>>4 != 2 {
		return 0, malformed(badVersion, 12, "version %d, expected 2", b[12]>>4)
	}
	local := b[12]&15 == 0
	if b[12]&15 > 1 {
		return 0, malformed(badOpcode, 12, "command %d, expected 0 (LOCAL) or 1 (PROXY)", b[12]&15)
	}
	if len(b) <= 13 {
		return 0, ErrMore
	}
	family := b[13] >> 4
	if !local && (family > 3 || b[13]&15 > 2) {
		return 0, malformed(BadType, 13, "family and protocol %#02x, expected a family from 0 to 3 and a protocol from 0 to 2", b[13])
	}
	if len(b) < proxyFixed {
		return 0, ErrMore
	}
	n, least := int(binary.BigEndian.Uint16(b[14:])), 0
	if !local {
		least = proxyAddresses[family]
	}
	switch {
	case n < least:
		return 0, malformed(LengthTooSmall, 14, "length %d is less than the %d bytes of the addresses", n, least)
	case len(b) < proxyFixed+n:
		return 0, ErrMore
	case local: // what follows is not read
		return proxyFixed + n, nil
	}
	b = b[:proxyFixed+n]
	for at, tlv := range proxyValues(b) {
		switch {
		case tlv.value == nil:
			return 0, malformed(BadLength, at, "the value passes the end of the header, at byte %d", len(b))
		case tlv.kind == proxyCRC && len(tlv.value) != 4:
			return 0, malformed(lengthInvalid, at+1, "a checksum of %s, expected 4", plural(int64(len(tlv.value)), "byte"))
		case tlv.kind == proxyCRC:
			if got, want := binary.BigEndian.Uint32(tlv.value), proxySum(b, at+3); got != want {
				return 0, malformed(Checksum, at+3, "checksum %08x, expected %08x", got, want)
			}
		}
	}
	return proxyFixed + n, nil
}

// proxySum returns the checksum of a header: with zeros in its place.
func proxySum(b []byte, at int) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(0, table, b[:at])
	sum = crc32.Update(sum, table, make([]byte, 4))
	return crc32.Update(sum, table, b[at+4:])
}

// A proxyValue is a value after the addresses of version 2; it is nil if it passes the end.
type proxyValue struct {
	kind  byte
	value []byte
}

const proxyCRC = 3

// proxyValues yields the values in a header, with their offsets.
func proxyValues(b []byte) func(func(int, proxyValue) bool) {
	return func(yield func(int, proxyValue) bool) {
		for at := proxyFixed + proxyAddresses[b[13]>>4]; at < len(b); {
			if len(b)-at < 3 || len(b)-at-3 < int(binary.BigEndian.Uint16(b[at+1:])) {
				yield(at, proxyValue{b[at], nil})
				return
			}
			n := int(binary.BigEndian.Uint16(b[at+1:]))
			if !yield(at, proxyValue{b[at], b[at+3 : at+3+n : at+3+n]}) {
				return
			}
			at += 3 + n
		}
	}
}

func (p *proxyHeader) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if len(payload)+len(like.Trailer) > 0 || !p.owns(like.Header) {
		return dst, ErrMarks
	}
	return append(dst, like.Header...), nil
}

func (p *proxyHeader) owns(header []byte) bool {
	e, err := (&proxyHeader{}).Scan(header, new(Cursor))
	return err == nil && e.Header == len(header)
}

// opening returns the header that is written.
func (p *proxyHeader) opening() string {
	if p.role.name == "server" {
		return ""
	}
	if p.source == "" {
		if p.v2 {
			return proxyV2 + "\x20\x00\x00\x00"
		}
		return proxyV1 + "UNKNOWN\r\n"
	}
	from, to := netip.MustParseAddrPort(p.source), netip.MustParseAddrPort(p.destination)
	family, kind := "TCP4", byte(0x11)
	if from.Addr().Is6() {
		family, kind = "TCP6", 0x21
	}
	ports := []byte{}
	if !p.v2 {
		return proxyV1 + strings.Join([]string{family, from.Addr().String(), to.Addr().String(), strconv.Itoa(int(from.Port())), strconv.Itoa(int(to.Port()))}, " ") + "\r\n"
	}
	ports = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(ports, from.Port()), to.Port())
	b := append([]byte(proxyV2), 0x21, kind, 0, byte(proxyAddresses[kind>>4]))
	b = append(append(b, from.Addr().AsSlice()...), to.Addr().AsSlice()...)
	return string(append(b, ports...))
}

var (
	proxyKinds = names{{0, "UNSPEC"}, {0x11, "TCP4"}, {0x12, "UDP4"}, {0x21, "TCP6"}, {0x22, "UDP6"}, {0x31, "UNIX"}, {0x32, "UNIX_DGRAM"}}
	proxyTexts = names{{1, "alpn"}, {2, "authority"}}
)

// Describe returns who is connected to whom.
func (p *proxyHeader) Describe(dst []FieldText, h, _ []byte) []FieldText {
	if h[0] == proxyV1[0] {
		dst = append(dst, FieldText{"proxy", "v1"})
		words := strings.Fields(string(h[len(proxyV1):]))
		if len(words) == 5 && words[0] != "UNKNOWN" {
			return append(dst, FieldText{"protocol", words[0]}, FieldText{"source", words[1]}, FieldText{"source port", words[3]},
				FieldText{"destination", words[2]}, FieldText{"destination port", words[4]})
		}
		return append(dst, FieldText{"protocol", "UNKNOWN"})
	}
	dst = append(dst, FieldText{"proxy", "v2"})
	if h[12]&15 == 0 {
		return append(dst, FieldText{"protocol", "LOCAL"})
	}
	name := proxyKinds.Of(uint64(h[13]))
	if name == "" {
		name = "UNSPEC"
	}
	dst = append(dst, FieldText{"protocol", name})
	switch n := proxyAddresses[h[13]>>4]; n {
	case 12, 36:
		size := (n - 4) / 2
		a := h[proxyFixed : proxyFixed+n]
		from, _ := netip.AddrFromSlice(a[:size])
		to, _ := netip.AddrFromSlice(a[size : 2*size])
		dst = append(dst, FieldText{"source", from.String()}, FieldText{"source port", strconv.Itoa(int(binary.BigEndian.Uint16(a[2*size:])))},
			FieldText{"destination", to.String()}, FieldText{"destination port", strconv.Itoa(int(binary.BigEndian.Uint16(a[2*size+2:])))})
	case 216:
		for i, name := range []string{"source", "destination"} {
			path, _, _ := bytes.Cut(h[proxyFixed+108*i:][:108], []byte{0})
			dst = append(dst, FieldText{name, printable(path)})
		}
	}
	for _, tlv := range proxyValues(h) {
		switch name := proxyTexts.Of(uint64(tlv.kind)); {
		case name != "":
			dst = append(dst, FieldText{name, printable(tlv.value)})
		case tlv.kind == 0x20:
			dst = append(dst, FieldText{"tls", "yes"})
		}
	}
	return dst
}

func (p *proxyHeader) known(field string) ([]FieldText, func(string) string) {
	switch field {
	case "proxy":
		return []FieldText{{"v1", "v1"}, {"v2", "v2"}}, nothing
	case "protocol":
		return append(proxyKinds.known(), FieldText{"LOCAL", "LOCAL"}, FieldText{"UNKNOWN", "UNKNOWN"}), nothing
	case "source port", "destination port":
		return nil, otherThan(nil, "%d", 1<<16-1)
	case "tls":
		return []FieldText{{"yes", "yes"}}, nothing
	}
	return nil, nil
}

func parseProxy(k *Entry, s *settings) (Framing, error) {
	p := &proxyHeader{role: s.role(k, "client", "server"), v2: s.word("v2")}
	from, to := s.given("source"), s.given("destination")
	for _, a := range []*arg{from, to} {
		if a == nil {
			continue
		}
		if ap, err := netip.ParseAddrPort(a.value); err != nil || ap.Addr().Zone() != "" {
			s.fail(a.at, "%q is not an address with a port, such as 192.0.2.1:5000 or [2001:db8::1]:5000", a.value)
			return nil, nil
		}
	}
	switch {
	case from == nil && to == nil:
	case from == nil || to == nil:
		s.fail(s.at("source", "destination"), "source and destination belong together")
	default:
		p.source, p.destination = from.value, to.value
		if a, b := netip.MustParseAddrPort(from.value), netip.MustParseAddrPort(to.value); a.Addr().Is4() != b.Addr().Is4() {
			s.fail(to.at, "source and destination are not of the same family")
		}
	}
	return tunnelOf(p), nil
}
