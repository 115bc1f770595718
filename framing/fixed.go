package framing

import (
	"fmt"
	"math"
	"strings"
)

// fixed makes each frame size bytes long. With magic, each frame begins with those
// bytes: they are its header, and part of its size.
//
// Source: Netty's FixedLengthFrameDecoder; convention, no standard.
type fixed struct {
	size  int64
	magic string
}

func (f *fixed) String() string {
	w := newSpec("fixed")
	w.arg("%d", f.size)
	w.bytes("magic", f.magic)
	return w.b.String()
}

func (f *fixed) Scan(b []byte, _ *Cursor) (Extent, error) {
	if err := checkMagic(b, 0, f.magic); err != nil {
		return Extent{}, err
	}
	if len(b) < max(1, len(f.magic)) {
		return Extent{}, ErrMore
	}
	return Extent{Header: len(f.magic), Body: f.size - int64(len(f.magic)), Announced: true}, nil
}

func (f *fixed) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(f, dst, like, payload)
}

func (f *fixed) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if want := f.size - int64(len(f.magic)); size != want {
		return dst, payloadError("a payload of %s does not fit %s, expected %d", plural(size, "byte"), f, want)
	}
	if !like.none() && (string(like.Header) != f.magic || len(like.Trailer) > 0) {
		return dst, ErrMarks
	}
	return append(dst, f.magic...), nil
}

func (f *fixed) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

func (f *fixed) Split(b []byte, spans []Span) []Span { return splitScan(f, b, spans) }

func (f *fixed) Sync(b []byte) (int, bool) {
	if f.magic == "" {
		return -1, false
	}
	return syncAt(b, f.magic)
}

func parseFixed(_ *Entry, s *settings) (Framing, error) {
	first := s.first()
	if first == nil {
		s.fail(len(s.spec), "fixed needs the size of a frame, as in fixed:188")
		return nil, nil
	}
	size, err := parseSize(first.value)
	if err == nil && (size < 1 || size > math.MaxInt64/2) {
		err = fmt.Errorf("the size is out of range, expected at least 1 byte")
	}
	if err != nil {
		s.fail(first.at, "%s", strings.TrimSpace(err.Error()))
	}
	f := &fixed{size: size, magic: s.bytes("magic")}
	if int64(len(f.magic)) > f.size {
		s.fail(s.at("magic"), "the magic is longer than the frame")
	}
	return f, nil
}
