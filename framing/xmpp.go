package framing

import (
	"bytes"
)

// xmpp is the XML stream of XMPP. It is a document that both sides never close before they hang up: its
// first tag opens the stream, and each element in it is a stanza.
//
//	<?xml version='1.0'?>                     silent
//	<stream:stream to='a' version='1.0'>      silent
//	<iq type='get' id='1'><query/></iq>       a message
//	white space                               fill, which keeps the connection open
//	</stream:stream>                          silent
//
// After a login or TLS the stream begins anew, without an end: so a tag that opens a stream may come
// before any stanza. A stanza ends with the tag that closes its element, which is found by counting: that the
// names of tags match is not checked. Comments, processing instructions and document types are
// malformed, as XMPP forbids them.
//
// Source: RFC 6120 sections 4 and 11.
type xmpp struct{}

func (xmpp) String() string { return "xmpp" }

// Pending in the Cursor is what the next byte, at Seen, is part of, and above it how many elements are
// open.
const (
	xmlText   = iota // between tags
	xmlOpen          // after <
	xmlTag           // in a tag that opens an element
	xmlEmpty         // after / in such a tag
	xmlSingle        // in a value in '
	xmlDouble        // in a value in "
	xmlClose         // in a tag that closes an element
	xmlBang          // after <!
	xmlData          // in a section of text without tags
)

const (
	xmlStates = 1<<4 - 1
	xmlLevel  = 1 << 4
	xmlName   = 1 << 10 // longest name of a stanza, and longest declaration
	xmlCDATA  = "<![CDATA["
	xmlBlanks = " \t\r\n"
)

func (xmpp) Scan(b []byte, c *Cursor) (Extent, error) {
	e := Extent{Skip: len(b) - len(bytes.TrimLeft(b, xmlBlanks))}
	b = b[e.Skip:]
	switch {
	case len(b) == 0:
		return e, ErrMore
	case b[0] != '<':
		return e, malformed(BadMagic, 0, "found %s, expected a stanza, which begins with <", shown(string(b[:1])))
	case len(b) == 1:
		return e, ErrMore
	case b[1] == '?':
		return xmlDeclaration(b, e)
	}
	// Until its name is whole, it may be the tag of the stream, which is not a message.
	named := 2 + bytes.IndexAny(b[2:min(len(b), xmlName)], xmlBlanks+"/>")
	stream := named >= 2 && isStream(b[1:named])
	w := xmlWalk{b: b, at: max(0, c.Seen-e.Skip), state: int(c.Pending & xmlStates), depth: int(c.Pending / xmlLevel), tag: stream}
	switch {
	case stream:
		w.b = b[:min(len(b), maxHeader)]
	case named < 2:
		w.b = b[:min(len(b), xmlName)]
	}
	err := w.walk()
	if shows := w.at; err != nil && named >= 2 && named < shows && !stream && b[1] != '/' {
		e.Body = int64(shows) // without the byte that shows a fault
	}
	switch {
	case err == ErrMore && stream && len(b) >= maxHeader:
		return e, longHeader()
	case err == ErrMore && named < 2 && len(b) >= xmlName:
		return e, malformed(BadHeader, 0, "the name of the element is longer than %d bytes", xmlName)
	case err == ErrMore:
		c.Seen, c.Pending = e.Skip+w.at, int64(w.depth)*xmlLevel|int64(w.state)
		return e, err
	case err != nil:
		return e, err
	case stream:
		return Extent{Skip: e.Skip, Header: w.at, Silent: true}, nil
	}
	e.Body = int64(w.at)
	return e, nil
}

// isStream reports whether a name in a tag is that of the element around all stanzas, with any prefix.
func isStream(name []byte) bool {
	name = bytes.TrimPrefix(name, []byte("/"))
	return string(name[bytes.IndexByte(name, ':')+1:]) == "stream"
}

// xmlDeclaration measures <?xml … ?>.
func xmlDeclaration(b []byte, e Extent) (Extent, error) {
	const start = "<?xml"
	if i := differs(b, 0, start); i >= 0 {
		return e, malformed(BadHeader, 0, "found %q, expected a stanza: XMPP has no processing instructions", b[:i+1])
	}
	if n := bytes.Index(b[:min(len(b), xmlName)], []byte("?>")); n >= 0 {
		return Extent{Skip: e.Skip, Header: n + 2, Silent: true}, nil
	}
	if len(b) >= xmlName {
		return e, longHeader()
	}
	return e, ErrMore
}

// An xmlWalk is how far an element has been read.
type xmlWalk struct {
	b     []byte
	at    int // the next byte, or the one that shows a fault
	state int
	depth int
	tag   bool // only its first tag is read
}

// walk reads up to the end of the element. It returns ErrMore if b does not have all of it.
func (w *xmlWalk) walk() error {
	for w.at < len(w.b) {
		v := w.b[w.at]
		switch w.state {
		case xmlText:
			if !w.find("<") {
				return ErrMore
			}
			w.state = xmlOpen
		case xmlOpen:
			switch {
			case v == '/' && w.depth == 0 && !w.tag:
				if bytes.IndexByte(w.b[w.at:], '>') < 0 && len(w.b) < xmlName {
					return ErrMore // the name may not be whole
				}
				return malformed(BadHeader, w.at-1, "found a tag that closes an element, expected a stanza")
			case v == '/':
				w.state = xmlClose
			case v == '!' && w.depth > 0:
				w.state = xmlBang
			case v == '_' || v == ':' || v|0x20 >= 'a' && v|0x20 <= 'z' || v >= 0x80:
				w.state = xmlTag
			default:
				return w.noTag()
			}
		case xmlTag:
			switch v {
			case '>':
				if w.depth, w.state = w.depth+1, xmlText; w.tag {
					w.at++
					return nil
				}
			case '/':
				w.state = xmlEmpty
			case '\'':
				w.state = xmlSingle
			case '"':
				w.state = xmlDouble
			case '<':
				return malformed(BadHeader, w.at, "found < in a tag, expected > first")
			}
		case xmlEmpty:
			if v != '>' {
				return malformed(BadHeader, w.at, "found %s after / in a tag, expected >", shown(string(w.b[w.at:w.at+1])))
			}
			if w.state = xmlText; w.depth == 0 {
				w.at++
				return nil
			}
		case xmlSingle, xmlDouble:
			either := "'<"
			if w.state == xmlDouble {
				either = "\"<"
			}
			if !w.find(either) {
				return ErrMore
			}
			if w.b[w.at] == '<' {
				return malformed(BadHeader, w.at, "found < in a value, expected &lt;")
			}
			w.state = xmlTag
		case xmlClose:
			switch v {
			case '>':
				w.state = xmlText
				if w.depth--; w.depth <= 0 {
					w.at++
					return nil
				}
			case '<', '/':
				return malformed(BadHeader, w.at, "found %q in a tag, expected > first", v)
			}
		case xmlBang:
			start := w.at - len("<!")
			if i := differs(w.b, start, xmlCDATA); i >= 0 {
				w.at = i
				return w.noTag()
			}
			if len(w.b) < start+len(xmlCDATA) {
				return ErrMore
			}
			w.at, w.state = start+len(xmlCDATA)-1, xmlData
		case xmlData:
			i := bytes.Index(w.b[w.at:], []byte("]]>"))
			if i < 0 {
				w.at = max(w.at, len(w.b)-2)
				return ErrMore
			}
			w.at, w.state = w.at+i+2, xmlText
		}
		w.at++
	}
	return ErrMore
}

// find goes to the next of these bytes.
func (w *xmlWalk) find(chars string) bool {
	i := bytes.IndexAny(w.b[w.at:], chars)
	if i < 0 {
		w.at = len(w.b)
		return false
	}
	w.at += i
	return true
}

// noTag returns the error for what is no tag; at is the byte that shows it.
func (w *xmlWalk) noTag() error {
	start := bytes.LastIndexByte(w.b[:w.at], '<')
	return malformed(BadHeader, start, "found %q, expected a tag; XMPP has no comments, processing instructions or document types", w.b[start:w.at+1])
}

func (x xmpp) Split(b []byte, spans []Span) []Span { return splitScan(x, b, spans) }

func (x xmpp) Append(dst []byte, like Marks, payload []byte) ([]byte, error) {
	if !like.none() {
		e, err := x.Scan(like.Header, new(Cursor))
		if err != nil || e.Skip > 0 || e.Header != len(like.Header) || len(payload)+len(like.Trailer) > 0 {
			return dst, ErrMarks
		}
		return append(dst, like.Header...), nil
	}
	e, err := x.Scan(payload, new(Cursor))
	switch fault, ok := err.(*Error); {
	case len(payload) == 0:
		return dst, payloadError("an empty payload is not a stanza")
	case ok:
		return dst, payloadError("not a stanza: byte %d: %s", fault.Offset+int64(e.Skip), fault.Detail)
	case err != nil:
		return dst, payloadError("the payload ends inside a stanza")
	case e.Skip > 0 || e.Silent || int(e.Body) < len(payload):
		return dst, payloadError("the payload is not one stanza: it has more before or after it, or opens a stream")
	}
	return append(dst, payload...), nil
}

// Sync finds the next stanza, of the three kinds that clients exchange.
func (xmpp) Sync(b []byte) (int, bool) {
	for at := 0; ; at++ {
		i := bytes.IndexByte(b[at:], '<')
		if i < 0 {
			return len(b), false
		}
		at += i
		for _, name := range []string{"<message", "<presence", "<iq"} {
			switch rest := b[at:]; {
			case differs(rest, 0, name) >= 0:
			case len(rest) <= len(name):
				return at, false
			case bytes.IndexByte([]byte(" \t\r\n/>"), rest[len(name)]) >= 0:
				return at, true
			}
		}
	}
}

// Structure keeps the tags of a stanza, less the values in them, and what begins and ends text without tags.
func (xmpp) Structure(payload []byte, keep func(start, end int)) {
	for at := 0; ; {
		i := bytes.IndexByte(payload[at:], '<')
		if i < 0 {
			return
		}
		at += i
		if differs(payload, at, xmlCDATA) < 0 {
			keep(at, at+len(xmlCDATA))
			at += max(0, bytes.Index(payload[at:], []byte("]]>")))
			keep(at, at+len("]]>"))
		}
		for at < len(payload) {
			i := bytes.IndexAny(payload[at:], `>'"`)
			if i < 0 {
				return
			}
			keep(at, at+i+1)
			at += i
			quote := payload[at:][:1]
			if at++; quote[0] == '>' {
				break
			}
			at += max(0, bytes.Index(payload[at:], quote))
			keep(at, at+1)
			at++
		}
	}
}

// Describe returns the name of the element, and what all stanzas may have in their first tag.
func (xmpp) Describe(dst []FieldText, header, body []byte) []FieldText {
	b := body
	if len(b) == 0 {
		b = header
	}
	tag, _, _ := bytes.Cut(b, []byte(">"))
	end := bytes.IndexAny(tag, " \t\r\n")
	if end < 0 {
		end = len(bytes.TrimSuffix(tag, []byte("/")))
	}
	dst = append(dst, FieldText{"element", printable(tag[min(1, end):end])})
	for rest := tag[end:]; ; {
		name, value, ok := bytes.Cut(rest, []byte("="))
		name, value = bytes.TrimSpace(name), bytes.TrimLeft(value, " \t\r\n")
		if !ok || len(value) == 0 {
			return dst
		}
		value, rest, ok = bytes.Cut(value[1:], value[:1])
		if !ok {
			return dst
		}
		switch string(name) {
		case "type", "id", "from", "to":
			dst = append(dst, FieldText{string(name), printable(value)})
		}
	}
}

func (xmpp) known(string) ([]FieldText, func(string) string) { return nil, nil }

func parseXMPP(*Entry, *settings) (Framing, error) { return xmpp{}, nil }
