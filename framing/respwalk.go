package framing

import (
	"bytes"
	"math/bits"
)

// A respWalk is how far a value has been read. It counts the values that must still come,
// without a tree: an array of n values adds n to the count in place of itself.
type respWalk struct {
	at    int    // the next type byte; in a line, where to look on for its end
	in    int64  // what at is inside of
	due   int64  // values that must still come, inside the innermost streamed aggregate if there is one
	outer uint64 // the same around each streamed aggregate; see push
	least int64  // the value has at least so many bytes
}

// What the next byte of a respWalk is part of.
const (
	respInValue  = iota // at is a type byte
	respInLine          // at is inside a line
	respInParts         // at is the type byte of a part
	respInInline        // at is inside an inline command
)

// maxDue bounds the values that must still come: each has 3 bytes or more, and the count
// must fit in the Cursor.
const maxDue = 1 << 60

// push saves due, the count around a streamed aggregate, in outer: its bits, then how many
// bits these are. At least nine levels of streamed aggregates fit, more than any known peer
// nests. It returns false if there is no room.
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

// read reads on to the end of the value. The error is ErrMore if b does not contain it.
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
				return w.wrong(BadType, w.at, w.at, "found %q, expected another part ';' of the streamed string", b[w.at:w.at+1])
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
		w.due = max(w.due, 1) // in a streamed aggregate no count announces the next value
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
			err = w.wrong(BadType, w.at, w.at, "found %q, expected the type of a value", b[w.at:w.at+1])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// wrong returns the error for a fault at offset at that shows once byte last has arrived.
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

// crlf checks as much of the CR LF at b[at] as has arrived.
func (w *respWalk) crlf(b []byte, at int) error {
	for i := range 2 {
		if at+i >= len(b) {
			return ErrMore
		}
		if b[at+i] != "\r\n"[i] {
			return w.wrong(BadTrailer, at+i, at+i, "found %q, expected CR LF", b[at+i:at+i+1])
		}
	}
	return nil
}

// readBulk reads a bulk string, or a part of a streamed one, with its bytes.
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

// readCount reads how many values an aggregate has. They must come in place of it; those of
// an attribute come before its value.
func (w *respWalk) readCount(b []byte, t *respType) error {
	n, end, err := w.number(b, t)
	if err != nil {
		return err
	}
	switch n {
	case respStreamed:
		if !w.push() {
			return w.wrong(BadLength, w.at+1, end-1, "streamed aggregates are nested too deep, expected 9 levels or less")
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

// Results in place of a number.
const (
	respNull     = -1
	respStreamed = -2
)

// number reads the length after the type byte. It returns the number and where its line ends.
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
				return 0, 0, w.wrong(BadLength, at, i+1, "length is %s, expected -1 or digits", b[at:i+2])
			}
			if n, i = respNull, i+2; i < len(b) && b[i]-'0' <= 9 {
				return 0, 0, w.wrong(BadLength, at, i, "length is %s, expected -1 or digits", b[at:i+1])
			}
		default:
			return 0, 0, w.wrong(BadLength, at, at, "found %q, expected the length of the %s", b[at:at+1], t.name)
		}
	}
	for _, want := range []byte("\r\n") {
		if i >= len(b) {
			return 0, 0, ErrMore
		}
		if b[i] != want {
			return 0, 0, w.wrong(BadLength, i, i, "found %q in the length of the %s, expected digits, then CR LF", b[i:i+1], t.name)
		}
		i++
	}
	return n, i, nil
}
