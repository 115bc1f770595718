package compare

import (
	"slices"

	"framecat/framing"
)

// resembling returns pairs of messages that are alike, as indexes of old and new, both ascending: the pairs that
// are most alike in sum.
func resembling(old, new []framing.Frame) (pairs [][2]int) {
	const most = 32 // of each are compared with each other
	for from := 0; from < min(len(old), len(new)); from += most {
		a, b := old[from:min(len(old), from+most)], new[from:min(len(new), from+most)]
		for _, p := range bestPairs(sketches(a), sketches(b)) {
			pairs = append(pairs, [2]int{from + p[0], from + p[1]})
		}
	}
	return pairs
}

// alike is how much two messages must have in common to be one that changed.
const alike = 0.5

// bestPairs is resembling for a few messages.
func bestPairs(a, b []sketch) (pairs [][2]int) {
	if len(a) == len(b) { // most often, each has changed at its place
		for i := range a {
			if a[i].likeness(&b[i]) < alike {
				pairs = nil
				break
			}
			pairs = append(pairs, [2]int{i, i})
		}
		if pairs != nil {
			return pairs
		}
	}
	score := make([][]float64, len(a)+1) // of the best pairs from a[i] and b[j] on
	for i := range score {
		score[i] = make([]float64, len(b)+1)
	}
	like := make([][]float64, len(a))
	for i := len(a) - 1; i >= 0; i-- {
		like[i] = make([]float64, len(b))
		for j := len(b) - 1; j >= 0; j-- {
			score[i][j] = max(score[i+1][j], score[i][j+1])
			if like[i][j] = a[i].likeness(&b[j]); like[i][j] >= alike {
				score[i][j] = max(score[i][j], score[i+1][j+1]+like[i][j])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch score[i][j] {
		case score[i+1][j]:
			i++
		case score[i][j+1]:
			j++
		default:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		}
	}
	return pairs
}

// A sketch is what is kept of a payload to find out how much of it another one has: the lowest hashes of all
// pieces of three bytes.
type sketch struct {
	payload []byte
	lowest  []uint64 // sorted
}

func sketches(list []framing.Frame) (all []sketch) {
	const most = 64 << 10 // bytes of each payload
	for _, f := range list {
		s := sketch{payload: f.Payload}
		start := f.Payload[:min(len(f.Payload), most)]
		for i := 0; i+3 <= len(start); i++ {
			s.lowest = append(s.lowest, pieceHash(start[i], start[i+1], start[i+2]))
		}
		slices.Sort(s.lowest)
		s.lowest = slices.Compact(s.lowest)
		s.lowest = slices.Clip(s.lowest[:min(len(s.lowest), mostPieces)])
		all = append(all, s)
	}
	return all
}

// pieceHash scatters pieces over all numbers, always in the same way, so that the same messages make the same pairs.
func pieceHash(a, b, c byte) uint64 {
	h := uint64(a)<<16 | uint64(b)<<8 | uint64(c)
	h = (h + 1) * 0x9e3779b97f4a7c15
	h ^= h >> 29
	return h * 0xbf58476d1ce4e5b9
}

// mostPieces is how many hashes a sketch has.
const mostPieces = 128

// likeness returns how much two payloads have in common, from 0 to 1: in pieces, or at both ends.
func (s *sketch) likeness(t *sketch) float64 {
	a, b := s.payload, t.payload
	longer := max(len(a), len(b))
	if longer == 0 {
		return 1
	}
	start := prefix(a, b)
	end := suffix(a[start:], b[start:])
	if ends := float64(start+end) / float64(longer); ends >= alike {
		return ends
	}
	// Of the lowest hashes of both, how many do both have?
	i, j, all, both := 0, 0, 0, 0
	for i < len(s.lowest) && j < len(t.lowest) && all < mostPieces {
		switch x, y := s.lowest[i], t.lowest[j]; {
		case x == y:
			i, j, both = i+1, j+1, both+1
		case x < y:
			i++
		default:
			j++
		}
		all++
	}
	if all < mostPieces {
		all += len(s.lowest) - i + len(t.lowest) - j
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(both) / float64(all+both)
}

// prefix returns how many bytes at the start of a and b are equal.
func prefix(a, b []byte) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// suffix returns how many bytes at the end of a and b are equal.
func suffix(a, b []byte) (n int) {
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}
