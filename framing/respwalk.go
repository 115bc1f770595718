package framing

import (
	"bytes"
	"math/bits"
)

// A respWalk is how far a value has been read. It holds a count of what is due, no
// tree: an array of n values makes n due in place of itself.
type respWalk struct {
	at    int    // the next type byte; in a line, where to look on for its end
	in    int64  // what at stands in
	due   int64  // values due, inside the innermost streamed aggregate if there is one
	outer uint64 // values due around each streamed aggregate; see push
	least int64  // the value has at least so many bytes
}

// What a respWalk stands in.
const (
	respInValue  = iota // at is a type byte
	respInLine          // at is inside a line
	respInParts         // at is the type byte of a part
	respInInline        // at is inside an inline command
)

// maxDue bounds the values that are due: each has 3 bytes, and the count must fit
// in the Cursor.
const maxDue = 1 << 60

// push notes what is due around a streamed aggregate: its bits, then how many these
// are. Nine levels of nothing but streamed aggregates fit, and more than any peer
// was seen to nest; it is false if they do not.
func (w *respWalk) push() bool {
	n := bits.Len64(uint64(w.due))
	if bits.Len64(w.outer)+n+6 > 64 {
		return false
	}
	w.outer, w.due = (w.outer<<n|uint64(w.due))<<6|uint64(n), 0
	return true
}

func (w *respWalk) pop() {
	n := w.outer & 63
	w.due = int64(w.outer >> 6 & (1<<n - 1))
	w.outer >>= 6 + n
}

// read goes on to the end of the value. The error is ErrMore if b does not hold it.
func (w *respWalk) read(b []byte, inline bool) error {
	for w.due > 0 || w.outer != 0 {
		switch w.in {
		case respInLine:
			if !w.endLine(b) {
				return ErrMore
			}
			continue
		case respInInline:
			return w.readInline(b)
		}
		if w.at == len(b) {
			return ErrMore
		}
		t := &respTypes[b[w.at]]
		if w.in == respInParts {
			if t.form != respPart {
				return w.wrong(BadType, w.at, w.at, "%q where another part ';' of the streamed string belongs", b[w.at:w.at+1])
			}
			if err := w.readBulk(b, t); err != nil {
				return err
			}
			continue
		}
		if t.form == respEnd && w.due == 0 {
			if err := w.readEnd(b); err != nil {
				return err
			}
			continue
		}
		w.due = max(w.due, 1) // in a streamed aggregate each value comes unannounced
		err := error(nil)
		switch t.form {
		case respLine:
			w.at, w.in = w.at+1, respInLine
		case respBulk:
			err = w.readBulk(b, t)
		case respValues, respPrefix:
			err = w.readCount(b, t)
		default:
			if inline && w.at == 0 && t.form == respNone {
				w.in = respInInline
				continue
			}
			err = w.wrong(BadType, w.at, w.at, "%q where a value must begin: it is the type of none", b[w.at:w.at+1])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// wrong is a fault that byte last shows.
func (w *respWalk) wrong(kind Fault, at, last int, format string, args ...any) error {
	w.least = max(w.least, int64(last))
	return malformed(kind, at, format, args...)
}

// endLine looks for the CR LF of a line. Most lines are short.
func (w *respWalk) endLine(b []byte) bool {
	i := w.at
	for near := min(len(b)-1, i+16); i < near; i++ {
		if b[i] == '\r' && b[i+1] == '\n' {
			w.at, w.in, w.due = i+2, respInValue, w.due-1
			return true
		}
	}
	if i < len(b) {
		if k := bytes.Index(b[i:], []byte("\r\n")); k >= 0 {
			w.at, w.in, w.due = i+k+2, respInValue, w.due-1
			return true
		}
		w.at = max(w.at, len(b)-1)
	}
	return false
}

// readInline looks for the LF of an inline command. As in Redis, it is bounded.
func (w *respWalk) readInline(b []byte) error {
	if i := bytes.IndexByte(b[w.at:min(len(b), maxHeader)], '\n'); i >= 0 {
		w.at, w.due = w.at+i+1, 0
		return nil
	}
	if w.at = len(b); w.at < maxHeader {
		return ErrMore
	}
	w.least = maxHeader - 1
	e := malformed(headerTooLarge, 0, "the inline command is longer than %d bytes", maxHeader)
	e.Err = ErrTooLong
	return e
}

// readEnd reads the end of a streamed aggregate.
func (w *respWalk) readEnd(b []byte) error {
	if err := w.crlf(b, w.at+1); err != nil {
		return err
	}
	w.pop()
	w.at, w.due = w.at+3, w.due-1
	return nil
}

// crlf checks what is there of the CR LF at b[at].
func (w *respWalk) crlf(b []byte, at int) error {
	for i := range 2 {
		if at+i >= len(b) {
			return ErrMore
		}
		if b[at+i] != "\r\n"[i] {
			return w.wrong(BadTrailer, at+i, at+i, "%q where CR LF belongs", b[at+i:at+i+1])
		}
	}
	return nil
}

// readBulk reads a bulk or a part of one, bytes and all.
func (w *respWalk) readBulk(b []byte, t *respType) error {
	n, start, err := w.number(b, t)
	switch {
	case err != nil:
		return err
	case n == respStreamed:
		w.at, w.in = start, respInParts
		return nil
	case n == respNull, n == 0 && t.form == respPart:
		w.at, w.in, w.due = start, respInValue, w.due-1
		return nil
	}
	end := int64(start) + n
	w.least = end + 2
	if end >= int64(len(b)) {
		return ErrMore
	}
	if err := w.crlf(b, int(end)); err != nil {
		return err
	}
	w.at = int(end) + 2
	if t.form == respBulk {
		w.due--
	}
	return nil
}

// readCount reads how many values an aggregate has: they are due in its place, and
// those of an attribute besides.
func (w *respWalk) readCount(b []byte, t *respType) error {
	n, end, err := w.number(b, t)
	if err != nil {
		return err
	}
	switch n {
	case respStreamed:
		if !w.push() {
			return w.wrong(BadLength, w.at+1, end-1, "streamed aggregates are nested deeper than can be followed")
		}
		w.at = end
		return nil
	case respNull:
		n = 0
	}
	if n *= int64(t.times); n > maxDue-w.due {
		err := tooLong(w.at+1, "%d values are more than any stream has", n)
		w.least = max(w.least, int64(end-1))
		return err
	}
	w.at, w.due = end, w.due+n
	if t.form == respValues {
		w.due--
	}
	return nil
}

// In place of a number.
const (
	respNull     = -1
	respStreamed = -2
)

// number reads the length behind the type byte, and where its line ends.
func (w *respWalk) number(b []byte, t *respType) (n int64, end int, err error) {
	at := w.at + 1
	i := at
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		if i-at == maxDigits-1 {
			w.least = max(w.least, int64(i+1))
			return 0, 0, longDigits(b, at, i+1, 10)
		}
		n = n*10 + int64(b[i]-'0')
	}
	if i == at && i < len(b) {
		switch {
		case b[i] == '?' && t.streams:
			n, i = respStreamed, i+1
		case b[i] == '-' && t.null:
			if i+1 == len(b) {
				return 0, 0, ErrMore
			}
			if b[i+1] != '1' {
				return 0, 0, w.wrong(BadLength, at, i+1, "length %s: only -1 is a negative one", b[at:i+2])
			}
			if n, i = respNull, i+2; i < len(b) && b[i]-'0' <= 9 {
				return 0, 0, w.wrong(BadLength, at, i, "length %s: only -1 is a negative one", b[at:i+1])
			}
		default:
			return 0, 0, w.wrong(BadLength, at, at, "%q where the length of a %s must begin", b[at:at+1], t.name)
		}
	}
	for _, want := range []byte("\r\n") {
		if i >= len(b) {
			return 0, 0, ErrMore
		}
		if b[i] != want {
			return 0, 0, w.wrong(BadLength, i, i, "%q in the length of a %s: only digits, then CR LF", b[i:i+1], t.name)
		}
		i++
	}
	return n, i, nil
}
