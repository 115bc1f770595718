package framing

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"sync/atomic"
)

// postgres is PostgreSQL's protocol, either direction. A message is a type and a
// length, which counts itself but not the type:
//
//	51 | 00 00 00 0D | select 1␀
//	type  length       payload
//
// A client's first messages (startup, SSLRequest, GSSENCRequest, cancel) have no
// type: they begin with the length, whose first byte is 0. A server answers an
// SSLRequest or a GSSENCRequest with one bare byte, S, N or G, before its first
// message. S, N and G are message types too, but after a type comes the 0 of a length.
//
// Source: PostgreSQL documentation, sections 55.2 and 55.7.
type postgres struct{ role role }

func (p *postgres) String() string {
	w := newSpec("postgres")
	p.role.arg(w)
	return w.b.String()
}

func (p *postgres) Scan(b []byte, c *Cursor) (Extent, error) {
	switch {
	case len(b) == 0:
		return Extent{}, ErrMore
	case b[0] == 0:
		return p.untyped(b, c)
	case b[0] <= ' ' || b[0] > '~':
		return Extent{}, malformed(BadType, 0, "type is %#02x, expected a letter or a digit", b[0])
	case isAnswer(b[0]) && c.Stream == 0:
		if len(b) == 1 && !c.EOF {
			return Extent{}, ErrMore
		}
		if len(b) == 1 || b[1] != 0 {
			return Extent{Header: 1, Silent: true}, nil
		}
	}
	if len(b) < 5 {
		return Extent{}, ErrMore
	}
	n := binary.BigEndian.Uint32(b[1:])
	switch {
	case n < 4:
		return Extent{}, malformed(LengthTooSmall, 1, "length %d does not count its own 4 bytes, expected at least 4", n)
	case n > 1<<31-1:
		return Extent{}, malformed(lengthNegative, 1, "length %d is negative", int32(n))
	}
	c.Stream = 1
	return Extent{Header: 5, Body: int64(n) - 4, Announced: true, Field: 1}, nil
}

// untyped measures a message without a type, which a client sends before its session.
func (*postgres) untyped(b []byte, c *Cursor) (Extent, error) {
	if len(b) < 4 {
		return Extent{}, ErrMore
	}
	n := binary.BigEndian.Uint32(b)
	if n < 8 {
		return Extent{}, malformed(LengthTooSmall, 0, "length %d of a message without a type, expected at least 8", n)
	}
	if len(b) < 8 {
		return Extent{}, ErrMore
	}
	if !opens(b[4:]) {
		return Extent{}, malformed(BadType, 4, "found % x in a message without a type, expected a protocol version or the code of a request", b[4:8])
	}
	c.Stream = 1
	return Extent{Header: 4, Body: int64(n) - 4, Announced: true}, nil
}

// Replies returns the framing of the replies on one connection, and a function to call with
// what is sent there, before it is sent: after a request for encryption the reply is one byte.
// It would otherwise wait for the next one.
func (p *postgres) Replies() (f Framing, sending func(frames []byte)) {
	r := &postgresReplies{postgres: *p}
	return r, func(frames []byte) {
		if bytes.HasSuffix(frames, []byte(askSSL)) || bytes.HasSuffix(frames, []byte(askGSS)) {
			r.due.Add(1)
		}
	}
}

// BareReply reports whether the reply to a message is one byte: it asks for encryption.
func (*postgres) BareReply(header, body []byte) bool {
	return len(header) == 4 && (string(body) == askSSL[4:] || string(body) == askGSS[4:])
}

const askSSL, askGSS = "\x00\x00\x00\x08\x04\xd2\x16\x2f", "\x00\x00\x00\x08\x04\xd2\x16\x30"

// postgresReplies reads the replies on one connection.
type postgresReplies struct {
	postgres
	due atomic.Int32 // bare answers that have not come yet
}

func (p *postgresReplies) Scan(b []byte, c *Cursor) (Extent, error) {
	if len(b) > 0 && c.Stream == 0 && p.due.Load() > 0 {
		p.due.Add(-1)
		if isAnswer(b[0]) { // an old server may send an error instead
			return Extent{Header: 1, Silent: true}, nil
		}
	}
	return p.postgres.Scan(b, c)
}

// opens reports whether the body of a message without a type begins with a version of the
// protocol, 1 to 3, or with the code of a request.
func opens(body []byte) bool {
	major := binary.BigEndian.Uint16(body)
	return 1 <= major && major <= 3 || major == 1234
}

// isAnswer reports whether c may be a bare answer to a request for encryption.
func isAnswer(c byte) bool { return c == 'S' || c == 'N' || c == 'G' }

func (p *postgres) Split(b []byte, spans []Span) []Span {
	at := endOf(spans)
	for len(spans) < cap(spans) && len(b)-at >= 5 && b[at] > ' ' && b[at] <= '~' {
		n := binary.BigEndian.Uint32(b[at+1:])
		if n < 4 || int64(n) > int64(len(b)-at-1) {
			break
		}
		end := at + 1 + int(n)
		spans = append(spans, Span{at, at + 5, end, end})
		at = end
	}
	return spans
}

func (p *postgres) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if len(like.Header) == 4 && len(payload) >= 4 && !opens(payload) {
		return dst, ErrMarks
	}
	return appendAnnounced(p, dst, like, payload)
}

func (p *postgres) AppendHeader(dst []byte, like Marks, size int64) ([]byte, error) {
	if size > 1<<31-5 {
		return dst, payloadError("a payload of %s is too long for postgres", plural(size, "byte"))
	}
	kind := []byte("Q")
	switch h := like.Header; {
	case like.none():
	case len(like.Trailer) > 0:
		return dst, ErrMarks
	case len(h) == 1 && isAnswer(h[0]) && size == 0:
		return append(dst, h[0]), nil
	case len(h) == 4 && h[0] == 0 && size >= 4 && size < 1<<24-4:
		return binary.BigEndian.AppendUint32(dst, uint32(size+4)), nil
	case len(h) == 5 && h[0] > ' ' && h[0] <= '~' && (size < 1<<24-4 || !isAnswer(h[0])):
		kind = h[:1]
	default:
		return dst, ErrMarks
	}
	return binary.BigEndian.AppendUint32(append(dst, kind...), uint32(size+4)), nil
}

func (*postgres) AppendTrailer(dst []byte, _ Marks, _ int64) []byte { return dst }

func (p *postgres) Describe(dst []FieldText, header, body []byte) []FieldText {
	name := ""
	switch {
	case len(header) == 1:
		name = "answer " + string(header)
	case len(header) == 4 && len(body) >= 4:
		code := binary.BigEndian.Uint32(body)
		if name = postgresRequests.Of(uint64(code)); name == "" && code>>16 == 3 {
			name = "StartupMessage"
		}
	case len(header) == 5:
		name = p.names().Of(uint64(header[0]))
	}
	if name == "" {
		name = fmt.Sprintf("%q", header[:1])
	}
	return append(dst, FieldText{"type", name})
}

// known returns the names of messages. A type without a name is one character. Each is a number too:
// that of its byte, or of the request.
func (p *postgres) known(string) ([]FieldText, func(string) string) {
	names := p.names()
	values := append(names.known(), postgresRequests.known()...)
	for _, name := range []string{"StartupMessage", "answer S", "answer N", "answer G"} {
		values = append(values, FieldText{name, name})
	}
	for _, v := range names {
		values = append(values, FieldText{string(rune(v.Value)), v.Name})
	}
	return values, func(s string) string {
		if len(s) == 1 {
			return fmt.Sprintf("%q", s)
		}
		v, err := strconv.ParseUint(number(s), 0, 32)
		switch name := append(postgresRequests, names...).Of(v); {
		case err != nil:
			return ""
		case name != "":
			return name
		case v>>16 == 3:
			return "StartupMessage"
		case v > math.MaxUint8:
			return ""
		}
		return fmt.Sprintf("%q", []byte{byte(v)})
	}
}

// names returns the names of messages that the sender uses, or those of a server if it is unknown.
func (p *postgres) names() names {
	if p.role.name == "frontend" {
		return postgresFrontend
	}
	return postgresBackend
}

var postgresRequests = names{{80877102, "CancelRequest"}, {80877103, "SSLRequest"}, {80877104, "GSSENCRequest"}}

var postgresBackend = names{
	{'R', "Authentication"}, {'K', "BackendKeyData"}, {'2', "BindComplete"}, {'3', "CloseComplete"}, {'C', "CommandComplete"},
	{'d', "CopyData"}, {'c', "CopyDone"}, {'G', "CopyInResponse"}, {'H', "CopyOutResponse"}, {'W', "CopyBothResponse"}, {'D', "DataRow"},
	{'I', "EmptyQueryResponse"}, {'E', "ErrorResponse"}, {'V', "FunctionCallResponse"}, {'v', "NegotiateProtocolVersion"}, {'n', "NoData"},
	{'N', "NoticeResponse"}, {'A', "NotificationResponse"}, {'t', "ParameterDescription"}, {'S', "ParameterStatus"}, {'1', "ParseComplete"},
	{'s', "PortalSuspended"}, {'Z', "ReadyForQuery"}, {'T', "RowDescription"},
	// only clients send these
	{'B', "Bind"}, {'f', "CopyFail"}, {'F', "FunctionCall"}, {'P', "Parse"}, {'p', "PasswordMessage"}, {'Q', "Query"}, {'X', "Terminate"},
}

var postgresFrontend = names{
	{'B', "Bind"}, {'C', "Close"}, {'d', "CopyData"}, {'c', "CopyDone"}, {'f', "CopyFail"}, {'D', "Describe"}, {'E', "Execute"}, {'H', "Flush"},
	{'F', "FunctionCall"}, {'P', "Parse"}, {'p', "PasswordMessage"}, {'Q', "Query"}, {'S', "Sync"}, {'X', "Terminate"},
}

func parsePostgres(k *Entry, s *settings) (Framing, error) {
	return &postgres{s.role(k, "backend", "frontend")}, nil
}
