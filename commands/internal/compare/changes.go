package compare

import (
	"slices"

	"framecat/framing"
)

// changes returns the bytes of two frames that differ, as ranges of each. What is ignored in payloads is left out.
func (d *Diff) changes(old, new framing.Frame) (inOld, inNew []span) {
	at, to := 0, 0
	for _, part := range [3][2][]byte{{old.Header, new.Header}, {old.Body, new.Body}, {old.Trailer, new.Trailer}} {
		a, b := changed(part[0], part[1])
		inOld, inNew = appendMoved(inOld, a, at), appendMoved(inNew, b, to)
		at, to = at+len(part[0]), to+len(part[1])
	}
	return d.Old.counting(inOld, old), d.New.counting(inNew, new)
}

// appendMoved appends ranges that count from an offset. Those that touch become one.
func appendMoved(to, spans []span, offset int) []span {
	for _, s := range spans {
		s = span{s.start + offset, s.end + offset}
		if n := len(to); n > 0 && to[n-1].end == s.start {
			to[n-1].end = s.end
		} else {
			to = append(to, s)
		}
	}
	return to
}

// counting returns the ranges of a frame without those of its payload that are ignored.
func (s *Stream) counting(spans []span, f framing.Frame) (left []span) {
	if len(f.Body) != len(f.Payload) { // the payload is escaped
		return spans
	}
	ignored := appendMoved(nil, sorted(s.Comparer.ignored(f.Payload)), len(f.Header))
	for _, one := range spans {
		for _, cut := range ignored {
			if cut.end <= one.start || cut.start >= one.end {
				continue
			}
			if cut.start > one.start {
				left = append(left, span{one.start, cut.start})
			}
			one.start = min(cut.end, one.end)
		}
		if one.start < one.end {
			left = append(left, one)
		}
	}
	return left
}

func sorted(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	return spans
}

// changed returns the bytes of a and b that have no partner.
func changed(a, b []byte) (inA, inB []span) {
	const (
		mostAligned = 64 << 10 // of longer runs, all bytes are marked
		mostEdits   = 256
	)
	start := prefix(a, b)
	a, b = a[start:], b[start:]
	end := suffix(a, b)
	a, b = a[:len(a)-end], b[:len(b)-end]
	if len(a) > mostAligned || len(b) > mostAligned {
		return appendMoved(nil, []span{{0, len(a)}}, start), appendMoved(nil, []span{{0, len(b)}}, start)
	}
	goneA, goneB := align(numbers(a), numbers(b), mostEdits)
	joinRuns(goneA, goneB)
	return appendMoved(nil, runs(goneA), start), appendMoved(nil, runs(goneB), start)
}

func numbers(b []byte) (list []uint64) {
	for _, c := range b {
		list = append(list, uint64(c))
	}
	return list
}

// runs returns the ranges of elements that are gone.
func runs(gone []bool) (list []span) {
	for i := 0; i < len(gone); i++ {
		from := i
		for i < len(gone) && gone[i] {
			i++
		}
		if i > from {
			list = append(list, span{from, i})
		}
	}
	return list
}

// joinRuns joins changes with what is between them, if that is shorter than both: in two numbers, equal digits are
// equal by chance.
func joinRuns(goneA, goneB []bool) {
	i, j, before, equal := 0, 0, 0, 0
	for i < len(goneA) || j < len(goneB) {
		fromA, fromB := i, j
		for i < len(goneA) && goneA[i] {
			i++
		}
		for j < len(goneB) && goneB[j] {
			j++
		}
		change := max(i-fromA, j-fromB)
		if equal > 0 && equal < min(before, change) {
			for k := 1; k <= equal; k++ {
				goneA[fromA-k], goneB[fromB-k] = true, true
			}
			change += before + equal
		}
		if before, equal = change, 0; i == len(goneA) && j == len(goneB) {
			return
		}
		for i < len(goneA) && j < len(goneB) && !goneA[i] && !goneB[j] {
			i, j, equal = i+1, j+1, equal+1
		}
	}
}
