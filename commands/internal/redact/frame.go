package redact

import (
	"bytes"
	"encoding/json"

	"framecat/commands/internal/parts"
	"framecat/framing"
)

// star replaces each byte that is redacted.
const star = '*'

// A frameRedactor redacts the frames of one direction.
type frameRedactor struct {
	rules   *Rules
	masks   []parts.Mask
	payload []byte // the payload of the frame, redacted
	wire    []byte // the frame, redacted
}

// redact returns a whole frame of f as it may be shown. It is as long as the frame, and valid
// until the next call.
//
//	header    body      trailer
//	[fields]  [payload] [checksum]
//
// Where the body is the payload, its bytes are overwritten. Elsewhere (escapes, checksums, masks)
// the payload is framed anew, if that frame has the same length. JSON may need its brackets and quotes
// back for that. If it has not, the whole payload is hidden. What a payload needs to show where it
// ends itself stays.
func (r *frameRedactor) redact(f framing.Framing, fr *framing.Frame) []byte {
	r.wire = append(append(append(r.wire[:0], fr.Header...), fr.Body...), fr.Trailer...)
	if fr.Silent {
		return r.wire
	}
	header := r.wire[:len(fr.Header)]
	for _, m := range r.masks {
		m.Set(header, star)
	}
	e := framing.Extent{Header: len(fr.Header), Body: int64(len(fr.Body)), Trailer: len(fr.Trailer)}
	r.hideHeader(f, fr, e)
	r.payload = append(r.payload[:0], fr.Payload...)
	r.rules.hide(fr.Payload, r.payload)
	hidden := !bytes.Equal(r.payload, fr.Payload)
	if !hidden && bytes.Equal(header, fr.Header) {
		return r.wire
	}
	body := r.wire[len(header):][:len(fr.Body)]
	_, escapes := f.(framing.Escaper)
	like := framing.Marks{Header: header, Trailer: fr.Trailer}
	if !escapes {
		copy(body, r.payload)
		if sameExtent(f, r.wire, e) {
			return r.wire
		}
		if s, ok := f.(structured); ok {
			s.Structure(fr.Payload, func(start, end int) { copy(body[start:end], fr.Payload[start:end]) })
			if sameExtent(f, r.wire, e) {
				return r.wire
			}
			if again, _ := frameAgain(f, like, bytes.Clone(body)); len(again) == len(r.wire) {
				return again
			}
			copy(body, r.payload)
		}
	}
	again, refused := frameAgain(f, like, r.payload)
	if len(again) == len(r.wire) {
		return again
	}
	if !escapes {
		return r.wire
	}
	if (refused != nil || len(r.rules.Ranges) == 0) && json.Valid(fr.Payload) { // the framing may accept only JSON
		mendJSON(fr.Payload, r.payload)
		if again, _ := frameAgain(f, like, r.payload); len(again) == len(r.wire) {
			return again
		}
	}
	// Stars need no escapes, so a few more of them may fill the frame.
	size := len(fr.Payload)
	for tries := 0; tries < 4 && size >= 0; tries++ {
		again, err := frameAgain(f, like, bytes.Repeat([]byte{star}, size))
		if err != nil {
			break
		}
		if len(again) == len(r.wire) {
			return again
		}
		size += len(r.wire) - len(again)
	}
	hide(body)
	return r.wire
}

// hideHeader hides what the patterns match in the header, except for bytes without which the frame
// is not found.
func (r *frameRedactor) hideHeader(f framing.Framing, fr *framing.Frame, e framing.Extent) {
	header := r.wire[:len(fr.Header)]
	for _, p := range r.rules.Patterns {
		p.Each(fr.Header, func(start, end int) {
			was := bytes.Clone(header[start:end])
			if hide(header[start:end]); sameExtent(f, r.wire, e) {
				return
			}
			copy(header[start:], was)
			for i, b := range was {
				if header[start+i] = star; !sameExtent(f, r.wire, e) {
					header[start+i] = b
				}
			}
		})
	}
}

// A structured Framing has payloads that show themselves where they end. Structure calls keep with
// the parts that do.
type structured interface {
	Structure(payload []byte, keep func(start, end int))
}

// frameAgain returns the frame of a payload, without fill before it.
func frameAgain(f framing.Framing, like framing.Marks, payload []byte) ([]byte, error) {
	again, err := f.Append(nil, like, payload)
	if err != nil {
		return nil, err
	}
	e, err := f.Scan(again, &framing.Cursor{})
	return again[e.Skip:], err
}

// hide hides what the rules name in a payload, in out, a copy of it.
func (r *Rules) hide(payload, out []byte) {
	if len(r.Paths) > 0 {
		hideJSON(r.Paths, payload, out)
	}
	for _, b := range r.Ranges {
		if b[0] < len(out) {
			hide(out[b[0]:min(b[1]+1, len(out))])
		}
	}
	for _, p := range r.Patterns {
		p.Each(payload, func(start, end int) { hide(out[start:end]) })
	}
}

// longestDelimiter is the most bytes of a delimiter that hideFill looks for.
const longestDelimiter = 16

// hideFill returns bytes that are in no frame of f as they may be shown: delimiters, bytes that f skips
// where it would not skip a star, such as blanks, and as many stars as there are other bytes.
func hideFill(f framing.Framing, b []byte) []byte {
	out := bytes.Repeat([]byte{star}, len(b))
	if cursor := new(framing.Cursor); !skips(f, []byte{star}, cursor) {
		for i := range b {
			if skips(f, b[i:i+1], cursor) {
				out[i] = b[i]
			}
		}
	}
	s, ok := f.(framing.Syncer)
	for end := 0; ok && end < len(b); {
		n, found := s.Sync(b[end:])
		if !found || n <= 0 {
			break
		}
		end += n
		for size := 1; size <= min(n, longestDelimiter); size++ {
			if at, found := s.Sync(b[end-size : end]); found && at == size {
				copy(out[end-size:], b[end-size:end])
				break
			}
		}
	}
	return out
}

// skips reports whether f skips a byte before a frame.
func skips(f framing.Framing, b []byte, c *framing.Cursor) bool {
	*c = framing.Cursor{}
	e, _ := f.Scan(b, c)
	return e.Skip > 0
}
