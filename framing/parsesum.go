package framing

import (
	"fmt"
	"slices"
	"strings"
)

// A coverage is a checksum, and how a frame has it.
type coverage struct {
	sum   *checksum
	from  int  // the first byte that it covers, in the header or right after it
	apart bool // it follows what the length counts
	own   bool // the row has it: the user named none
}

// withChecksum wraps f, whose frames have trailer bytes after the payload, if the spec
// names a checksum.
func withChecksum(f Framing, trailer int, s *settings) Framing {
	a, from, header := s.given("crc"), s.users("crc-from"), headerSize(f)
	c := coverage{from: header, own: s.users("crc", "crc-from", "crc-counted") == nil}
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
		names := strings.Join(slices.DeleteFunc(checksumNames(2), func(n string) bool { return strings.HasPrefix(n, "fletcher") }), " ")
		s.fail(a.at, "there are several CRCs of 16 bits: crc is one of %s, with -be or -le", names)
		s.err.Hint = "if you do not know which, decode frames with any of them: the error names the one that fits"
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
