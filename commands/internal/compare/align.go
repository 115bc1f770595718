package compare

// An aligner finds which elements of two sequences have no equal partner in the other. What is left
// is a common subsequence. It is a longest one if the elements that both sequences have differ in at most a number
// of places.
//
// It is the algorithm of Myers ("An O(ND) Difference Algorithm and Its Variations", 1986) in linear space: paths from
// both ends meet in the middle. Elements that only one sequence has are left out first, which makes it fast where
// much differs.
type aligner struct {
	a, b           []uint64
	placeA, placeB []int  // of the elements of a and b in the whole sequences
	goneA, goneB   []bool // of the whole sequences: the result
	forth, back    []int  // the furthest place in a on each diagonal, from either end
	most           int    // edits; beyond them, the path that has come furthest is taken
}

// align returns which elements of a, and of b, have no partner. Most bounds the time for sequences that differ
// everywhere: it grows with most and with the number of elements.
func align(a, b []uint64, most int) (goneA, goneB []bool) {
	x := &aligner{goneA: make([]bool, len(a)), goneB: make([]bool, len(b)), most: most}
	from, endA, endB := 0, len(a), len(b)
	for from < min(endA, endB) && a[from] == b[from] {
		from++
	}
	for endA > from && endB > from && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	x.a, x.placeA = common(a, b[from:endB], from, endA, x.goneA)
	x.b, x.placeB = common(b, a[from:endA], from, endB, x.goneB)
	diagonals := len(x.a) + len(x.b) + 3
	x.forth, x.back = make([]int, diagonals), make([]int, diagonals)
	x.compare(0, len(x.a), 0, len(x.b))
	return x.goneA, x.goneB
}

// common returns the elements of a[from:end] that others have too, with their places. The rest is gone.
func common(a, others []uint64, from, end int, gone []bool) (both []uint64, place []int) {
	var bytes [256]bool // a map is slow for the bytes of messages
	has := map[uint64]bool{}
	for _, h := range others {
		if h < 256 {
			bytes[h] = true
		} else {
			has[h] = true
		}
	}
	for i := from; i < end; i++ {
		if h := a[i]; h < 256 && bytes[h] || h >= 256 && has[h] {
			both, place = append(both, a[i]), append(place, i)
		} else {
			gone[i] = true
		}
	}
	return both, place
}

// compare aligns a[a0:a1] with b[b0:b1].
func (x *aligner) compare(a0, a1, b0, b1 int) {
	for {
		for a0 < a1 && b0 < b1 && x.a[a0] == x.b[b0] {
			a0, b0 = a0+1, b0+1
		}
		for a0 < a1 && b0 < b1 && x.a[a1-1] == x.b[b1-1] {
			a1, b1 = a1-1, b1-1
		}
		if a0 == a1 || b0 == b1 {
			for ; a0 < a1; a0++ {
				x.goneA[x.placeA[a0]] = true
			}
			for ; b0 < b1; b0++ {
				x.goneB[x.placeB[b0]] = true
			}
			return
		}
		i, j := x.middle(a0, a1, b0, b1)
		x.compare(a0, i, b0, j)
		a0, b0 = i, j
	}
}

// middle returns a place on a best path from (a0, b0) to (a1, b1), which differ at both ends. It is not one of
// these. With more than most edits, it is the place that paths from the start reach furthest.
//
//	    b0      b1
//	a0  + - - - +     A diagonal d has the places (i, j) with i - j = d: a step along it passes over
//	    |   \   |     equal elements. A step down or to the right is an edit.
//	a1  + - - - +
func (x *aligner) middle(a0, a1, b0, b1 int) (i, j int) {
	first, last := a0-b0, a1-b1 // the diagonals of both ends
	low, high := a0-b1, a1-b0   // of all places
	at := len(x.b) + 1          // the place of diagonal 0 in forth and back
	forth, back := x.forth, x.back
	odd := (first-last)&1 != 0
	forth[at+first], back[at+last] = a0, a1
	lowF, highF, lowB, highB := first, first, last, last
	for edits := 1; ; edits++ {
		// One more edit from the start, on each second diagonal. A diagonal that no path has reached yet is
		// further back than all places.
		if lowF > low {
			lowF--
			forth[at+lowF-1] = -1
		} else {
			lowF++
		}
		if highF < high {
			highF++
			forth[at+highF+1] = -1
		} else {
			highF--
		}
		for d := highF; d >= lowF; d -= 2 {
			i := max(forth[at+d-1]+1, forth[at+d+1])
			for j := i - d; i < a1 && j < b1 && x.a[i] == x.b[j]; j++ {
				i++
			}
			if forth[at+d] = i; odd && lowB <= d && d <= highB && back[at+d] <= i {
				return i, i - d
			}
		}
		// One more edit from the end.
		const far = int(^uint(0) >> 1)
		if lowB > low {
			lowB--
			back[at+lowB-1] = far
		} else {
			lowB++
		}
		if highB < high {
			highB++
			back[at+highB+1] = far
		} else {
			highB--
		}
		for d := highB; d >= lowB; d -= 2 {
			i := min(back[at+d-1], back[at+d+1]-1)
			for j := i - d; i > a0 && j > b0 && x.a[i-1] == x.b[j-1]; j-- {
				i--
			}
			if back[at+d] = i; !odd && lowF <= d && d <= highF && i <= forth[at+d] {
				return i, i - d
			}
		}
		if edits >= x.most {
			best := -1
			for d := highF; d >= lowF; d -= 2 {
				if at := min(forth[at+d], a1, b1+d); 2*at-d > best {
					best, i, j = 2*at-d, at, at-d
				}
			}
			return i, j
		}
	}
}
