package formats

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"framecat/framing"
)

// A jsonSink writes one object per message, on one line.
type jsonSink struct {
	dst    io.Writer
	buf    []byte
	tags   []byte // members that name the sender of a message
	fields []framing.FieldText
	embed  bool // embed payloads that are JSON
}

// TakesSilent returns true: frames without a message are written too.
func (s *jsonSink) TakesSilent() bool { return true }

// Several returns nil: the records name their streams.
func (s *jsonSink) Several() error { return nil }

// Begin does nothing.
func (s *jsonSink) Begin(string, int64) {}

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
		s.fields = Describe(s.fields[:0], o.Entry, o.Framing, f)
		s.buf = AppendFrame(s.buf, f, FrameInfo{o.File, s.tags, o.Entry, o.Framing, s.fields, s.embed})
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

// A FrameInfo is what is known of a frame besides its bytes.
type FrameInfo struct {
	File string
	// Tags are the members that a Sender appends, in the order stream, direction, conn, peer,
	// time, t, segments.
	Tags    []byte
	Entry   *framing.Entry  // has the fields
	Framing framing.Framing // may be nil: then nothing is unusual
	Fields  []framing.FieldText
	Embed   bool // embed the payload if it is JSON
}

// AppendFrame appends the JSON object of a frame, and an LF. It is the same object in all
// commands: package records names its members.
func AppendFrame(dst []byte, f framing.Frame, info FrameInfo) []byte {
	dst = strconv.AppendInt(append(dst, `{"type":"frame","index":`...), f.Index, 10)
	if info.File != "" {
		dst = AppendJSONString(append(dst, `,"file":`...), []byte(info.File))
	}
	dst = append(dst, info.Tags...)
	dst = strconv.AppendInt(append(dst, `,"offset":`...), f.Offset, 10)
	captured := bytes.HasPrefix(info.Tags, []byte(`,"stream":`))
	if captured { // offset and wire side by side: scripts search large captures for the place of each frame as text
		dst = strconv.AppendInt(append(dst, `,"wire":`...), f.Size, 10)
	}
	dst = strconv.AppendInt(append(dst, `,"size":`...), int64(len(f.Payload)), 10)
	if !captured {
		dst = strconv.AppendInt(append(dst, `,"wire":`...), f.Size, 10)
	}
	if f.Frames > 0 {
		dst = strconv.AppendInt(append(dst, `,"frames":`...), int64(f.Frames), 10)
	}
	if f.Silent {
		dst = append(dst, `,"silent":true`...)
	}
	dst = hex.AppendEncode(append(dst, `,"header":"`...), f.Header)
	dst = hex.AppendEncode(append(dst, `","trailer":"`...), f.Trailer)
	dst = append(dst, '"')
	if len(info.Fields) > 0 {
		dst = appendFields(append(dst, `,"fields":`...), info.Entry, info.Fields)
	}
	if info.Framing != nil && !f.Silent {
		if what := info.Entry.Details().Unusual(info.Framing, f.Header); what != "" {
			dst = AppendJSONString(append(dst, `,"unusual":`...), []byte(what))
		}
	}
	return append(appendPayload(dst, f.Payload, info.Embed), "}\n"...)
}

// appendPayload appends the member that holds a payload. JSON that is embedded in another form
// is text too, so that no byte of it is lost.
func appendPayload(dst, payload []byte, embed bool) []byte {
	if !utf8.Valid(payload) {
		dst = base64.StdEncoding.AppendEncode(append(dst, `,"base64":"`...), payload)
		return append(dst, '"')
	}
	embed = embed && isEmbeddable(payload)
	if embed && isOneLine(payload) {
		return append(append(dst, `,"json":`...), payload...)
	}
	dst = AppendJSONString(append(dst, `,"text":`...), payload)
	if embed {
		dst = appendOneLine(append(dst, `,"json":`...), payload)
	}
	return dst
}

// appendFields appends an object with the header fields of a frame.
func appendFields(dst []byte, e *framing.Entry, fields []framing.FieldText) []byte {
	before := byte('{')
	for _, field := range fields {
		dst = AppendJSONString(append(dst, before), []byte(field.Name))
		dst = append(dst, ':')
		if isNumber(e, field) {
			dst = append(dst, field.Text...)
		} else {
			dst = AppendJSONString(dst, []byte(field.Text))
		}
		before = ','
	}
	return append(dst, '}')
}

// isNumber reports whether the value of a field is a number that has no name.
func isNumber(e *framing.Entry, field framing.FieldText) bool {
	if e == nil || field.Text == "" {
		return false
	}
	for i := range len(field.Text) {
		if c := field.Text[i]; c < '0' || c > '9' {
			return false
		}
	}
	for i := range e.Fields {
		if e.Fields[i].Name == field.Name {
			return e.Fields[i].Size <= 8
		}
	}
	return slices.Contains(e.Details().Numeric(), field.Name)
}

// AppendTime appends the members time and t, each after a comma.
func AppendTime(dst []byte, at time.Time) []byte {
	dst = at.UTC().AppendFormat(append(dst, `,"time":"`...), "2006-01-02T15:04:05.000000000Z07:00")
	dst = append(dst, `","t":`...)
	seconds, ns := at.Unix(), int64(at.Nanosecond())
	if seconds < 0 && ns > 0 {
		seconds, ns = seconds+1, 1e9-ns
		if seconds == 0 {
			dst = append(dst, '-')
		}
	}
	dst = append(strconv.AppendInt(dst, seconds, 10), '.')
	for digit := int64(1e8); digit > 0; digit /= 10 {
		dst = append(dst, byte('0'+ns/digit%10))
	}
	return dst
}
