package framing

// sized is a framing whose header shows all there is to know, in a way that the length rule
// cannot say: headers of several sizes, a byte order that each frame chooses, padding, frames
// without a message. Each protocol has a function that reads a header, and one that writes its
// length.
type sized struct {
	spec     string
	standard string                         // the header that is written by default
	pad      int                            // a body is padded to a multiple of so many bytes; 0 is no padding
	mark     string                         // that each frame has, or ""
	markAt   int                            // its offset
	read     func(b []byte) (Extent, error) // as Scan
	put      func(header []byte, size int64)
	describe func(dst []FieldText, header, body []byte) []FieldText // may be nil
	values   func(field string) ([]FieldText, func(string) string)  // as known; nil if the fields are free text
}

func (h *sized) String() string { return h.spec }

func (h *sized) Scan(b []byte, _ *Cursor) (Extent, error) { return h.read(b) }

func (h *sized) Split(b []byte, spans []Span) []Span { return splitScan(h, b, spans) }

func (h *sized) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	return appendAnnounced(h, dst, like, payload)
}

func (h *sized) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	start := len(dst)
	if like.none() {
		dst = append(dst, h.standard...)
	} else {
		e, err := h.read(like.Header)
		if err != nil || e.Header != len(like.Header) || e.Trailer != len(like.Trailer) || e.Silent && size > 0 {
			return dst, ErrMarks
		}
		dst = append(dst, like.Header...)
		if e.Silent {
			return dst, nil
		}
	}
	h.put(dst[start:], size)
	e, err := h.read(dst[start:])
	if _, ok := err.(*Error); ok {
		return dst[:start], refused(err, like)
	}
	if err != nil || e.Body != size || e.Header != len(dst)-start {
		return dst[:start], payloadError("%s has no frame for a payload of %s", h.spec, plural(size, "byte"))
	}
	return dst, nil
}

// AppendTrailer repeats the padding of the frame to imitate, if it is as long.
func (h *sized) AppendTrailer(dst []byte, like Marks, size int64) []byte {
	n := h.padding(size)
	if len(like.Trailer) == n {
		return append(dst, like.Trailer...)
	}
	return append(dst, make([]byte, n)...)
}

// padding returns how many bytes follow a body of this size.
func (h *sized) padding(size int64) int { return paddingTo(h.pad, size) }

// paddingTo returns how many bytes size lacks to be a multiple of unit; 0 is no unit.
func paddingTo(unit int, size int64) int {
	if unit == 0 {
		return 0
	}
	return (unit - int(size%int64(unit))) % unit
}

func (h *sized) Sync(b []byte) (int, bool) {
	if h.mark == "" {
		return -1, false
	}
	return syncAt(b[min(h.markAt, len(b)):], h.mark)
}

func (h *sized) Describe(dst []FieldText, header, body []byte) []FieldText {
	if h.describe == nil {
		return dst
	}
	return h.describe(dst, header, body)
}

func (h *sized) known(field string) ([]FieldText, func(string) string) {
	if h.values == nil {
		return nil, nil
	}
	return h.values(field)
}

// parseSized returns the framing of a row, which takes no keys.
func parseSized(k *Entry, _ *settings) (Framing, error) { return k.head, nil }
