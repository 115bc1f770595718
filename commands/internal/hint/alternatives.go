package hint

import (
	"slices"
	"strings"

	"framecat/framing"
	"framecat/framing/detect"
)

// An alternative is another framing that the stream may have.
type alternative struct{ spec, why string }

const (
	otherOrder    = "the length is plausible in the other byte order"
	countsAll     = "it would fit if the length counted the header"
	countsRest    = "it would fit if the length did not count the header"
	otherWidth    = "a length field of another width would fit"
	otherWidthAll = otherWidth + ", one that counts itself"
	otherSum      = "another checksum would fit"
)

var sums = []string{"crc32", "crc32-le", "crc32c", "crc32c-le", "crc16-ccitt", "crc16-ccitt-le", "crc16-modbus", "crc16-modbus-be", "xor8", "sum8"}

// alternatives are the framings that f may have been taken for, the nearest first.
func alternatives(f framing.Framing) (all []alternative) {
	name, keys, _ := strings.Cut(f.String(), ":")
	add := func(why, name string, keys ...string) {
		if spec := strings.Join(keys, ","); spec != "" {
			name += ":" + spec
		}
		all = append(all, alternative{name, why})
	}
	var given []string
	if keys != "" {
		given = strings.Split(keys, ",") // an escaped comma makes a spec that Parse refuses
	}
	if order, keys := otherOrderOf(f); order != "" {
		add(otherOrder, order, keys)
	}
	width, lengths := 0, plainLengths()
	if plainLength(f) {
		width = traits(f).Width
		if !strings.Contains(keys, "counts=") && !strings.Contains(keys, "adjust=") {
			add(countsAll, name, append([]string{"counts=frame"}, given...)...)
		}
		for _, other := range lengths {
			if keys != "" && other.Traits().Width != width {
				add(otherWidth, other.Name, keys)
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
			all = append(all, alternative{f.String()[:i] + "crc=" + sum, otherSum})
		}
	}
	for _, other := range lengths {
		switch {
		case other.Name == name: // that is f with checks dropped, which it fits for being lax
		case other.Traits().Width == width || keys != "" || width == 0:
			add("the stream reads as "+other.Name, other.Name)
			add("the stream reads as "+other.Name+" that counts itself", other.Name, "counts=frame")
		default:
			add(otherWidth, other.Name)
			add(otherWidthAll, other.Name, "counts=frame")
		}
	}
	for _, k := range framing.Kinds() {
		for _, spec := range k.Traits().Tries {
			why := "the stream reads as " + spec
			if k.Traits().Narrow {
				why = "a " + spec + " length would fit"
			}
			add(why, spec)
		}
	}
	return all
}

// otherOrderOf is the length rule of f in the other byte order, without the header that
// the rule writes; name is "" if f has no such rule.
func otherOrderOf(f framing.Framing) (name, keys string) {
	name, keys, _ = strings.Cut(rule(f), ":")
	if i := strings.Index(keys, "prefix="); i >= 0 && rule(f) != f.String() { // it stands last
		keys = strings.TrimSuffix(keys[:i], ",")
	}
	return swapped(name), keys
}

// swapped is the plain length of the same width in the other byte order, or "".
func swapped(name string) string {
	k := framing.Lookup(name)
	if k == nil || k.Traits().Width < 2 {
		return ""
	}
	for _, other := range plainLengths() {
		if a, b := k.Traits(), other.Traits(); a.Width == b.Width && a.Little != b.Little {
			return other.Name
		}
	}
	return ""
}

// An alternative must have so many bits, and so many more than the framing in use: many
// more if nothing shows that a frame ends with the bytes. A farther one must have clearly
// more than a nearer one.
const (
	convincing = 9
	lead       = 6
	leadCut    = 16
	clearly    = 3
)

// alternative is the one that explains the stream from its start and has most bits, or
// what the whole search finds if that is something else.
func (c *context) alternative() string {
	if c.own.frames > 0 && c.e.Kind == framing.Truncated && traits(c.f).Delimited || c.opened {
		return "" // it explains its frames, and counts too little for them
	}
	near, found := c.nearest(), c.found()
	switch {
	case found != nil && (near == nil || !sameRule(parsed(near.spec), parsed(found.spec))):
		near = found
	case near == nil:
		return ""
	}
	return near.why + ": try -f " + near.spec
}

// nearest is the alternative that has most bits.
func (c *context) nearest() (best *alternative) {
	most := convincing
	badSum := c.e.Kind == framing.Checksum // without it, all would fit
	for _, a := range alternatives(c.f) {
		f, err := framing.Parse(a.spec)
		if err != nil || f.String() == c.f.String() || badSum && a.why != otherSum {
			continue
		}
		got := c.scorer().of(f)
		need := c.own.total() + lead
		if !got.exact {
			need = c.own.total() + leadCut
		}
		if got.good && (got.exact || c.runs(got)) && got.total() >= max(need, most) {
			best, most = &alternative{f.String(), a.why}, got.total()+clearly
		}
	}
	return best
}

// runs reports whether a score whose last frame is cut is that of a good run of frames: the
// stream must go on, and so far that the end of its first frame may not be there.
func (c *context) runs(got score) bool {
	return !c.ended && (got.frames > 1 || len(c.head) == HeadSize)
}

// found is what the search finds in most of the head, unless frames speak for the framing
// in use.
func (c *context) found() *alternative {
	if traits(c.f).Delimited || c.own.frames > 0 && c.own.total() >= convincing || c.e.Kind == framing.Checksum || FileKind(c.head) != "" {
		return nil
	}
	all := detect.Detect(c.head, c.ended)
	if len(all) == 0 {
		return nil
	}
	best := all[0]
	if best.Bits < detect.MinBits || best.Start > 0 || best.Frames < 3 || 4*best.Leftover >= len(c.head) ||
		sameRule(parsed(best.Spec), c.f) || slices.Contains(best.Aliases, kindOf(c.f).Name) {
		return nil
	}
	if c.e.Kind == framing.Truncated && c.own.frames == 0 && best.Bits < 2*detect.MinBits { // it may be nothing but cut
		return nil
	}
	if c.e.Kind == framing.Truncated && traits(c.f).Text && traits(parsed(best.Spec)).Delimited {
		return nil // its headers end as lines do
	}
	return &alternative{best.Spec, "the stream reads as " + best.Kind.Name}
}
