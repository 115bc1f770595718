package framing

// A Span is one frame of a batch: where its header starts and where header, body
// and trailer end, in the batch's buffer.
type Span struct{ Start, HeaderEnd, BodyEnd, End int }

func spanOf(e Extent, at int) Span {
	h := at + e.Header
	b := h + int(e.Body)
	return Span{at, h, b, b + e.Trailer}
}

// endOf returns where the last of spans ends, and the next begins.
func endOf(spans []Span) int {
	if len(spans) == 0 {
		return 0
	}
	return spans[len(spans)-1].End
}

// bufferSize is how much is read or written at once: larger buffers fall out of the cache
// and gain nothing.
const bufferSize = 256 << 10
