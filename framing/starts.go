package framing

import (
	"bytes"
	"cmp"
)

// starts marks where each frame begins, and not where it ends: at the next mark, or at the end of the
// stream. So a frame that arrives is held until the next one begins.
//
//	MARK | payload | MARK | payload
//
// It is convention, as of logs whose records begin with <, and of serial lines with a sync word alone.
type starts struct {
	mark   string
	needle []byte // mark
}

func (s *starts) String() string { return "starts:" + escapeSpec(s.mark) }

func (s *starts) Scan(b []byte, c *Cursor) (Extent, error) {
	h := len(s.mark)
	if err := checkMagic(b, 0, s.mark); err != nil || len(b) < h {
		return Extent{}, cmp.Or(err, ErrMore)
	}
	at := max(h, c.Seen)
	if i := bytes.Index(b[at:], s.needle); i >= 0 {
		return Extent{Header: h, Body: int64(at + i - h)}, nil
	}
	if c.EOF {
		return Extent{Header: h, Body: int64(len(b) - h)}, nil
	}
	c.Seen = max(h, len(b)-h+1)
	return Extent{Header: h, Body: int64(c.Seen - h)}, ErrMore
}

func (s *starts) Split(b []byte, spans []Span) []Span { return splitScan(s, b, spans) }

func (s *starts) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() && (string(like.Header) != s.mark || len(like.Trailer) > 0) {
		return dst, ErrMarks
	}
	at := len(dst) + len(s.mark)
	out := append(append(append(dst, s.mark...), payload...), s.mark...) // the next frame
	if i := bytes.Index(out[at:], s.needle); i != len(payload) {
		return dst, payloadError("the payload contains the mark %s at byte %d", shown(s.mark), i)
	}
	return out[:at+len(payload)], nil
}

func (s *starts) Sync(b []byte) (int, bool) { return syncAt(b, s.mark) }

func parseStarts(_ *Entry, s *settings) (Framing, error) {
	first := s.first()
	if first == nil {
		s.fail(len(s.spec), `starts needs the bytes that begin each frame, as in starts:0xaa55`)
		return nil, nil
	}
	mark := s.parseBytes(first)
	return &starts{mark, []byte(mark)}, nil
}
