package compare

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// longest returns the length of a longest common subsequence, computed as the textbook does.
func longest(a, b []uint64) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		before := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			before = above
		}
	}
	return row[len(b)]
}

// kept returns the elements that have a partner.
func kept(a []uint64, gone []bool) (list []uint64) {
	for i, g := range gone {
		if !g {
			list = append(list, a[i])
		}
	}
	return list
}

// sequence returns n elements out of a few.
func sequence(r *rand.Rand, n, kinds int) (list []uint64) {
	for range n {
		list = append(list, uint64(r.IntN(kinds)))
	}
	return list
}

// What is left of both sequences is equal, and no common subsequence is longer.
func TestAlign(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		kinds := 1 + r.IntN(12)
		a, b := sequence(r, r.IntN(40), kinds), sequence(r, r.IntN(40), kinds)
		goneA, goneB := align(a, b, 500)
		left := kept(a, goneA)
		if !slices.Equal(left, kept(b, goneB)) || len(left) != longest(a, b) {
			t.Fatalf("%v and %v: %v and %v are left, want %d", a, b, left, kept(b, goneB), longest(a, b))
		}
	}
}

// Sequences that differ in more places than are tried get a common subsequence too.
func TestAlignMuch(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for _, kinds := range []int{2, 50, 3000} {
		a, b := sequence(r, 3000, kinds), sequence(r, 2500, kinds)
		goneA, goneB := align(a, b, 500)
		if left := kept(a, goneA); !slices.Equal(left, kept(b, goneB)) || len(left) == 0 {
			t.Errorf("%d kinds: %d and %d are left", kinds, len(left), len(kept(b, goneB)))
		}
	}
}
