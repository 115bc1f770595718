package hint

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"testing"
)

// What may follow in a text is never more than everything: random bytes are as seldom text as the evidence claims.
func TestRarity(t *testing.T) {
	t.Parallel()
	sum := func(row string) (p float64) {
		for _, digit := range []byte(row) {
			p += math.Exp2(-halves(digit))
		}
		return p
	}
	if len(kindAfter) != len(before)+2 {
		t.Errorf("got %d rows of kinds, want %d", len(kindAfter), len(before)+2)
	}
	for i, row := range kindAfter {
		most := 1.2
		if i == 1 || i == 2 { // after a letter, one for another letter and one for the end of the word
			most = 2.4
		}
		if p := sum(row); len(row) != len(kinds)+1 || p > most {
			t.Errorf("row %d of kinds: got %d columns with a sum of %.2f, want %d and at most %.2f", i, len(row), p, len(kinds)+1, most)
		}
	}
	for i, row := range letterFirst {
		if p := sum(row); len(row) != 26 || p > 1.2 {
			t.Errorf("row %d of first letters: got %d columns with a sum of %.2f, want 26 and at most 1.2", i, len(row), p)
		}
	}
	for group := range letterAfter {
		for i, row := range letterAfter[group] {
			if p := sum(row); len(row) != 27 || p > 1.2 {
				t.Errorf("row %d of the letters of group %d: got %d columns with a sum of %.2f, want 27 and at most 1.2", i, group, len(row), p)
			}
		}
	}
}

// The bytes of real text are recognised, in the order in which they are read.
func TestTextOfReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	right, all, last := 0, 0, ""
	for _, line := range bytes.Split(text, []byte("\n")) {
		if len(line) < 4 || !isASCII(line[:4]) || line[0] == ' ' || line[0] == '|' { // no program prints tables like these
			continue
		}
		n, _ := ParseNumber(fmt.Sprint(binary.BigEndian.Uint32(line)))
		all++
		if readings := Explain(n); len(readings) > 0 && readings[0].Added == 0 && bytes.Equal(readings[0].Bytes, line[:4]) {
			right++
		} else {
			last = string(line[:4])
		}
	}
	if all < 100 || right < all*85/100 {
		t.Errorf("of %d starts of lines, %d are recognised; the last other one is %q", all, right, last)
	}
	t.Logf("%d of %d", right, all)
}
