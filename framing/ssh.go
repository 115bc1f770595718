package framing

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// ssh is an SSH connection until encryption starts: lines of text, then packets, padded to
// a multiple of 8 bytes. The last line is the peer's version.
//
//	| SSH-2.0-OpenSSH_9.2 | CR LF
//
//	length, 4 bytes | padding length | payload | padding, at least 4 bytes
//	├─────────── header ─────────────┤         ├ trailer
//
// The length counts all that follows it. The packets after NEWKEYS are encrypted, and
// their ends cannot be found: their length looks random. A line may end in LF alone. A
// packet begins with a zero byte and no line does, so a stream may begin with packets.
// After the version line, or a packet, the Cursor's Stream is 1 and no line can follow.
//
// Source: RFC 4253 sections 4.2 and 6.
type ssh struct{ banner, strict bool }

const (
	sshHeader  = 5
	sshLine    = 8192            // longest line; OpenSSH has the same limit
	sshSure    = 32768 + 1 + 255 // length of the longest packet that a peer must accept
	sshMax     = 256 << 10       // longest length; OpenSSH's, a peer may accept less
	sshMin     = 16 - 4          // shortest length
	sshBlock   = 8               // length and field are a multiple of it
	minPadding = 4
)

func (s *ssh) String() string {
	w := newSpec("ssh")
	if !s.banner {
		w.arg("banner=off")
	}
	w.word("strict", s.strict)
	return w.b.String()
}

func (s *ssh) Scan(b []byte, c *Cursor) (Extent, error) {
	if s.banner && c.Stream == 0 && isText(b) {
		e, err := sshText(b, c)
		if err == nil && bytes.HasPrefix(b, []byte("SSH-")) {
			c.Stream = 1
		}
		return e, err
	}
	e, err := s.packet(b)
	if err == nil {
		c.Stream = 1
	}
	return e, err
}

// isText reports whether b may begin a line: a packet begins with a zero byte.
func isText(b []byte) bool {
	return len(b) > 0 && (b[0] >= ' ' || b[0] == '\t' || b[0] == '\r' || b[0] == '\n')
}

// sshText measures a line.
func sshText(b []byte, c *Cursor) (Extent, error) {
	b = b[:min(len(b), sshLine)]
	seen := min(c.Seen, len(b))
	line, next := textLine(b, 0, seen)
	seen = min(seen, len(line)) // a CR that was seen is not part of the line
	if i := bytes.IndexByte(line[seen:], 0); i >= 0 {
		return Extent{}, malformed(BadHeader, 0, "the line %q contains a zero byte", clip(line[:seen+i]))
	}
	if next > 0 {
		return Extent{Body: int64(len(line)), Trailer: next - len(line)}, nil
	}
	if len(b) == sshLine {
		e := tooLong(0, "a line of text is longer than %d bytes", sshLine)
		e.Fault = FrameTooLarge
		return Extent{}, e
	}
	c.Seen = len(b)
	return Extent{}, ErrMore
}

// packet measures a packet.
func (s *ssh) packet(b []byte) (Extent, error) {
	if len(b) < 4 {
		return Extent{}, ErrMore
	}
	n := binary.BigEndian.Uint32(b)
	odd := (n+4)%sshBlock != 0
	switch {
	case n > sshMax:
		return Extent{}, tooLong(0, "length %d is over the maximum %d; the packets after NEWKEYS are encrypted", n, sshMax)
	case n > sshSure && odd:
		// A peer need not accept it and none sends it: the packet is probably encrypted.
		return Extent{}, tooLong(0, "length %d is over %d and, with its own 4 bytes, not a multiple of %d", n, sshSure, sshBlock)
	case n < sshMin:
		return Extent{}, malformed(LengthTooSmall, 0, "length %d is under the minimum %d", n, sshMin)
	case odd && s.strict:
		return Extent{}, malformed(lengthInvalid, 0, "length %d, with its own 4 bytes, is not a multiple of %d", n, sshBlock)
	case len(b) < sshHeader:
		return Extent{}, ErrMore
	}
	padding := b[4]
	if padding < minPadding {
		return Extent{}, malformed(badPadding, 4, "padding of %d bytes is under the minimum %d", padding, minPadding)
	}
	if uint32(padding) > n-1 {
		return Extent{}, malformed(badPadding, 4, "padding of %d bytes is longer than the packet of %d", padding, n)
	}
	return Extent{Header: sshHeader, Body: int64(n) - 1 - int64(padding), Trailer: int(padding), Announced: true}, nil
}

// Append writes a text line if the marks to imitate are those of a line.
func (s *ssh) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	end := string(like.Trailer)
	if len(like.Header) > 0 || end != "\r\n" && end != "\n" {
		return appendAnnounced(s, dst, like, payload)
	}
	if !s.banner {
		return dst, ErrMarks
	}
	out := append(append(dst, payload...), end...)
	e, err := s.Scan(out[len(dst):], new(Cursor))
	if err != nil || e.Header > 0 || int(e.Body) != len(payload) {
		return dst, payloadError("ssh can't carry %q as a line of text", clip(payload))
	}
	return out, nil
}

func (s *ssh) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if !like.none() {
		e, err := s.packet(like.Header)
		if err != nil || len(like.Header) != sshHeader || len(like.Trailer) != e.Trailer {
			return dst, ErrMarks
		}
	}
	padding := sshPadding(like, size)
	n := 1 + size + int64(padding)
	if size > sshMax || n > sshMax {
		return dst, payloadError("a payload of %s is too long for ssh, whose packets have at most %d bytes", plural(size, "byte"), sshMax)
	}
	return append(binary.BigEndian.AppendUint32(dst, uint32(n)), byte(padding)), nil
}

// AppendTrailer repeats the padding to imitate; if that is too short, zeros follow.
func (*ssh) AppendTrailer(dst []byte, like Marks, size int64) []byte {
	padding := sshPadding(like, size)
	dst = append(dst, like.Trailer[:min(padding, len(like.Trailer))]...)
	for range padding - len(like.Trailer) {
		dst = append(dst, 0)
	}
	return dst
}

// sshPadding returns the length of the padding after a payload of size bytes. It is that of
// the packet to imitate if the payloads have the same size or the new packet is a multiple of
// 8 bytes with it; otherwise it is the shortest allowed.
func sshPadding(like Marks, size int64) int {
	if len(like.Header) == sshHeader {
		p := int64(like.Header[4])
		was := int64(binary.BigEndian.Uint32(like.Header)) - 1 - p
		if size == was || (sshHeader+size+p)%sshBlock == 0 && size+p >= sshMin-1 {
			return int(p)
		}
	}
	p := sshBlock - int((sshHeader+size)%sshBlock)
	if p < minPadding {
		p += sshBlock
	}
	return p
}

func (*ssh) Describe(dst []FieldText, header, body []byte) []FieldText {
	switch {
	case len(header) < sshHeader:
		kind := "text"
		if bytes.HasPrefix(body, []byte("SSH-")) {
			kind = "version"
		}
		return append(dst, FieldText{"line", kind})
	case len(body) == 0:
		return dst
	}
	name := sshMessages.Of(uint64(body[0]))
	if name == "" {
		name = fmt.Sprint(body[0])
	}
	return append(dst, FieldText{"message", name})
}

func (*ssh) known(field string) ([]FieldText, func(string) string) {
	if field == "line" {
		return []FieldText{{"version", "version"}, {"text", "text"}}, nothing
	}
	return sshMessages.known(), otherThan(sshMessages, "%d", 255)
}

var sshMessages = names{
	{1, "DISCONNECT"}, {2, "IGNORE"}, {3, "UNIMPLEMENTED"}, {4, "DEBUG"}, {5, "SERVICE_REQUEST"}, {6, "SERVICE_ACCEPT"}, {7, "EXT_INFO"},
	{20, "KEXINIT"}, {21, "NEWKEYS"}, {30, "KEXDH_INIT"}, {31, "KEXDH_REPLY"},
}

func parseSSH(_ *Entry, s *settings) (Framing, error) {
	return &ssh{banner: s.on("banner"), strict: s.word("strict")}, nil
}

func (s *ssh) lengthField(frame []byte, e Extent) (field lengthField, ok bool) {
	if !e.Announced { // a line
		return field, false
	}
	field = integerField(frame, 0, 4, binary.BigEndian)
	field.Max = sshMax
	return field, true
}
