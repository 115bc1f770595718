package hint

import (
	"fmt"
	"slices"
	"strings"

	"framecat/framing"
	"framecat/framing/detect"
)

// refit recognises a length that counts other bytes, or has a checksum after the frames that it
// does not count, if the second frame is the first bad one: then nothing is damaged. A checksum of
// two bytes or more that is right twice, or the magic of three frames, is no chance.
func refit(used framing.Framing, head []byte, scale *detect.Scale) string {
	spec := used.String()
	if strings.Contains(spec, "crc=") || !plainLength(used) {
		return ""
	}
	name, keys, _ := strings.Cut(spec, ":")
	counted, rest := "", []string{}
	for _, key := range strings.Split(keys, ",") {
		if strings.HasPrefix(key, "counts=") || strings.HasPrefix(key, "adjust=") {
			counted = key
		} else if key != "" {
			rest = append(rest, key)
		}
	}
	for _, k := range []struct{ key, why string }{
		{counted, ""}, {"", "all that follows it"}, {"counts=itself", "itself"}, {"counts=frame", "the whole frame"}, {"counts=payload", "the payload"},
	} {
		base := name + ":" + strings.Join(append(rest[:len(rest):len(rest)], k.key), ",")
		base = strings.TrimRight(base, ":,")
		if f := parsed(base); k.why != "" && f != nil && strings.Contains(spec, "magic=") && fitsThree(f, scale) {
			return fmt.Sprintf("it would fit if the length counted %s: try -f %s", k.why, f)
		}
		if f := summed(used, base, head); f != nil && k.why == "" {
			return fmt.Sprintf("a checksum follows each frame: try -f %s", f)
		} else if f != nil {
			return fmt.Sprintf("it would fit if the length counted %s, and a checksum followed each frame: try -f %s", k.why, f)
		}
	}
	return ""
}

// fitsThree reports whether a stream reads as three frames of f or more, up to the end of what is
// known of it.
func fitsThree(f framing.Framing, scale *detect.Scale) bool {
	got := scale.Weigh(f)
	return !got.Broken && got.Frames >= 3
}

// summed returns the framing of a spec with a checksum that the length does not count, if the
// stream begins with two of its frames. The checksums are those of the framing in use.
func summed(used framing.Framing, base string, head []byte) framing.Framing {
	if strings.Contains(base, ":") {
		base += ","
	} else {
		base += ":"
	}
	for _, w := range coverages(used) {
		for _, sum := range framing.EntryOf(used).Details().Checksums() {
			if short(sum) || !strings.Contains(w, "crc-counted=no") {
				continue
			}
			if f := parsed(withSum(base, sum, w)); f != nil && fitTwo(f, head) {
				return f
			}
		}
	}
	return nil
}

// fitTwo reports whether b begins with two frames of f.
func fitTwo(f framing.Framing, b []byte) bool {
	if fits(f, b) != nil {
		return false
	}
	e, _ := f.Scan(b, new(framing.Cursor))
	return fits(f, b[int64(e.Skip+e.Header)+e.Body+int64(e.Trailer):]) == nil
}

// short reports whether a checksum has one byte, which many frames have by chance.
func short(sum string) bool { return slices.Contains([]string{"crc8", "sum8", "xor8"}, sum) }

// hexMagic recognises a magic that was written in hex digits without 0x. The frame b has other
// bytes where it should be, at offset at.
func hexMagic(used framing.Framing, b []byte, at int64) string {
	magic, bytes := framing.EntryOf(used).Details().HexMagic(used)
	if bytes == "" || at < 0 || at > int64(len(b)) || !strings.HasPrefix(string(b[at:]), bytes) {
		return ""
	}
	hint := fmt.Sprintf("magic=%s is text; for the bytes % x write magic=0x%x", magic, bytes, bytes)
	if f := parsed(strings.Replace(used.String(), "magic="+magic, fmt.Sprintf("magic=0x%x", bytes), 1)); f != nil {
		return hint + ": try -f " + f.String()
	}
	return hint
}
