package hint

import (
	"bytes"
	"io"
	"math/bits"

	"framecat/framing"
)

// A score is how well a framing explains the bytes at the start of a stream. A
// frame counts as many bits as it is rare in random bytes: one of n bytes with m
// bytes of length or delimiter has 8m - log2(n).
type score struct {
	frames int  // whole ones
	bits   int  // of whole frames
	tail   int  // of the cut frame behind them; below 0 if its length is absurd
	good   bool // nothing in it is malformed
	exact  bool // the last frame ends with the bytes
	lines  bool // each frame begins where a line does
}

func (s score) total() int { return s.bits + s.tail }

// Small lengths are common in any bytes, and zeros are everywhere: what a frame
// must prove before it counts, what one without a payload costs, and what a zero
// in a header counts less.
const (
	frameCost = 2
	emptyCost = 4
	zeroCost  = 4
)

// A scorer scores framings of b.
type scorer struct {
	b     []byte
	limit int64 // longest payload; 0 is none
	ended bool  // nothing follows b
	room  int64 // where a frame that goes on behind b begins to be too long
	all   bool  // all of a header counts, not only its length field
}

// of measures how well f explains the bytes. It is a Reader for bytes that are
// all there, and takes no buffer.
func (s scorer) of(f framing.Framing) score {
	got := score{lines: true}
	c := framing.Cursor{EOF: true}
	last := 0 // what the length of the last frame did not count for being likely
	for at := 0; ; {
		e, err := f.Scan(s.b[at:], &c)
		at += e.Skip
		rest := s.b[at:]
		switch {
		case err == io.EOF, err == framing.ErrMore && len(rest) == 0:
			got.good, got.exact = true, true
			if s.ended { // no other length would have ended there
				got.bits += last
			}
			return got
		case err == framing.ErrMore, err == io.ErrUnexpectedEOF:
			got.good = true
			return got
		case err != nil, s.limit > 0 && payloadSize(f, e.Body) > s.limit:
			return got
		case int64(e.Header)+e.Body+int64(e.Trailer) > int64(len(rest)):
			got.good, got.tail = true, s.tailBits(f, e, rest)
			return got
		case !whole(f, e, rest):
			return got
		}
		got.frames++
		counts, likely := s.frameBits(f, e, rest, e.Trailer)
		got.bits, last = got.bits+counts, likely
		got.lines = got.lines && (at == 0 || s.b[at-1] == '\n')
		at += e.Header + int(e.Body) + e.Trailer
		c = framing.Cursor{EOF: true, Stream: c.Stream}
	}
}

// frameBits is what the frame e at the start of b counts, and how much more if its
// length were not likely.
func (s scorer) frameBits(f framing.Framing, e framing.Extent, b []byte, trailer int) (counts, likely int) {
	header, w := b[:e.Header], 0
	if plainLength(f) {
		w = traits(f).Width
	}
	if e.Body == 0 && (w > 0 || len(bytes.Trim(header, "\x000"))+trailer == 0) {
		return -emptyCost, 0
	}
	if w > 0 && !s.all {
		header = header[e.Field:][:w]
	}
	marks := len(header) + trailer
	if _, announces := f.(framing.Announcer); marks == 0 && !announces {
		marks = 3 // the payload itself tells its end: a type and an end of line
	}
	likely = bits.Len64(uint64(e.Body)) + frameCost
	return 8*marks - zeroCost*bytes.Count(header, []byte{0}) - likely, likely
}

// tailBits is what the frame e at the start of b counts by its length alone: less,
// the further its end lies beyond what is there.
func (s scorer) tailBits(f framing.Framing, e framing.Extent, b []byte) int {
	if !e.Announced || e.Body == 0 || e.Header > len(b) {
		return 0
	}
	room := s.room
	if s.ended {
		room = int64(len(b))
	}
	counts, _ := s.frameBits(f, e, b, 0)
	need := uint64(e.Header) + uint64(e.Body)
	return counts - bits.Len64(need/uint64(max(room, 1)))
}

// whole reports whether trailer and escapes of the frame at the start of b are right.
func whole(f framing.Framing, e framing.Extent, b []byte) bool {
	header, b := b[:e.Header], b[e.Header:]
	body, trailer := b[:e.Body], b[e.Body:][:e.Trailer]
	if !bytes.HasSuffix(trailer, []byte(e.Want)) {
		return false
	}
	if esc, ok := f.(framing.Escaper); ok {
		_, err := esc.Unescape(nil, header, body, trailer)
		return err == nil
	}
	return true
}

// payloadSize is the least size of a payload that is size bytes on the wire.
func payloadSize(f framing.Framing, size int64) int64 {
	if esc, ok := f.(framing.Escaper); ok {
		return esc.MinPayload(size)
	}
	return size
}
