package framing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Parse turns a spec such as "u32be", "delim:\r\n" or "u16le:offset=2,counts=frame" into a
// Framing:
//
//	SPEC  = NAME [ ":" ARG *( "," ARG ) ] [ "/" SPEC ]
//	ARG   = KEY "=" VALUE | WORD
//	VALUE = any characters but "," and "\", or the escapes \n \r \t \0 \e \\ \, \xHH
//
// The SPEC after / is that of a framing in the messages of the first, as in http2/grpc, or after those
// that open the stream, as in proxy/http. Only some framings can have one there; that of others may
// hold a /.
//
// Entries has the names; Usage of an Entry begins with its keys. The error is a
// *SpecError.
//
// The keys of the length rule are offset, header, adjust, unit, mask, signed, magic,
// magic-at, prefix, trailer, min and max, as the fields of Length, and crc, which is
// Checksum. The checksum covers the payload, or with crc-from=N all from byte N of the frame on;
// with crc-counted=no the length does not count it. counts=payload, rest, itself or frame gives
// adjust by name: counts=itself means that the length counts its field and what follows it, so
// that adjust is -size; counts=frame, that it counts the whole frame, so that adjust is
// -(offset + size).
func Parse(spec string) (Framing, error) { return new(settings).parse(spec) }

func (s *settings) parse(spec string) (Framing, error) {
	s.spec = spec
	if outer, inner, ok := splitSpec(spec); ok {
		return s.nested(outer, inner)
	}
	name, rest, found := strings.Cut(spec, ":")
	k := Lookup(name)
	if k == nil {
		e := &SpecError{Spec: spec, Detail: fmt.Sprintf("there is no framing %q", name), Got: name, Words: entryNames()}
		if outer, _, ok := strings.Cut(name, "/"); name == "" {
			e.Detail = "a framing has a name"
		} else if ok && Lookup(outer) != nil {
			*e = SpecError{Spec: spec, Pos: len(outer), Detail: fmt.Sprintf("%s cannot have another framing inside", outer),
				Hint: "these can, as in http2/grpc: " + strings.Join(outerNames(), ", ")}
		}
		return nil, e
	}
	s.lookup = Lookup
	s.part = func(spec string) (Framing, *Entry, error) {
		f, err := (&settings{end: s.end}).parse(spec)
		return f, EntryOf(f), err
	}
	if err := s.read(rest, len(name)+1, found); err != nil {
		return nil, err
	}
	joins := k.joins() && s.join()
	f, err := k.configure(s)
	if s.err == nil && err != nil {
		s.fail(s.at(), "%s", err)
	}
	s.unused()
	if s.err != nil {
		return nil, s.err
	}
	if joins {
		f = &joined{Framing: f, rule: k.join}
	}
	return f, nil
}

// configure makes the framing of a row.
func (e *Entry) configure(s *settings) (Framing, error) {
	if e.Spec == "" {
		return e.parse(e, s)
	}
	return s.preset(e, e.Spec)
}

// preset makes the framing of a row that is short for a generic rule. The arguments in that
// rule are the defaults for those of s.
func (s *settings) preset(k *Entry, spec string) (Framing, error) {
	name, rest, found := strings.Cut(spec, ":")
	preset := settings{spec: spec}
	if err := preset.read(rest, len(name)+1, found); err != nil {
		return nil, err
	}
	preset.args = slices.DeleteFunc(preset.args, func(a arg) bool {
		return a.key == "counts" && s.has("adjust") || a.key == "adjust" && s.has("counts")
	})
	for i := range preset.args {
		preset.args[i].preset = true
	}
	s.args = append(preset.args, s.args...)
	s.row = cmp.Or(s.row, k)
	return s.lookup(name).configure(s)
}
