package framing

import (
	"encoding/binary"
	"math"
)

// rtmp is the chunk stream of RTMP, in either direction. It opens with two halves of a handshake, which
// are silent; a stream that is a part of a connection may begin without them.
//
//	03 | time, 4 | zero or version, 4 | random, 1528        C0 and C1, or S0 and S1
//	time, 4 | time read, 4 | random of the peer, 1528       C2, or S2
//
//	basic | fields | extended | data
//	1-3     0-11     0 or 4     up to the chunk size
//
// The two upper bits of the first byte are the format of the fields. The others are the chunk stream,
// from 2 on; 0 means that it is 64 and the next byte, 1 that it is 64 and the next two, low byte first.
//
//	format 0   timestamp, 3 | length, 3 | type, 1 | message stream, 4, low byte first
//	format 1   delta, 3 | length, 3 | type, 1
//	format 2   delta, 3
//	format 3   nothing
//
// The length is that of a message. One that is longer than the chunk size goes on in chunks of format
// 3, and chunks of other chunk streams may be between them. A field that is left out is that of the
// message before it in the same chunk stream. A stream that begins in the middle may have a chunk of format 1
// first in a chunk stream. A timestamp or delta of ff ff ff is in 4 more bytes, which
// chunks of format 3 then have too.
//
// The chunk size is 128 until the message Set Chunk Size changes it. So the Cursor's Stream has the
// phase and the chunk size, and its state has a row for each chunk stream.
//
// Source: Adobe, RTMP 1.0 specification, sections 5.2, 5.3 and 5.4.
type rtmp struct {
	chunk uint32 // size of chunks at the start
}

// Phases of a stream.
const (
	rtmpStart   = iota
	rtmpGreeted // the first half of the handshake was read
	rtmpChunks

	rtmpPhases = 3 // mask of them in the Cursor's Stream; the other bits are the chunk size, or 0
	rtmpShift  = 2
)

const (
	rtmpVersion   = 3
	rtmpEcho      = 1536         // second half of the handshake
	rtmpHello     = 1 + rtmpEcho // first half
	rtmpChunkSize = 128
	rtmpMost      = 1<<24 - 1 // of a message, so a larger chunk size means the same
	rtmpStreams   = 1<<16 - 1 // the highest message stream: more would make any bytes look like a chunk
)

// Types of messages that change how the stream is read.
const (
	rtmpSetChunkSize = 1
	rtmpAbort        = 2
)

var rtmpTypes = names{
	{rtmpSetChunkSize, "set chunk size"}, {rtmpAbort, "abort"}, {3, "acknowledgement"}, {4, "user control"}, {5, "window size"}, {6, "peer bandwidth"},
	{8, "audio"}, {9, "video"}, {15, "data AMF3"}, {16, "shared object AMF3"}, {17, "command AMF3"}, {18, "data"}, {19, "shared object"}, {20, "command"}, {22, "aggregate"},
}

func (f *rtmp) String() string {
	w := newSpec("rtmp")
	if f.chunk != rtmpChunkSize {
		w.arg("chunk=%d", f.chunk)
	}
	return w.b.String()
}

func (f *rtmp) Scan(b []byte, c *Cursor) (Extent, error) {
	switch phase := c.Stream & rtmpPhases; {
	case len(b) == 0:
		return Extent{}, ErrMore
	case phase == rtmpGreeted:
		c.Stream = rtmpChunks
		return Extent{Header: rtmpEcho, Silent: true}, nil
	case phase == rtmpStart:
		switch opens, known := rtmpOpens(b); {
		case !known:
			return Extent{}, ErrMore
		case opens:
			c.Stream = rtmpGreeted
			return Extent{Header: rtmpHello, Silent: true}, nil
		}
	}
	return f.scanChunk(b, c)
}

// rtmpOpens reports whether a stream that begins with b opens with a handshake, as soon as b shows it.
// A chunk of format 0 in the chunk stream 3 has the same first byte. But where that has the type of a
// message, a handshake has a zero or a part of a version; and random bytes are no message stream.
func rtmpOpens(b []byte) (opens, known bool) {
	switch {
	case b[0] != rtmpVersion:
		return false, true
	case len(b) < 8:
		return false, false
	case rtmpTypes.Of(uint64(b[7])) == "", !rtmpFits(b[7], u24(b[4:])):
		return true, true
	case len(b) < 12:
		return false, false
	}
	return binary.LittleEndian.Uint32(b[8:]) > rtmpStreams, true
}

// rtmpFits reports whether a message of a type can have a length.
func rtmpFits(kind byte, length uint32) bool {
	switch kind {
	case rtmpSetChunkSize, rtmpAbort, 3, 5:
		return length == 4
	case 6:
		return length == 5
	case 4:
		return length >= 2
	}
	return true
}

func u24(b []byte) uint32 { return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]) }

// rtmpBasic reads the start of a chunk. Its size is 0 if b does not have all of it.
func rtmpBasic(b []byte) (size int, format byte, id uint32) {
	format, id = b[0]>>6, uint32(b[0]&63)
	switch {
	case id > 1:
		return 1, format, id
	case id == 0 && len(b) > 1:
		return 2, format, 64 + uint32(b[1])
	case id == 1 && len(b) > 2:
		return 3, format, 64 + uint32(b[1]) + uint32(b[2])<<8
	}
	return 0, format, 0
}

// rtmpFields is how many bytes follow the basic header, by format.
var rtmpFields = [4]int{11, 7, 3, 0}

// chunkSize returns the chunk size at a place in the stream.
func (f *rtmp) chunkSize(c *Cursor) uint32 {
	if size := uint32(c.Stream >> rtmpShift); size > 0 {
		return size
	}
	return f.chunk
}

func (f *rtmp) scanChunk(b []byte, c *Cursor) (Extent, error) {
	n, format, id := rtmpBasic(b)
	if n == 0 {
		return Extent{}, ErrMore
	}
	row, at := rtmpFind(c.state, id)
	if at < 0 && format >= 2 {
		return Extent{}, malformed(badContinuation, 0, "a chunk of format %d in chunk stream %d, in which no message has begun", format, id)
	}
	if at < 0 && format == 1 && len(b) > n && b[n] > 0 {
		return Extent{}, malformed(badContinuation, 0, "a chunk of format 1 with a delta of over a minute in chunk stream %d, in which no message has begun", id)
	}
	header := n + rtmpFields[format]
	if format < 2 && len(b) > n+6 {
		switch kind, length := b[n+6], u24(b[n+3:]); {
		case rtmpTypes.Of(uint64(kind)) == "":
			return Extent{}, malformed(BadType, n+6, "type is %d, which is no type of a message", kind)
		case !rtmpFits(kind, length):
			return Extent{}, malformed(lengthInvalid, n+3, "length %d is not allowed in a message of type %s", length, rtmpTypes.Of(uint64(kind)))
		}
	}
	if format == 0 && len(b) >= header {
		if id := binary.LittleEndian.Uint32(b[n+7:]); id > rtmpStreams {
			return Extent{}, malformed(BadHeader, n+7, "message stream %d, expected at most %d: servers number them from 1", id, rtmpStreams)
		}
	}
	begins, long := format < 3 || row.left == 0, row.extended
	if len(b) < header {
		return Extent{}, ErrMore
	}
	if format < 3 {
		long = u24(b[n:]) == 0xffffff
	}
	if long {
		if header += 4; len(b) < header {
			return Extent{}, ErrMore
		}
	}
	row.id, row.extended = id, long
	row.read(b[n:header], format, begins)

	size := f.chunkSize(c)
	body := min(row.left, size)
	row.left -= body
	e := Extent{Header: header, Body: int64(body), Announced: true}
	if format < 2 {
		e.Field = n + 3
	}
	control := uint32(0)
	if row.kind <= rtmpAbort {
		switch {
		case row.left > 0 || !begins:
			return Extent{}, malformed(lengthInvalid, 0, "the message %s is in several chunks of %s, expected it in one", rtmpTypes.Of(uint64(row.kind)), plural(int64(size), "byte"))
		case len(b) >= header+4:
			control = binary.BigEndian.Uint32(b[header:])
		case c.EOF: // it is cut
			return e, nil
		default:
			return Extent{}, ErrMore
		}
		if row.kind == rtmpSetChunkSize {
			if control == 0 || control > math.MaxInt32 {
				return Extent{}, malformed(lengthInvalid, header, "chunk size %d, expected 1 to %d", control, math.MaxInt32)
			}
			size = min(control, rtmpMost)
		}
	}
	state, err := row.store(c.state, at)
	if err != nil {
		return Extent{}, err
	}
	if row.kind == rtmpAbort {
		state = rtmpDrop(state, control)
	}
	c.state, c.Stream = state, rtmpChunks
	if size != f.chunk {
		c.Stream |= uint64(size) << rtmpShift
	}
	return e, nil
}

// read takes the fields of a chunk, with the extended timestamp after them.
func (s *rtmpRow) read(b []byte, format byte, begins bool) {
	if format < 3 {
		s.delta = u24(b)
		if s.extended {
			s.delta = binary.BigEndian.Uint32(b[len(b)-4:])
		}
	}
	if format < 2 {
		s.length, s.kind = u24(b[3:]), b[6]
	}
	switch {
	case format == 0:
		s.stream, s.clock = binary.LittleEndian.Uint32(b[7:]), s.delta
	case begins:
		s.clock += s.delta
	}
	if begins {
		s.left = s.length
	}
}

// An rtmpRow is what is remembered of a chunk stream: the last message that began in it.
type rtmpRow struct {
	id       uint32 // of the chunk stream
	extended bool   // its timestamp is in 4 more bytes
	kind     byte   // its type
	length   uint32 // bytes of it
	left     uint32 // bytes of it that later chunks bring
	stream   uint32 // its message stream
	clock    uint32 // its timestamp
	delta    uint32 // as in its header; the next one may leave it out
}

const (
	rtmpRowSize = 24

	// rtmpRows is how many chunk streams there may be. Programs use fewer than 20; the limit keeps what is copied for
	// each chunk small.
	rtmpRows = 64
)

// rtmpFind returns the row of a chunk stream and its offset in the state, which is negative if there is
// none.
func rtmpFind(state string, id uint32) (row rtmpRow, at int) {
	u32 := func(at int) uint32 {
		return uint32(state[at])<<24 | uint32(state[at+1])<<16 | uint32(state[at+2])<<8 | uint32(state[at+3])
	}
	for at := 0; at < len(state); at += rtmpRowSize {
		if v := u32(at); v>>1 == id {
			kind := u32(at + 4)
			return rtmpRow{id, v&1 != 0, byte(kind >> 24), kind & rtmpMost, u32(at + 8), u32(at + 12), u32(at + 16), u32(at + 20)}, at
		}
	}
	return rtmpRow{}, -1
}

// store returns the state with the row in it, in place of the one at an offset if that is not negative.
func (s *rtmpRow) store(state string, at int) (string, error) {
	var b [rtmpRowSize]byte
	v := s.id << 1
	if s.extended {
		v |= 1
	}
	for i, v := range [...]uint32{v, uint32(s.kind)<<24 | s.length, s.left, s.stream, s.clock, s.delta} {
		binary.BigEndian.PutUint32(b[4*i:], v)
	}
	switch {
	case at < 0 && len(state) == rtmpRows*rtmpRowSize:
		return "", malformed(BadHeader, 0, "chunk stream %d is one more than the limit, %d in one direction", s.id, rtmpRows)
	case at < 0:
		return state + string(b[:]), nil
	case string(b[:]) == state[at:at+rtmpRowSize]:
		return state, nil
	}
	return state[:at] + string(b[:]) + state[at+rtmpRowSize:], nil
}

// rtmpDrop returns the state after the message that has begun in a chunk stream was given up.
func rtmpDrop(state string, id uint32) string {
	row, at := rtmpFind(state, id)
	if at < 0 {
		return state
	}
	row.left = 0
	state, _ = row.store(state, at)
	return state
}

func parseRTMP(_ *Entry, s *settings) (Framing, error) {
	f := &rtmp{chunk: uint32(s.sizeUpTo("chunk", rtmpChunkSize, rtmpMost))}
	if f.chunk == 0 && s.err == nil {
		s.fail(s.at("chunk"), "a chunk has at least 1 byte")
	}
	return f, nil
}
