package framing

import (
	"errors"
	"io"
	"slices"
)

// A tunnel is a stream that opens with frames of one framing, and goes on with those of another:
//
//	PROXY TCP4 192.0.2.1 192.0.2.9 5000 80\r\n | GET / HTTP/1.1 …     proxy/http
//
// A Reader reads the opening with outer, and then changes to inner: so inner is read as fast as
// without a tunnel, and its state is its own. The frames of an opening are silent.
//
// Scan has no state for that. It takes what looks like an opening for one, wherever it is. So
// programs that look at a single frame see it as what it most likely is.
type tunnel struct {
	outer opener
	inner Framing
	row   *Entry // of inner; nil if there is none
}

// An opener is the framing of an opening. Its Scan may return errOver, and it sets the Cursor's Stream
// to openingOver with the last frame of the opening.
type opener interface {
	Framing
	knower
	Describer

	// owns reports whether a frame that is all header is one of the opening.
	owns(header []byte) bool
	// opening returns what is written before the first frame, unless that is of an opening itself.
	opening() string
}

// errOver reports that the opening is over: b begins with a frame of inner.
var errOver = errors.New("the opening is over")

const openingOver = 1<<64 - 1

// tunnelOf returns the tunnel of a row, whose inner framing is that of the rest of the stream.
func tunnelOf(o opener) *tunnel { return &tunnel{outer: o, inner: rest{}} }

// Unwrap returns the framing of the frames after the opening.
func (t *tunnel) Unwrap() Framing { return t.inner }

func (t *tunnel) String() string {
	if t.alone() {
		return t.outer.String()
	}
	return t.outer.String() + "/" + t.inner.String()
}

// alone reports whether the spec names no framing for what follows the opening.
func (t *tunnel) alone() bool { return t.inner == rest{} }

func (t *tunnel) Scan(b []byte, c *Cursor) (Extent, error) {
	sub := Cursor{EOF: c.EOF}
	if e, err := t.outer.Scan(b, &sub); c.Seen == 0 && c.Stream == 0 && err == nil && t.outer.owns(b[:min(len(b), e.Header)]) {
		return e, nil
	}
	return t.inner.Scan(b, c)
}

func (t *tunnel) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if t.opens(like, len(payload)) {
		return append(dst, like.Header...), nil
	}
	return t.inner.Append(dst, like, payload)
}

// opens reports whether a frame is one of the opening.
func (t *tunnel) opens(like Marks, size int) bool {
	return size == 0 && len(like.Trailer) == 0 && len(like.Header) > 0 && t.outer.owns(like.Header)
}

func (t *tunnel) Unescape(dst, header, body, trailer []byte) ([]byte, error) {
	if e, ok := t.inner.(Escaper); ok && !t.opens(Marks{header, trailer}, len(body)) {
		return e.Unescape(dst, header, body, trailer)
	}
	return append(dst, body...), nil
}

func (t *tunnel) MinPayload(body int64) int64 {
	if e, ok := t.inner.(Escaper); ok {
		return e.MinPayload(body)
	}
	return body
}

func (t *tunnel) Sync(b []byte) (int, bool) {
	if s, ok := t.inner.(Syncer); ok {
		return s.Sync(b)
	}
	return -1, false
}

// describe appends the fields of a frame of the opening, or of one after it.
func (t *tunnel) describe(dst []FieldText, f Frame) []FieldText {
	if t.opens(Marks{f.Header, f.Trailer}, len(f.Body)) {
		return t.outer.Describe(dst, f.Header, f.Body)
	}
	if t.row != nil {
		return t.row.Describe(dst, t.inner, f)
	}
	return dst
}

// Describe appends the fields of a frame without a trailer, as those of an opening.
func (t *tunnel) Describe(dst []FieldText, header, body []byte) []FieldText {
	return t.describe(dst, Frame{Header: header, Body: body})
}

func (t *tunnel) known(field string) ([]FieldText, func(string) string) {
	k := t.row
	if k == nil {
		return t.outer.known(field)
	}
	for _, f := range k.Fields {
		if f.Name == field {
			return f.Names.known(), otherThan(f.Names, "%d", 1<<64-1)
		}
	}
	if slices.Contains(k.variable, field) {
		return k.Details().Known(t.inner, field)
	}
	return t.outer.known(field)
}

// entryOfTunnel returns the entry of a tunnel: the row of its inner framing, with the fields of both.
// Which of them a frame has depends on where it is, so all are Variable.
func entryOfTunnel(k, in *Entry) *Entry {
	e := *in
	e.Name, e.Summary = k.Name+"/"+in.Name, in.Summary+", after "+k.Summary
	e.Fields, e.variable, e.numeric, e.roles = nil, nil, slices.Clone(in.numeric), k.roles
	for _, f := range in.Fields {
		e.variable = append(e.variable, f.Name)
		if len(f.Names) == 0 && f.Size <= 8 {
			e.numeric = append(e.numeric, f.Name)
		}
	}
	for _, name := range slices.Concat(in.variable, k.variable) {
		if !slices.Contains(e.variable, name) {
			e.variable = append(e.variable, name)
			if slices.Contains(k.numeric, name) && !slices.Contains(e.numeric, name) {
				e.numeric = append(e.numeric, name)
			}
		}
	}
	return &e
}

// rest is what follows an opening, if the spec names no framing for it: one message, which ends with
// the stream.
type rest struct{}

func (rest) String() string { return "rest" }

func (rest) Scan(b []byte, c *Cursor) (Extent, error) {
	c.Seen = len(b)
	switch {
	case !c.EOF:
		return Extent{Body: int64(len(b))}, ErrMore
	case len(b) == 0:
		return Extent{}, io.EOF
	}
	return Extent{Body: int64(len(b))}, nil
}

func (rest) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() {
		return dst, ErrMarks
	}
	if len(payload) == 0 {
		return dst, payloadError("an empty payload has no bytes, and without them there is no message")
	}
	return append(dst, payload...), nil
}
