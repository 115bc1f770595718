package hint

import (
	"slices"
	"strings"

	"framecat/framing"
)

// The reasons of alternatives that have another checksum, or have it in another way.
const (
	otherSum   = "another checksum would fit"
	otherBytes = "the checksum would fit if it covered other bytes"
	sumCounted = "it would fit if the length counted the checksum"
	sumApart   = "it would fit if the length did not count the checksum"
)

// isSum reports whether an alternative differs only in its checksum.
func isSum(why string) bool {
	return slices.Contains([]string{otherSum, otherBytes, sumCounted, sumApart}, why)
}

// otherSums are f, which has a checksum, with other ones: first the same one over other bytes, or
// counted in another way, then others over the same bytes, then all else.
func otherSums(f framing.Framing) (all []alternative) {
	spec := f.String()
	i := strings.LastIndex(spec, "crc=")
	if i < 0 {
		return nil
	}
	base, own := spec[:i], spec[i:] // crc and the keys that are about it are the last
	name, cover, _ := strings.Cut(strings.TrimPrefix(own, "crc="), ",")
	near, far := []alternative{}, []alternative{}
	for _, w := range coverages(f) {
		switch {
		case w == cover:
		case strings.Contains(w, "crc-counted=no") == strings.Contains(cover, "crc-counted=no"):
			near = append(near, alternative{withSum(base, name, w), otherBytes})
		case strings.Contains(cover, "crc-counted=no"):
			near = append(near, alternative{withSum(base, name, w), sumCounted})
		default:
			near = append(near, alternative{withSum(base, name, w), sumApart})
		}
		for _, sum := range framing.EntryOf(f).Details().Checksums() {
			if sum != name && w == cover {
				all = append(all, alternative{withSum(base, sum, w), otherSum})
			} else if sum != name {
				far = append(far, alternative{withSum(base, sum, w), otherSum})
			}
		}
	}
	return slices.Concat(near, all, far)
}

func withSum(base, name, cover string) string {
	return strings.TrimSuffix(base+"crc="+name+","+cover, ",")
}

// coverages are the keys for what a checksum of f may cover, and whether the length may count it:
// those of f itself, the payload, the whole frame, and the frame without its magic.
func coverages(f framing.Framing) (all []string) {
	var own, from string
	keys := strings.Split(f.String(), ",")
	for _, key := range keys {
		if strings.HasPrefix(key, "crc-from=") {
			from = key
		}
	}
	if i := strings.Index(f.String(), ",crc-"); i >= 0 {
		own = f.String()[i+1:]
	}
	all = append(all, own)
	for _, w := range []string{"", from, "crc-from=0", "crc-from=1", "crc-from=2", "crc-from=4"} {
		for _, counted := range []string{"", "crc-counted=no"} {
			if w := strings.Trim(w+","+counted, ","); !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
	}
	return all
}

// mayFit reports whether b begins with a frame of f, or a part of one. It is quicker than weighing
// f, and there are many checksums.
func mayFit(f framing.Framing, b []byte) bool {
	err := fits(f, b)
	return err == nil || err == framing.ErrMore
}

// fits returns nil if b begins with a frame of f, whole and with the right checksum, and ErrMore
// if that frame is cut.
func fits(f framing.Framing, b []byte) error {
	e, err := f.Scan(b, new(framing.Cursor))
	if err != nil {
		return err
	}
	body := int64(e.Skip+e.Header) + e.Body
	if e.Body > int64(len(b)) || body+int64(e.Trailer) > int64(len(b)) {
		return framing.ErrMore
	}
	if u, ok := f.(framing.Escaper); ok {
		_, err = u.Unescape(nil, b[e.Skip:e.Skip+e.Header], b[e.Skip+e.Header:body], b[body:body+int64(e.Trailer)])
	}
	return err
}
