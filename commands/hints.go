package commands

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"

	"framecat/framing"
)

// afterFault is what is known of the stream from the bad frame on: up to 4 KiB.
func afterFault(r *framing.Reader, e *framing.Error, start int64) []byte {
	if at := e.Start - start; at >= 0 && at < int64(len(r.Head)) {
		return r.Head[at:]
	}
	b := r.Buffered()
	return b[:min(len(b), cap(r.Head))]
}

// A signature is how a stream begins that is no frame of the framing in use.
type signature struct{ start, speaks, try string }

var signatures = []signature{
	{"GET ", "the peer speaks HTTP", "crlf"},
	{"POST", "the peer speaks HTTP", "crlf"},
	{"PUT ", "the peer speaks HTTP", "crlf"},
	{"HEAD", "the peer speaks HTTP", "crlf"},
	{"DELE", "the peer speaks HTTP", "crlf"},
	{"OPTI", "the peer speaks HTTP", "crlf"},
	{"CONN", "the peer speaks HTTP", "crlf"},
	{"HTTP", "the peer speaks HTTP", "crlf"},
	{"PRI ", "the peer speaks HTTP/2", "u24be:adjust=6,header=9"},
	{"\x16\x03", "this is a TLS record: the stream is encrypted", "u16be:offset=3"},
	{"SSH-", "the peer speaks SSH", "lines"},
	{"\x1f\x8b", "this is gzip: decompress it first", ""},
	{"Cont", "these are header lines", "content-length"},
	{"cont", "these are header lines", "content-length"},
}

// faultHints guesses why a frame could not be read. Head is how the stream begins,
// b goes on from the bad frame; ended says that the stream ends with head.
func faultHints(f framing.Framing, e *framing.Error, head, b []byte, ended bool) []string {
	var h string
	switch {
	case f.String() == "syslog" && e.Kind == framing.BadLength && len(b) > 0 && (b[0] == '\n' || b[0] == '<'):
		h = "a sender that mixes octet counting with lines: try -f lines"
	case framedTwice(f, head):
		h = twiceHint(f)
	default:
		if h = signatureHint(f, b); h == "" && !isDelimited(f) && len(head) >= 4 && printable(head) {
			h = textHint(f, head, ended)
		}
		if h == "" {
			h = otherFraming(f, head, ended)
		}
		if h == "" {
			h = otherFraming(f, b, ended)
		}
	}
	if h == "" && e.Kind == framing.FrameTooLarge {
		h = "if frames are that long, allow them with --max-frame"
	}
	if h == "" {
		return nil
	}
	return []string{h}
}

// signatureHint looks for protocols that begin with known bytes.
func signatureHint(f framing.Framing, b []byte) string {
	at, _ := frameField(f, b) // some headers begin with other bytes
	text := b[min(at, len(b)):]
	for _, s := range signatures {
		if !bytes.HasPrefix(b, []byte(s.start)) && !bytes.HasPrefix(text, []byte(s.start)) || s.try == f.String() {
			continue
		}
		hint := fmt.Sprintf("the length bytes spell %q: %s", s.start, s.speaks)
		if s.start[0] < 0x20 {
			hint = fmt.Sprintf("the length bytes are % x: %s", s.start, s.speaks)
		}
		if s.try != "" {
			hint += "; try -f " + s.try
		}
		return hint
	}
	return ""
}

// textHint tells a text from the length that a framing of another kind read in it.
func textHint(f framing.Framing, head []byte, ended bool) string {
	for _, spec := range []string{"netstring", "syslog", "chunked", "content-length"} {
		if g, _ := framing.Parse(spec); spec != f.String() && explains(g, head, ended) {
			return fmt.Sprintf("the stream reads as %s: try -f %s", spec, spec)
		}
	}
	try := "lines"
	for _, t := range []struct{ mark, spec string }{{"\r\n", "crlf"}, {"\x00", "nul"}} {
		if bytes.Contains(head, []byte(t.mark)) && !bytes.Contains(bytes.ReplaceAll(head, []byte(t.mark), nil), []byte("\n")) {
			try = t.spec
		}
	}
	if text := bytes.TrimLeft(head, " \t\r\n"); len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return fmt.Sprintf("the length bytes spell %q: the peer writes JSON; try -f %s", head[:4], try)
	}
	return fmt.Sprintf("the length bytes spell %q: the stream is text; try -f %s", head[:4], try)
}

func isDelimited(f framing.Framing) bool {
	_, announces := f.(framing.Announcer)
	return !announces && f.String() != "tfrecord"
}

// printable says whether b begins as plain text.
func printable(b []byte) bool {
	for _, c := range b[:min(len(b), 64)] {
		if (c < ' ' || c == 0x7f) && !bytes.ContainsRune([]byte("\t\r\n\x00"), rune(c)) {
			return false
		}
	}
	return b[0] >= ' '
}

// frameField is where the length field stands in a frame of f.
func frameField(f framing.Framing, b []byte) (int, bool) {
	e, err := f.Scan(b, new(framing.Cursor))
	var fe *framing.Error
	if errors.As(err, &fe) && fe.Offset >= 0 && fe.Offset < int64(len(b)) {
		return int(fe.Offset), true
	}
	return e.Field, err == nil && e.Announced
}

// framedTwice says whether the first whole payload in b is itself one frame of f.
func framedTwice(f framing.Framing, b []byte) bool {
	frame, err := framing.NewReader(bytes.NewReader(b), f).Next()
	if err != nil || len(frame.Header) == 0 || len(frame.Payload) <= len(frame.Header) {
		return false
	}
	r := framing.NewReader(bytes.NewReader(frame.Payload), f)
	inner, err := r.Next()
	if err != nil || len(inner.Payload) == 0 {
		return false
	}
	_, err = r.Next()
	return err == io.EOF
}

func twiceHint(f framing.Framing) string {
	return fmt.Sprintf("the payload starts with its own length again: it is framed twice; try -o raw and decode -f %s behind it", f)
}

// otherFraming finds a framing near f that explains the bytes.
func otherFraming(f framing.Framing, b []byte, ended bool) string {
	for _, n := range neighbours(f) {
		g, err := framing.Parse(n.spec)
		if err == nil && g.String() != f.String() && explains(g, b, ended) {
			return fmt.Sprintf("%s: try -f %s", n.why, g)
		}
	}
	return ""
}

// A neighbour is another reading of the same bytes.
type neighbour struct{ spec, why string }

func neighbours(f framing.Framing) (out []neighbour) {
	spec := f.String()
	name, keys, given := strings.Cut(spec, ":")
	with := func(name string, more ...string) string {
		all := append([]string(nil), more...)
		if given {
			all = append(all, keys)
		}
		if len(all) == 0 {
			return name
		}
		return name + ":" + strings.Join(all, ",")
	}
	wide := map[string]bool{"u8": true, "u16be": true, "u16le": true, "u24be": true, "u24le": true, "u32be": true, "u32le": true, "u64be": true, "u64le": true}
	if !wide[name] && name != "varint" && name != "ascii" && name != "bcd" {
		return nil
	}
	switch {
	case strings.HasSuffix(name, "be"):
		out = append(out, neighbour{with(strings.TrimSuffix(name, "be") + "le"), "the length is plausible in the other byte order"})
	case strings.HasSuffix(name, "le"):
		out = append(out, neighbour{with(strings.TrimSuffix(name, "le") + "be"), "the length is plausible in the other byte order"})
	}
	if name != "varint" && !strings.Contains(keys, "counts=") && !strings.Contains(keys, "adjust=") {
		out = append(out, neighbour{with(name, "counts=frame"), "it would fit if the length counted the header"})
	}
	for _, key := range []string{"counts=frame,", ",counts=frame", "counts=frame"} {
		if strings.Contains(spec, key) {
			out = append(out, neighbour{strings.TrimSuffix(strings.Replace(spec, key, "", 1), ":"), "it would fit if the length did not count the header"})
			break
		}
	}
	for _, s := range []string{"u32be", "u16be", "u32le", "u16le", "u8", "u64be", "u24be", "u64le", "u24le"} {
		why := "a length field of another width would fit"
		if given && wide[name] {
			out = append(out, neighbour{with(s), why})
		}
		out = append(out, neighbour{s, why})
		out = append(out, neighbour{s + ":counts=frame", why + ", one that counts itself"})
	}
	return append(out, neighbour{"varint", "a varint length would fit"})
}

// explains says whether b reads as frames of f to its end: to the very end if the
// stream ended there, else with lengths so small for their fields that it is no chance.
func explains(f framing.Framing, b []byte, ended bool) bool {
	r := framing.NewReader(bytes.NewReader(b), f)
	evidence, payload := 0, 0
	for {
		fr, err := r.Next()
		if err == nil {
			evidence += 8*len(fr.Header) - bits.Len(uint(len(fr.Payload)))
			payload += len(fr.Payload)
			continue
		}
		var e *framing.Error
		switch {
		case err == io.EOF:
			return payload > 0
		case !errors.As(err, &e) || e.Kind != framing.Truncated || ended:
			return false
		}
		return evidence >= 20 && e.Need < 1<<20
	}
}
