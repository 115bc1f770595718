package framing

import (
	"bytes"
	"strconv"
	"strings"
)

// nats is the NATS client protocol: control lines, and messages, each after a line that
// gives its size.
//
//	           | PING                       | \r\n
//	           | SUB foo 1                  | \r\n
//	PUB foo 5\r\n                   | hello | \r\n
//	HPUB foo 12 17\r\n | NATS/1.0\r\n\r\nhello | \r\n    the first 12 of the 17 are headers
//
// Operations may be in any case, blanks and tabs divide words. The protocols
// between servers have operations of their own, which are not read.
//
// Source: NATS documentation, "Client Protocol"; nats-server, server/parser.go.
type nats struct{}

func (nats) String() string { return "nats" }

// A natsOp is an operation. The line of one with a message ends in its size; if it has
// headers, in their size and the size of all. A reply subject may come before the sizes.
type natsOp struct {
	name  string
	usage string // how a line with a message is written
	words int    // that must come between the name and the sizes
	sizes int
}

var natsOps = []natsOp{
	{name: "MSG", usage: "MSG subject sid [reply] size", words: 2, sizes: 1},
	{name: "PUB", usage: "PUB subject [reply] size", words: 1, sizes: 1},
	{name: "HMSG", usage: "HMSG subject sid [reply] header-size size", words: 2, sizes: 2},
	{name: "HPUB", usage: "HPUB subject [reply] header-size size", words: 1, sizes: 2},
	{name: "INFO"}, {name: "CONNECT"}, {name: "SUB"}, {name: "UNSUB"}, {name: "PING"}, {name: "PONG"}, {name: "+OK"}, {name: "-ERR"},
}

// maxNatsOp is the length of the longest name, plus one.
const maxNatsOp = 8

// findNatsOp returns the operation at the start of a line, or nil if more bytes are
// needed. It is not ok if no operation begins like this.
func findNatsOp(line []byte) (op *natsOp, ok bool) {
	line = line[:min(len(line), maxNatsOp)]
	end := bytes.IndexAny(line, " \t\r\n")
	if end >= 0 {
		line = line[:end]
	}
	for i := range natsOps {
		op := &natsOps[i]
		if len(line) > len(op.name) || !strings.EqualFold(op.name[:len(line)], string(line)) {
			continue
		}
		if end < 0 {
			ok = true
		} else if len(line) == len(op.name) {
			return op, true
		}
	}
	return nil, ok
}

func possibleNatsOp(line []byte) bool {
	_, ok := findNatsOp(line)
	return ok
}

func (nats) Scan(b []byte, c *Cursor) (Extent, error) {
	op, ok := findNatsOp(b)
	if !ok {
		n := 1 // up to the byte that shows the fault
		for n < len(b) && possibleNatsOp(b[:n]) {
			n++
		}
		return Extent{}, malformed(BadType, 0, "found %q, expected an operation such as PUB or PING", b[:n])
	}
	if op == nil {
		return Extent{}, ErrMore
	}
	i := bytes.IndexByte(b[c.Seen:min(len(b), maxHeader)], '\n')
	if i < 0 {
		c.Seen = min(len(b), maxHeader)
		if len(b) >= maxHeader {
			return op.known(b[:maxHeader-1]), longHeader()
		}
		return op.known(b), ErrMore
	}
	end := c.Seen + i
	if b[end-1] != '\r' {
		return op.known(b[:end]), malformed(BadTrailer, end, "found LF alone, expected CR LF at the end of the line")
	}
	if op.sizes == 0 {
		return Extent{Body: int64(end - 1), Trailer: 2}, nil
	}
	size, at, err := op.size(b[:end])
	if err != nil {
		return Extent{}, err
	}
	return Extent{Header: end + 1, Body: size, Trailer: 2, Want: "\r\n", Announced: true, Field: at}, nil
}

// known returns the extent of a line that has no end yet: all but a final CR is body.
func (op *natsOp) known(line []byte) Extent {
	if op.sizes > 0 {
		return Extent{}
	}
	return Extent{Body: int64(len(bytes.TrimSuffix(line, []byte("\r"))))}
}

// size returns the size of the message that follows the line b, which includes the CR, and
// where in the line it is.
func (op *natsOp) size(b []byte) (size int64, at int, err error) {
	line := b[:len(b)-1]
	var starts, ends [6]int
	n := 0
	for i := len(op.name); i < len(line); i++ {
		if natsBlank(line[i]) {
			continue
		}
		if n == len(starts) {
			break // more words than any operation has
		}
		starts[n] = i
		for i < len(line) && !natsBlank(line[i]) {
			i++
		}
		ends[n] = i
		n++
	}
	if least := op.words + op.sizes; n < least {
		return 0, 0, malformed(missingLength, 0, "%q has too few words, expected %s", clip(line), op.usage)
	} else if n > least+1 {
		return 0, 0, malformed(BadHeader, 0, "%q has too many words, expected %s", clip(line), op.usage)
	}
	header, first := int64(0), n-op.sizes
	for i := first; i < n; i++ {
		header, at = size, starts[i]
		if size, err = natsSize(b, at, ends[i]); err != nil {
			return 0, 0, err
		}
	}
	if header > size {
		return 0, 0, malformed(lengthInvalid, starts[first], "a header of %d bytes does not fit in a message of %d", header, size)
	}
	return size, at, nil
}

func natsBlank(c byte) bool { return c == ' ' || c == '\t' }

// natsSize reads the number b[at:end], which other bytes follow.
func natsSize(b []byte, at, end int) (n int64, err error) {
	for i := at; i < end; i++ {
		if b[i]-'0' > 9 {
			return 0, malformed(BadLength, i, "found %q in a size, expected a digit", b[i:i+1])
		}
		if i-at == maxDigits-1 {
			return 0, longDigits(b, at, i+1, 10)
		}
		n = n*10 + int64(b[i]-'0')
	}
	return n, nil
}

func (n nats) Split(b []byte, spans []Span) []Span { return splitScan(n, b, spans) }

// natsLineOp returns the operation of a line, given without its end, or nil.
func natsLineOp(line []byte) *natsOp {
	var start [maxNatsOp + 1]byte
	n := copy(start[:maxNatsOp], line)
	start[n] = '\n'
	op, _ := findNatsOp(start[:n+1])
	return op
}

// Append writes a payload that is a control line as a line, unless like is the header of a
// message. Any other payload becomes a message.
func (n nats) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if len(like.Header) > 0 || len(like.Trailer) > 0 && string(like.Trailer) != "\r\n" {
		return appendAnnounced(n, dst, like, payload)
	}
	op := natsLineOp(payload)
	if op != nil && op.sizes == 0 && len(payload) <= maxHeader-2 && bytes.IndexByte(payload, '\n') < 0 {
		return append(append(dst, payload...), "\r\n"...), nil
	}
	if !like.none() {
		return dst, payloadError("the payload is not a control line, but the trailer to imitate is that of one")
	}
	return appendAnnounced(n, dst, like, payload)
}

func (n nats) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if like.none() {
		return append(strconv.AppendInt(append(dst, "PUB framecat "...), size, 10), "\r\n"...), nil
	}
	e, err := n.Scan(like.Header, new(Cursor))
	if err != nil || e.Header == 0 || e.Header != len(like.Header) || string(like.Trailer) != "\r\n" {
		return dst, ErrMarks
	}
	if e.Body == size {
		return append(dst, like.Header...), nil
	}
	start := len(dst)
	dst = strconv.AppendInt(append(dst, like.Header[:e.Field]...), size, 10)
	dst = append(dst, bytes.TrimLeft(like.Header[e.Field:], "0123456789")...)
	if _, err := n.Scan(dst[start:], new(Cursor)); err != nil {
		return dst[:start], payloadError("a payload of %s does not fit the header %q: %s", plural(size, "byte"), clip(like.Header), err)
	}
	return dst, nil
}

func (nats) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return append(dst, "\r\n"...) }

// Describe returns the operation, and the subject of a message.
func (nats) Describe(dst []FieldText, header, body []byte) []FieldText {
	line := header
	if len(line) == 0 {
		line = body
	}
	op := natsLineOp(line)
	if op == nil {
		return dst
	}
	dst = append(dst, FieldText{"op", op.name})
	if words := bytes.Fields(header); len(words) > 1 {
		dst = append(dst, FieldText{"subject", string(words[1])})
	}
	return dst
}

func (nats) known(field string) (values []FieldText, other func(string) string) {
	if field == "subject" {
		return nil, nil
	}
	for _, op := range natsOps {
		values = append(values, FieldText{op.name, op.name})
	}
	return values, nothing
}

func parseNats(*Entry, *settings) (Framing, error) { return nats{}, nil }
