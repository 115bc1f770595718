package probe

import (
	"slices"

	"framecat/commands/internal/compare"
)

// Some peers send messages on their own, such as heartbeats. They are no replies: what comes on a connection
// on which nothing is sent is left out from then on. A peer is asked for them only if more came than
// was expected, or something else.

// unasked are the messages that a peer sends on its own.
type unasked struct {
	compare *compare.Comparer
	keys    map[string]bool
}

// has reports whether a message is one of them.
func (u *unasked) has(m Reply) bool { return u != nil && u.keys[string(u.compare.Key(m))] }

// without returns the replies that are none of them, and corrects how many there were each time.
func (u *unasked) without(replies []Reply, after []int) (kept []Reply, counts []int) {
	counts = slices.Clone(after)
	for i, m := range replies {
		if !u.has(m) {
			kept = append(kept, m)
			continue
		}
		for k, n := range after {
			if n > i {
				counts[k]--
			}
		}
	}
	return kept, counts
}
