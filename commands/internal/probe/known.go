package probe

import (
	"fmt"
	"slices"
	"strings"
)

// KnownIDs reads a list of cases that are known to fail: an ID on each line, in which * is any text. What
// comes after # is a comment.
func KnownIDs(text string) (ids []string, err error) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) > 1 {
			return nil, fmt.Errorf("line %d has %d words, expected one ID of a case", n, len(words))
		}
		ids = append(ids, words...)
	}
	return ids, nil
}

// Mended returns those of the known IDs that no case fails with any more, though such cases were judged.
func (s *Summary) Mended(known []string) (mended []string) {
	for _, id := range known {
		with := func(verdicts ...Verdict) bool {
			return slices.ContainsFunc(s.Results, func(r Result) bool { return slices.Contains(verdicts, r.Verdict) && matches(id, r.ID) })
		}
		if with(Pass, Info) && !with(Known, Inconclusive) {
			mended = append(mended, id)
		}
	}
	return mended
}
