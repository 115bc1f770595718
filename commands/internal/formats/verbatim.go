package formats

import (
	"io"
	"slices"
	"strings"

	"framecat/framing"
)

// A verbatim writer writes frames as they came: with their headers and trailers, in the same form where
// a framing allows several, and with the bytes between them. So a stream that passes through
// framecat without a change of its framing stays the same, byte for byte.
type verbatim struct {
	dst     io.Writer
	framing framing.Framing
	buf     []byte
	part    bool  // only some frames of the stream are wanted
	begun   bool  // something was written
	err     error // of dst; it stays
}

// direct is the size from which frames are written from where they are. To copy shorter ones
// into the buffer costs less than another write.
const direct = 128 << 10

// write writes the frames of a batch, and the bytes between them.
func (w *verbatim) write(b *framing.Batch) (int, error) {
	n := len(b.Frames)
	if w.err != nil || n == 0 {
		return 0, w.err
	}
	first := 0
	if w.part && !w.begun && b.Index > 0 {
		first = w.open(b.Frame(0))
	}
	w.begun = true
	if first < n {
		frames := b.Wire[b.Frames[first].Start:b.Frames[n-1].End]
		if len(frames) >= direct {
			if w.flush() == nil {
				w.send(frames)
			}
			return n, w.err
		}
		w.buf = append(w.buf, frames...)
	}
	if len(w.buf) >= FlushAt {
		return n, w.flush()
	}
	return n, nil
}

// open writes the first frame that is wanted, of a stream that began before it. It may lack what
// opens it, where the end of one frame is the start of the next. So it is made anew
// with its header, and open returns 1. If the framing cannot do that, open returns 0.
func (w *verbatim) open(f framing.Frame) int {
	out, err := w.framing.Append(w.buf, framing.Marks{Header: f.Header, Trailer: f.Trailer}, f.Payload)
	if err != nil {
		return 0
	}
	w.buf = out
	return 1
}

// fill takes bytes between two frames.
func (w *verbatim) fill(b []byte) {
	w.begun = true
	w.buf = append(w.buf, b...)
}

// flush writes what is buffered.
func (w *verbatim) flush() error {
	if len(w.buf) > 0 && w.err == nil {
		w.send(w.buf)
		w.buf = w.buf[:0]
	}
	return w.err
}

func (w *verbatim) send(b []byte) {
	n, err := w.dst.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	w.err = err
}

// layout returns the spec of a framing without the keys that only limit or explain what is read.
// Frames of framings with the same layout have the same headers.
func layout(f framing.Framing) string {
	name, rest, _ := strings.Cut(f.String(), ":")
	var keys []string
	for _, arg := range strings.Split(rest, ",") {
		key, _, _ := strings.Cut(arg, "=")
		inValue := len(keys) > 0 && strings.HasSuffix(keys[len(keys)-1], `\`) // after an escaped comma
		switch {
		case inValue:
		case slices.Contains([]string{"", "strict", "max", "min", "signed", "json", "inline", "banner", "join"}, key):
			continue
		case key == "role" && arg != "role=client", key == "role" && name != "websocket": // which masks what only a client sends
			continue
		}
		keys = append(keys, arg)
	}
	return name + ":" + strings.Join(keys, ",")
}
