package detect

import (
	"bytes"
	"slices"
)

// words weighs the words with which the frame begins, or each of its lines, if all of the row begin so. It is
// not ok if it begins otherwise.
func (w *weigher) words(p *part) (ok bool) {
	traits := w.kind.Details().Traits()
	if len(traits.Words) == 0 || p.cut || w.shared(p) {
		return true
	}
	b, at := w.d.b[p.at:p.end], p.at
	for len(b) > 0 {
		line := b
		if i := bytes.IndexAny(b, "\r\n"); traits.Lines && i >= 0 {
			line = b[:i]
		}
		if len(line) > 0 && !w.word(traits.Words, line, at) {
			return false
		}
		n := min(len(line)+1, len(b))
		if b, at = b[n:], at+n; !traits.Lines {
			break
		}
	}
	return true
}

// word weighs the word with which the bytes at an offset begin.
func (w *weigher) word(words []string, line []byte, at int) (ok bool) {
	i := slices.IndexFunc(words, func(word string) bool { return bytes.HasPrefix(line, []byte(word)) })
	if i < 0 {
		return false
	}
	price := 0.0
	for j := range words[i] {
		price += min(w.d.usual(words[i][j]), w.d.noise.low(at+j, at+j+1)+8*doubt)
	}
	w.sum += price - w.column(wordColumn).cost(uint64(i), float64(len(words)))
	return true
}

// wordColumn is the key of the column of words.
const wordColumn = -1000
