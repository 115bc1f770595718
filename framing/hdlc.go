package framing

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// hdlc is HDLC-like framing as PPP uses it on asynchronous lines: flags around
// each frame, escapes inside, and a checksum (FCS) over the unescaped bytes, sent
// least significant byte first.
//
//	7E ~ 68 65 6C 6C 6F | BD 34 7E
//	     payload          FCS   flag
//
// Flags before a frame are fill, and so are characters that the line adds there; encode
// writes one flag. A flag that closes one frame may open the next. accm has a bit for each
// control character to escape. If such a character comes without an escape, the line added
// it, and it is dropped.
//
// Source: RFC 1662 sections 3 and 4, appendix C.
type hdlc struct {
	fcs  int // 16, 32 or 0
	accm uint32
	sum  *checksum // nil without FCS
}

const (
	hdlcFlag = 0x7e
	hdlcEsc  = 0x7d
	hdlcXor  = 0x20
)

func (h *hdlc) String() string {
	w := newSpec("hdlc")
	switch h.fcs {
	case 0:
		w.arg("fcs=none")
	case 32:
		w.arg("fcs=32")
	}
	if h.accm != 0 {
		w.arg("accm=%08x", h.accm)
	}
	return w.b.String()
}

// maxDropped bounds the characters that the line adds to one frame, as they are held in
// memory with it.
const maxDropped = 1 << 20

func (h *hdlc) Scan(b []byte, c *Cursor) (Extent, error) {
	skip := 0
	for skip < len(b) && (b[skip] == hdlcFlag || h.dropped(b[skip])) {
		skip++
	}
	from := max(skip, c.Seen)
	n := bytes.IndexByte(b[from:], hdlcFlag)
	end := from + boundOr(n, len(b)-from)
	if c.Pending += h.countDropped(b[from:end]); c.Pending > maxDropped {
		e := malformed(FrameTooLarge, 0, "found more than %d control characters to drop (accm) in one frame", maxDropped)
		e.Err = ErrTooLong
		return Extent{Skip: skip}, e
	}
	frame := b[skip:end]
	if n < 0 {
		c.Seen = len(b)
		return Extent{Skip: skip, Body: max(0, int64(len(frame)-2*h.size())), Dropped: c.Pending}, ErrMore
	}
	e := Extent{Skip: skip, Body: int64(len(frame)), Trailer: 1}
	if h.size() > 0 && len(frame) > h.size() {
		at := h.tail(frame, h.size())
		e.Body, e.Trailer = int64(at), len(frame)-at+1
	}
	e.Dropped = h.countDropped(frame[:e.Body])
	return e, nil
}

// size returns the size of the checksum in bytes.
func (h *hdlc) size() int { return h.fcs / 8 }

func (h *hdlc) countDropped(b []byte) (n int64) {
	if h.accm == 0 {
		return 0
	}
	for _, c := range b {
		if h.dropped(c) {
			n++
		}
	}
	return n
}

// dropped reports whether the line added c, which the sender would have escaped.
func (h *hdlc) dropped(c byte) bool { return c < 0x20 && h.accm>>c&1 != 0 }

// tail returns where the last n bytes of frame, counted without escapes, begin. It is
// len(frame) if n is 0, if there are fewer than n bytes, or if an escape is the last byte.
func (h *hdlc) tail(frame []byte, n int) int {
	var at [4]int // where the last bytes begin; a ring
	count := 0
	for i := 0; i < len(frame); i++ {
		if h.dropped(frame[i]) {
			continue
		}
		at[count%n] = i
		count++
		if frame[i] == hdlcEsc {
			for i++; i < len(frame) && h.dropped(frame[i]); i++ {
			}
			if i >= len(frame) {
				return len(frame)
			}
		}
	}
	if count <= n {
		return len(frame)
	}
	return at[count%n]
}

func (h *hdlc) unescape(dst, b []byte) (out []byte, aborted bool) {
	for i := 0; i < len(b); i++ {
		c := b[i]
		if h.dropped(c) {
			continue
		}
		if c == hdlcEsc {
			for i++; i < len(b) && h.dropped(b[i]); i++ {
			}
			if i >= len(b) {
				return dst, true
			}
			c = b[i] ^ hdlcXor
		}
		dst = append(dst, c)
	}
	return dst, false
}

func (h *hdlc) Unescape(dst, _, body, trailer []byte) ([]byte, error) {
	start := len(dst)
	out, aborted := h.unescape(dst, body)
	n := len(out) - start
	fcs := trailer[:len(trailer)-1]
	switch {
	case aborted:
		return dst, malformed(abort, len(body), "the sender aborted the frame: found a flag after an escape")
	case h.sum == nil && n == 0, h.sum != nil && len(fcs) == 0:
		return dst, malformed(FrameTooShort, 0, "a frame of %s is too short, expected a payload and its checksum", plural(int64(n), "byte"))
	case h.sum == nil:
		return out, nil
	}
	all, _ := h.unescape(out, fcs)
	if err := h.sum.check(out[start:], all[len(out):], len(body)); err != nil {
		return dst, err
	}
	return all[:len(out)], nil // keeps the memory that was grown
}

func (*hdlc) MinPayload(body int64) int64 { return (body + 1) / 2 }

func (h *hdlc) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() && (len(like.Header) > 0 || len(like.Trailer) == 0 || like.Trailer[len(like.Trailer)-1] != hdlcFlag) {
		return dst, ErrMarks
	}
	if len(payload) == 0 {
		return dst, payloadError("hdlc has no empty frame")
	}
	dst = append(dst, hdlcFlag)
	for _, c := range payload {
		dst = h.escape(dst, c)
	}
	if h.sum != nil {
		v := h.sum.of(payload)
		for i := range h.sum.size {
			dst = h.escape(dst, h.sum.octet(v, i))
		}
	}
	return append(dst, hdlcFlag), nil
}

func (h *hdlc) escape(dst []byte, c byte) []byte {
	if c == hdlcFlag || c == hdlcEsc || h.dropped(c) {
		return append(dst, hdlcEsc, c^hdlcXor)
	}
	return append(dst, c)
}

func (*hdlc) Sync(b []byte) (int, bool) { return syncFlag(b, hdlcFlag) }

func parseHDLC(_ *Entry, s *settings) (Framing, error) {
	h := &hdlc{fcs: []int{16, 32, 0}[s.choice("fcs", 0, "16", "32", "none")]}
	switch h.fcs {
	case 16:
		h.sum = &checksum{size: 2, little: true, of: crcX25}
	case 32:
		h.sum = &checksum{size: 4, little: true, of: crc32IEEE}
	}
	if a := s.given("accm"); a != nil {
		v, err := strconv.ParseUint(strings.TrimPrefix(a.value, "0x"), 16, 32)
		if err != nil || len(strings.TrimPrefix(a.value, "0x")) != 8 {
			s.fail(a.at, "%s", fmt.Sprintf("accm is %q, expected 8 hex digits such as 000a0000", a.value))
		}
		h.accm = uint32(v)
	}
	return h, nil
}
