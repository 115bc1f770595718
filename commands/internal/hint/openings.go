package commands

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"framecat/framing"
)

// A signature is how a stream begins that is no frame of the framing in use.
type signature struct {
	start  string
	next   string // bytes of which one follows; "" is any
	holds  string // what its first line holds; "" is anything
	speaks string
	try    []string // the first that there is
}

var signatures = []signature{
	{"GET ", "", "", "the peer speaks HTTP", []string{"crlf"}},
	{"POST", "", "", "the peer speaks HTTP", []string{"crlf"}},
	{"PUT ", "", "", "the peer speaks HTTP", []string{"crlf"}},
	{"HEAD", " ", "", "the peer speaks HTTP", []string{"crlf"}},
	{"DELE", "T", "", "the peer speaks HTTP", []string{"crlf"}},
	{"OPTI", "O", "HTTP/", "the peer speaks HTTP", []string{"crlf"}},
	{"CONN", "E", "HTTP/", "the peer speaks HTTP", []string{"crlf"}},
	{"HTTP", "/", "", "the peer speaks HTTP", []string{"crlf"}},
	{"PRI ", "*", "", "the peer speaks HTTP/2", []string{"http2", "u24be:adjust=6,header=9"}},
	{"\x16\x03", "\x00\x01\x02\x03\x04", "", "this is a TLS record: the stream is encrypted", []string{"tls"}},
	{"SSH-", "", "", "the peer speaks SSH", []string{"ssh", "lines"}},
	{"\x1f\x8b", "\x08", "", "this is gzip: decompress it first", nil},
	{"Cont", "e", "", "these are header lines", []string{"content-length"}},
	{"cont", "e", "", "these are header lines", []string{"content-length"}},
}

// files are kinds of files that are no streams of frames, by their first bytes. Among so
// many tables and texts, some length fields are always found.
var files = []struct{ start, is string }{
	{"\x7fELF", "an ELF program or library"},
	{"MZ\x90\x00", "a Windows program"},
	{"\xcf\xfa\xed\xfe", "a Mach-O program"},
	{"!<arch>\n", "an ar archive"},
	{"PK\x03\x04", "a zip archive"},
	{"\x1f\x8b\x08", "gzip: decompress it first"},
	{"BZh9", "bzip2: decompress it first"},
	{"\xfd7zXZ\x00", "xz: decompress it first"},
	{"\x28\xb5\x2f\xfd", "zstd: decompress it first"},
	{"%PDF-", "a PDF"},
	{"\x89PNG\r\n\x1a\n", "a PNG picture"},
	{"GIF8", "a GIF picture"},
	{"\xff\xd8\xff", "a JPEG picture"},
	{"RIFF", "a RIFF file, such as WAV"},
	{"OggS", "an Ogg file"},
	{"SQLite format 3\x00", "an SQLite database"},
	{"\xca\xfe\xba\xbe", "Java bytecode, or a Mach-O program"},
	{"\x00asm", "WebAssembly"},
}

// fileKind says what file begins like this; "" if none that is known.
func fileKind(head []byte) string {
	for _, f := range files {
		if bytes.HasPrefix(head, []byte(f.start)) {
			return f.is
		}
	}
	if isUTF16(head, binary.LittleEndian) || isUTF16(head, binary.BigEndian) {
		return "text in UTF-16: convert it to UTF-8 first"
	}
	return ""
}

// isUTF16 says whether all of b is text of two bytes a character. Without a byte order
// mark there must be some of it, at least half ASCII, the rest Latin letters and signs: most
// pairs of bytes are a letter of some script.
func isUTF16(b []byte, order binary.ByteOrder) bool {
	var units []uint16
	for ; len(b) > 1; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	if n := len(units); n > 0 && units[n-1]>>10 == 0xd800>>10 { // half of a pair, whose other half is cut off
		units = units[:n-1]
	}
	marked := len(units) > 1 && units[0] == 0xfeff
	if marked {
		units = units[1:]
	}
	ascii, western := 0, true
	for _, r := range utf16.Decode(units) {
		if r == utf8.RuneError || !unicode.IsPrint(r) && !strings.ContainsRune("\t\r\n", r) {
			return false
		}
		if r < utf8.RuneSelf {
			ascii++
		}
		western = western && (r < 0x250 || 0x2000 <= r && r < 0x2800)
	}
	return marked || western && len(units) >= 8 && 2*ascii >= len(units)
}

func (g signature) begins(b []byte) bool {
	rest, ok := bytes.CutPrefix(b, []byte(g.start))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return ok && (g.next == "" || len(rest) == 0 || strings.IndexByte(g.next, rest[0]) >= 0) && bytes.Contains(line, []byte(g.holds))
}

// speaks looks for protocols that begin with known bytes: where the fault is, if
// they make no length, or at the start if that proves more than all frames do.
func (s *scene) speaks() string {
	if isDelimited(s.f) {
		return ""
	}
	absurd := s.tail() <= 0 && !opens(s.f, s.b)
	for _, g := range signatures {
		where := "frame"
		if !s.opened && g.begins(s.head) && (s.before == 0 && absurd || 8*len(g.start) >= s.own.bits+convincing) {
			where = "stream"
		} else if !absurd || !g.begins(s.b) {
			continue
		}
		hint := s.spelled(g.start, where) + ": " + g.speaks
		if i := slices.IndexFunc(g.try, func(spec string) bool { return parsed(spec) != nil }); i >= 0 {
			if try := parsed(g.try[i]); sameRule(try, s.f) || s.e.Kind == framing.Truncated && nameOf(try) == nameOf(s.f) {
				continue
			}
			hint += "; try -f " + g.try[i]
		}
		return hint
	}
	return ""
}

// opens says whether f takes the first line of b, or what is there of it, for the beginning
// of a frame, and looks at it: it would refuse others. Then what other protocols begin with
// speaks for none of them.
func opens(f framing.Framing, b []byte) bool {
	line := b[:bytes.IndexByte(b, '\n')+1]
	if len(line) == 0 {
		line = b
	}
	if len(line) == 0 || isDelimited(f) {
		return false
	}
	e, err := f.Scan(line, new(framing.Cursor))
	whole := err == nil && e.Skip+e.Header+int(e.Body)+e.Trailer == len(line)
	if e.Announced || err != framing.ErrMore && !whole {
		return false
	}
	other := bytes.Clone(line)
	for c := range 256 {
		other[0] = byte(c)
		var fault *framing.Error
		if _, err := f.Scan(other, new(framing.Cursor)); errors.As(err, &fault) {
			return true
		}
	}
	return false
}

// tail is what the bad frame counts by its length.
func (s *scene) tail() int {
	e, err := s.f.Scan(s.b, new(framing.Cursor))
	if err != nil {
		return 0
	}
	r := ruler{room: s.room()}
	if s.e.Kind == framing.Truncated {
		r.room = s.e.Have
	}
	return r.tailBits(s.f, e, s.b)
}

// spelled says that the text is where a length should be, or else that the stream
// or frame begins with it.
func (s *scene) spelled(text, where string) string {
	name, spec := rule(s.f)
	verb, shown := "spell", fmt.Sprintf("%q", text)
	if text[0] < ' ' {
		verb, shown = "are", fmt.Sprintf("% x", text)
	}
	if lengthWidth(name) < len(text) || strings.Contains(spec+s.f.String(), "offset=") {
		return "the " + where + " begins with " + shown
	}
	return "the length bytes " + verb + " " + shown
}

func parsed(spec string) framing.Framing {
	f, err := framing.Parse(spec)
	if err != nil {
		return nil
	}
	return f
}

func sameRule(a, b framing.Framing) bool {
	_, x := rule(a)
	_, y := rule(b)
	return x == y
}

func isDelimited(f framing.Framing) bool {
	name, _ := rule(f)
	return slices.Contains([]string{"delim", "any", "fixed", "json-seq", "slip", "kiss", "cobs", "cobsr", "hdlc", "dle", "stx-etx"}, name)
}

// textFramings have headers of text: what follows may be text as well.
var textFramings = []string{"ascii", "netstring", "syslog", "content-length", "chunked", "fix", "nats", "resp", "stomp", "rtsp", "ssh"}

// text tells a text from the frames that were looked for in it.
func (s *scene) text() string {
	try, broken := textLines(s.head, s.ended)
	if try == "" || isDelimited(s.f) || s.opened {
		return ""
	}
	name, _ := rule(s.f)
	wide := name != "u8" && name != "varint" && name != "mqtt"
	switch {
	case wide && s.strange(): // the first word is none of the framing's
	case slices.Contains(textFramings, name):
		return ""
	case wide && s.own.frames == 0 && (s.e.Kind != framing.Truncated || s.own.tail <= -5): // a length so long is none
	// One byte of length is soon a letter: only lines that the frames cut across
	// tell text from payload.
	case broken && s.own.bits <= 0 && (s.own.frames == 0 || !s.own.lines):
	default:
		return ""
	}
	start := string([]rune(string(s.head[:min(16, len(s.head))]))[:4])
	if isJSON(s.head) {
		return s.spelled(start, "stream") + ": the peer writes JSON; try -f " + try
	}
	return s.spelled(start, "stream") + ": the stream is text; try -f " + try
}

// strange says whether the framing refuses the first word of the stream. A long number is
// a length still.
func (s *scene) strange() bool {
	word := s.head[:bytes.IndexAny(s.head, " \t\r\n")+1]
	if len(word) == 0 {
		word = s.head
	}
	var fault *framing.Error
	_, err := s.f.Scan(word, new(framing.Cursor))
	return errors.As(err, &fault) && fault.Kind != framing.LengthTooLarge
}

// textLines names the framing that suits b if it is text, and says whether b shows
// its delimiter: at the end, if the stream ended.
func textLines(b []byte, ended bool) (spec string, broken bool) {
	text := b
	for i := 1; i < utf8.UTFMax && len(b) == headSize; i++ { // a rune may be cut where the head ends
		if tail := b[len(b)-i:]; utf8.RuneStart(tail[0]) && !utf8.FullRune(tail) {
			text = b[:len(b)-i]
		}
	}
	if !utf8.Valid(text) {
		return "", false
	}
	n := utf8.RuneCount(text)
	isControl := func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n", r) || r == 0x7f }
	nuls := bytes.Count(text, []byte{0})
	if n < 4 || isControl(rune(text[0])) || bytes.ContainsFunc(bytes.ReplaceAll(text, []byte{0}, nil), isControl) {
		return "", false
	}
	spec, mark := "lines", "\n"
	switch {
	case nuls > 0 && (n < 4*nuls || bytes.Contains(text, []byte{0, 0})):
		return "", false
	case nuls > 0:
		spec, mark = "nul", "\x00"
	case bytes.Contains(text, []byte("\r\n")) && bytes.Count(text, []byte("\r\n")) == bytes.Count(text, []byte("\n")):
		spec, mark = "crlf", "\r\n"
	}
	if ended {
		return spec, bytes.HasSuffix(text, []byte(mark))
	}
	return spec, bytes.Contains(text, []byte(mark))
}

// isJSON says whether b begins as an object or an array of JSON.
func isJSON(b []byte) bool {
	d := json.NewDecoder(bytes.NewReader(b))
	first, err := d.Token()
	if _, opens := first.(json.Delim); err != nil || !opens {
		return false
	}
	_, err = d.Token()
	return err == nil || err == io.ErrUnexpectedEOF
}
