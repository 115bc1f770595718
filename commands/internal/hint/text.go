package hint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"framecat/framing"
)

// text recognises a stream of text, with no frames of f in it.
func (c *faultContext) text() string {
	try, broken := textLines(c.head, c.ended)
	if try == "" || c.entry().Details().Traits().Delimited || c.opened() {
		return ""
	}
	traits := c.entry().Details().Traits()
	wide := !traits.Narrow
	switch {
	case wide && c.strange(): // the first word is none of the framing's
	case traits.Text:
		return ""
	case wide && c.score().Frames == 0 && (c.e.Fault != framing.Truncated || c.score().Tail <= -5): // a length so long is none
	// One byte of length is soon a letter: only lines that the frames cut across
	// show that the letters are no payload.
	case broken && c.score().Bits <= 0 && (c.score().Frames == 0 || !eachOnALine(c.f, c.head)):
	default:
		return ""
	}
	start := string([]rune(string(c.head[:min(16, len(c.head))]))[:4])
	if isJSON(c.head) {
		return c.spelled(start, "stream") + ": the peer writes JSON; try -f " + try
	}
	return c.spelled(start, "stream") + ": the stream is text; try -f " + try
}

// strange reports whether the framing refuses the first word of the stream. A long number is
// a length still.
func (c *faultContext) strange() bool {
	word := c.head[:bytes.IndexAny(c.head, " \t\r\n")+1]
	if len(word) == 0 {
		word = c.head
	}
	var fault *framing.Error
	_, err := c.f.Scan(word, new(framing.Cursor))
	return errors.As(err, &fault) && fault.Fault != framing.LengthTooLarge
}

// textLines names the framing that suits b if it is text, and reports whether b shows
// its delimiter: at the end, if the stream ended.
func textLines(b []byte, ended bool) (spec string, broken bool) {
	text := b
	for i := 1; i < utf8.UTFMax && len(b) == HeadSize; i++ { // a rune may be cut where the head ends
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

// isJSON reports whether b begins as an object or an array of JSON.
func isJSON(b []byte) bool {
	d := json.NewDecoder(bytes.NewReader(b))
	first, err := d.Token()
	if _, opens := first.(json.Delim); err != nil || !opens {
		return false
	}
	_, err = d.Token()
	return err == nil || err == io.ErrUnexpectedEOF
}

// eachOnALine reports whether each whole frame of f in b begins where a line does.
func eachOnALine(f framing.Framing, b []byte) bool {
	for r := framing.NewReader(bytes.NewReader(b), f); ; {
		frame, err := r.Next()
		if err != nil {
			return true
		}
		if at := frame.Offset; at > 0 && b[at-1] != '\n' {
			return false
		}
	}
}

// described describes the few bytes of a stream of f in which no frame is complete, even if they
// prove nothing. A short line of text is the most usual cause.
func described(f framing.Framing, b []byte) []string {
	if len(b) == 0 {
		return nil
	}
	came, spec := arrived(b, 16), ""
	for _, end := range []struct{ mark, spec string }{{"\r\n", "crlf"}, {"\n", "lines"}, {"\x00", "nul"}} {
		if endsText(b, end.mark) {
			spec = end.spec
			break
		}
	}
	switch {
	case spec != "" && !framing.EntryOf(f).Details().Traits().Delimited:
		return []string{fmt.Sprintf("%s, a line of text: try -f %s", came, spec)}
	}
	return []string{came}
}

// Arrived shows the bytes that came from a peer, as many as fit a few lines.
func Arrived(b []byte) string {
	most := 64
	if isText(b[:min(len(b), HeadSize)]) {
		most = 256
	}
	came := arrived(b, most)
	if len(b) > most {
		came += fmt.Sprintf(" (%d bytes in all)", len(b))
	}
	return came
}

// arrived shows at most so many bytes of those that came, as text or in hex.
func arrived(b []byte, most int) string {
	verb, format, more := "are", "%q", ""
	if len(b) > most {
		verb, more = "begin with", " …"
	}
	if !isText(b[:min(len(b), HeadSize)]) && !endsText(b, "\x00") {
		format = "% x"
	}
	return fmt.Sprintf("the bytes that came %s "+format+"%s", verb, b[:min(len(b), most)], more)
}

// endsText reports whether b is text, and the mark after it.
func endsText(b []byte, mark string) bool {
	text, ok := bytes.CutSuffix(b, []byte(mark))
	return ok && len(text) > 0 && isText(text)
}

// isText reports whether b is text that can be printed.
func isText(b []byte) bool {
	for i := 1; i < utf8.UTFMax && len(b) == HeadSize; i++ { // a rune may be cut where the head ends
		if tail := b[len(b)-i:]; utf8.RuneStart(tail[0]) && !utf8.FullRune(tail) {
			b = b[:len(b)-i]
		}
	}
	return utf8.Valid(b) && !bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n", r) || r == 0x7f })
}

// TextAs returns the framing that suits the start of a stream if that is text, or "".
func TextAs(start []byte, ended bool) string {
	spec, _ := textLines(start[:min(len(start), HeadSize)], ended && len(start) <= HeadSize)
	return spec
}
