package formats

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// A jsonSink writes one object per message, on one line.
type jsonSink struct {
	dst  io.Writer
	buf  []byte
	tags []byte // members that name the sender of a message
}

// TakesSilent returns true: frames without a message are written too.
func (s *jsonSink) TakesSilent() bool { return true }

func (s *jsonSink) Write(b *framing.Batch, o Origin) (int, error) {
	s.tags = s.tags[:0]
	if o.From != nil {
		s.tags = o.From.AppendTags(s.tags)
	}
	shared := len(s.tags)
	for i := range b.Frames {
		f := b.Frame(i)
		if o.From != nil {
			s.tags = o.From.AppendFrameTags(s.tags[:shared], f.Offset, f.Size)
		}
		s.buf = AppendFrame(append(s.buf, '{'), f, o.File, s.tags, nil)
		if len(s.buf) > FlushAt {
			if err := s.Flush(); err != nil {
				return i, err
			}
		}
	}
	return len(b.Frames), nil
}

func (s *jsonSink) Flush() error {
	if len(s.buf) == 0 {
		return nil
	}
	_, err := s.dst.Write(s.buf)
	s.buf = s.buf[:0]
	return err
}

// AppendFrame appends the members of the JSON object of a frame, and its end. The caller has
// written its start; tags are members too, each after a comma.
func AppendFrame(dst []byte, f framing.Frame, file string, tags []byte, fields []framing.FieldText) []byte {
	dst = strconv.AppendInt(append(dst, `"index":`...), f.Index, 10)
	if file != "" {
		dst = AppendJSONString(append(dst, `,"file":`...), []byte(file))
	}
	dst = append(dst, tags...)
	dst = strconv.AppendInt(append(dst, `,"offset":`...), f.Offset, 10)
	dst = strconv.AppendInt(append(dst, `,"wire":`...), f.Size, 10)
	dst = hex.AppendEncode(append(dst, `,"header":"`...), f.Header)
	dst = hex.AppendEncode(append(dst, `","trailer":"`...), f.Trailer)
	dst = append(dst, '"')
	before := `,"fields":{`
	for _, field := range fields {
		dst = AppendJSONString(append(dst, before...), []byte(field.Name))
		dst = AppendJSONString(append(dst, ':'), []byte(field.Text))
		before = ","
	}
	if len(fields) > 0 {
		dst = append(dst, '}')
	}
	if utf8.Valid(f.Payload) {
		dst = AppendJSONString(append(dst, `,"text":`...), f.Payload)
	} else {
		dst = base64.StdEncoding.AppendEncode(append(dst, `,"base64":"`...), f.Payload)
		dst = append(dst, '"')
	}
	return append(dst, "}\n"...)
}

// AppendJSONString appends s as a JSON string. Characters that could control a terminal are
// escaped; bytes that are not UTF-8 become U+FFFD.
func AppendJSONString(dst, s []byte) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		if c := s[0]; c >= 0x20 && c < 0x7f && c != '"' && c != '\\' {
			dst, s = append(dst, c), s[1:]
			continue
		}
		r, n := utf8.DecodeRune(s)
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case !report.Unsafe(r):
			dst = utf8.AppendRune(dst, r)
		case r < 0x10000:
			dst = appendUnit(dst, r)
		default:
			high, low := utf16.EncodeRune(r)
			dst = appendUnit(appendUnit(dst, high), low)
		}
		s = s[n:]
	}
	return append(dst, '"')
}

// appendUnit appends a UTF-16 unit as a \u escape.
func appendUnit(dst []byte, u rune) []byte {
	return append(dst, '\\', 'u', report.HexDigits[u>>12&15], report.HexDigits[u>>8&15], report.HexDigits[u>>4&15], report.HexDigits[u&15])
}
