package pump

import (
	"io"

	"framecat/framing"
)

// Replies returns the framing of the replies on one connection where requests are sent in
// frames of f. A framing may have to know the requests: then sending is to be called with each
// of them before it is sent. Otherwise it is nil.
func Replies(f framing.Framing) (replies framing.Framing, sending func(frames []byte)) {
	if r, ok := f.(interface {
		Replies() (framing.Framing, func([]byte))
	}); ok {
		return r.Replies()
	}
	return f, nil
}

// Sending returns a writer that calls sending before it writes to dst. If sending is nil, that
// is dst.
func Sending(dst io.Writer, sending func(frames []byte)) io.Writer {
	if sending == nil {
		return dst
	}
	return sendingWriter{dst, sending}
}

type sendingWriter struct {
	io.Writer
	sending func([]byte)
}

func (w sendingWriter) Write(p []byte) (int, error) {
	w.sending(p)
	return w.Writer.Write(p)
}
