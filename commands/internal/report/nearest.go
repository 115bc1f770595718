package report

import (
	"slices"
	"strings"
)

// Nearest returns the word that is most like s. If no word is like it, that is the first word
// that begins with s, or else the first word that s begins with; "" if there is none. Case does
// not count.
func Nearest(s string, words []string) string {
	best, found := 3, ""
	if len(s) < 4 {
		best = 2
	}
	s = strings.ToLower(s)
	for _, w := range words {
		if d := edits(s, strings.ToLower(w)); d < best && 2*d < max(len(s), len(w)) {
			best, found = d, w
		}
	}
	if found != "" || len(s) < 2 {
		return found
	}
	begins := func(w string) bool { return strings.HasPrefix(strings.ToLower(w), s) }
	begun := func(w string) bool { return len(w) > 1 && strings.HasPrefix(s, strings.ToLower(w)) }
	i := slices.IndexFunc(words, begins)
	if i < 0 {
		i = slices.IndexFunc(words, begun)
	}
	if i < 0 {
		return ""
	}
	return words[i]
}

// edits returns how many edits turn a into b. The exchange of two neighbours is one edit: this
// is the optimal string alignment distance.
func edits(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			if i == 0 || j == 0 {
				rows[i][j] = i + j
				continue
			}
			d := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				d++
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = min(d, rows[i-1][j]+1, rows[i][j-1]+1)
		}
	}
	return rows[len(a)][len(b)]
}
