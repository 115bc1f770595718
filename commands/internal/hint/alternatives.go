package commands

import (
	"slices"
	"strings"

	"framecat/framing"
	"framecat/framing/detect"
)

// A rival is another reading of the same bytes.
type rival struct{ spec, why string }

const (
	otherOrder    = "the length is plausible in the other byte order"
	countsAll     = "it would fit if the length counted the header"
	countsRest    = "it would fit if the length did not count the header"
	otherWidth    = "a length field of another width would fit"
	otherWidthAll = otherWidth + ", one that counts itself"
	varintFits    = "a varint length would fit"
	otherSum      = "another checksum would fit"
)

var (
	plainWidths = []string{"u32be", "u16be", "u32le", "u16le", "u8", "u64be", "u24be", "u64le", "u24le"}
	textRivals  = []string{"netstring", "syslog", "content-length", "chunked", "ascii:size=4", "ascii:size=3", "ascii:size=2", "tfrecord"}
	sums        = []string{"crc32", "crc32-le", "crc32c", "crc32c-le", "crc16-ccitt", "crc16-ccitt-le", "crc16-modbus", "crc16-modbus-be", "xor8", "sum8"}
)

// rivals are the framings that f may have been taken for, the nearest first.
func rivals(f framing.Framing) (all []rival) {
	name, keys, _ := strings.Cut(f.String(), ":")
	add := func(why, name string, keys ...string) {
		if spec := strings.Join(keys, ","); spec != "" {
			name += ":" + spec
		}
		all = append(all, rival{name, why})
	}
	var given []string
	if keys != "" {
		given = strings.Split(keys, ",") // an escaped comma makes a spec that Parse refuses
	}
	if order, keys := otherOrderOf(f); order != "" {
		add(otherOrder, order, keys)
	}
	if lengthWidth(name) > 0 {
		if other := swapped(name); other != "" {
			add(otherOrder, other, keys)
		}
		if !strings.Contains(keys, "counts=") && !strings.Contains(keys, "adjust=") {
			add(countsAll, name, append([]string{"counts=frame"}, given...)...)
		}
		for _, other := range plainWidths {
			if keys != "" && lengthWidth(other) != lengthWidth(name) {
				add(otherWidth, other, keys)
			}
		}
	}
	for i, key := range given {
		rest := slices.Delete(slices.Clone(given), i, i+1)
		switch k, _, _ := strings.Cut(key, "="); k {
		case "counts":
			add(countsRest, name, rest...)
		case "crc", "prefix": // the first is tried below, the second is for writing
		default:
			add("without "+key+" it would fit", name, rest...)
		}
	}
	if i := strings.LastIndex(f.String(), "crc="); i >= 0 {
		for _, sum := range sums {
			all = append(all, rival{f.String()[:i] + "crc=" + sum, otherSum})
		}
	}
	for _, other := range plainWidths {
		switch {
		case other == name: // that is f with checks dropped, which it fits for being lax
		case lengthWidth(name) == lengthWidth(other) || keys != "" || lengthWidth(name) == 0:
			add("the stream reads as "+other, other)
			add("the stream reads as "+other+" that counts itself", other, "counts=frame")
		default:
			add(otherWidth, other)
			add(otherWidthAll, other, "counts=frame")
		}
	}
	if name != "varint" {
		add(varintFits, "varint")
	}
	for _, spec := range textRivals {
		add("the stream reads as "+spec, spec)
	}
	return all
}

// otherOrderOf is the length rule of a protocol in the other byte order, without the header
// that it writes.
func otherOrderOf(f framing.Framing) (name, keys string) {
	_, spec := rule(f)
	switch {
	case nameOf(f) == "postgres": // it has code of its own for the beginning of a connection
		spec = "u32be:offset=1,adjust=-4"
	case spec == f.String():
		return "", ""
	}
	name, keys, _ = strings.Cut(spec, ":")
	if i := strings.Index(keys, "prefix="); i >= 0 { // it stands last
		keys = strings.TrimSuffix(keys[:i], ",")
	}
	return swapped(name), keys
}

// swapped is the same width in the other byte order, or "".
func swapped(name string) string {
	if be, ok := strings.CutSuffix(name, "be"); ok {
		return be + "le"
	}
	if le, ok := strings.CutSuffix(name, "le"); ok {
		return le + "be"
	}
	return ""
}

// A rival must count so many bits, and so many more than the framing in use: many
// more if nothing shows that a frame ends with the bytes. A farther rival must
// count clearly more than a nearer one.
const (
	convincing = 9
	lead       = 6
	leadCut    = 16
	clearly    = 3
)

// best is the rival that explains the stream from its start and counts most, or what
// the whole search finds if that is something else.
func (s *scene) best() string {
	if s.own.frames > 0 && s.e.Kind == framing.Truncated && isDelimited(s.f) || s.opened {
		return "" // it explains its frames, and counts too little for them
	}
	near, found := s.nearest(), s.found()
	switch {
	case found != nil && (near == nil || !sameRule(parsed(near.spec), parsed(found.spec))):
		near = found
	case near == nil:
		return ""
	}
	return near.why + ": try -f " + near.spec
}

// nearest is the rival that counts most.
func (s *scene) nearest() (best *rival) {
	most := convincing
	badSum := s.e.Kind == framing.Checksum // without it, all would fit
	for _, r := range rivals(s.f) {
		g, err := framing.Parse(r.spec)
		if err != nil || g.String() == s.f.String() || badSum && r.why != otherSum {
			continue
		}
		got := s.ruler().read(g)
		need := s.own.score() + lead
		if !got.exact {
			need = s.own.score() + leadCut
		}
		if got.good && (got.exact || s.runs(got)) && got.score() >= max(need, most) {
			best, most = &rival{g.String(), r.why}, got.score()+clearly
		}
	}
	return best
}

// found is what Detect finds in most of the head, unless frames speak for the framing in use.
func (s *scene) found() *rival {
	if isDelimited(s.f) || s.own.frames > 0 && s.own.score() >= convincing || s.e.Kind == framing.Checksum || fileKind(s.head) != "" {
		return nil
	}
	all := detect.Detect(s.head, s.ended)
	if len(all) == 0 {
		return nil
	}
	c, name := all[0], nameOf(s.f)
	if c.Bits < detect.MinBits || c.Start > 0 || c.Frames < 3 || 4*c.Leftover >= len(s.head) || sameRule(parsed(c.Spec), s.f) || slices.Contains(c.Aliases, name) {
		return nil
	}
	if s.e.Kind == framing.Truncated && s.own.frames == 0 && c.Bits < 2*detect.MinBits { // it may be nothing but cut
		return nil
	}
	if base, _ := rule(s.f); s.e.Kind == framing.Truncated && slices.Contains(textFramings, base) && isDelimited(parsed(c.Spec)) {
		return nil // its headers end as lines do
	}
	return &rival{c.Spec, "the stream reads as " + c.Kind.Name}
}

// runs says whether a reading whose last frame is cut is a good run of frames: the
// stream must go on, and so far that the end of its first frame may not be there.
func (s *scene) runs(got reading) bool {
	return !s.ended && (got.frames > 1 || len(s.head) == headSize)
}
