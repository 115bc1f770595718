package detect

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"framecat/framing"
)

// marks looks for delimiters that are no row of the table, and for frames of one size.
func (d *detector) marks() {
	for _, mark := range d.tokens() {
		if !chosen(mark) || !d.rare(mark) {
			continue
		}
		if f, err := framing.Parse(fmt.Sprintf("delim:0x%x", mark)); err == nil {
			d.row(hypothesis{spec: f.String(), kind: framing.Lookup(f.String()), framing: f, prior: tokenPrior, token: true}, 0)
		}
	}
	d.fixed()
}

// tokenPrior is what naming a delimiter costs that was found in the stream: a string that comes
// often may be part of what the stream holds.
const tokenPrior = 20

// tokens are strings that come far more often than their bytes would by chance, each
// with all neighbouring bytes that are the same at most of its places.
func (d *detector) tokens() (out []string) {
	b := d.b
	var single [256]float64
	pairs := make([]int32, 1<<16)
	for i, c := range b {
		single[c]++
		if i > 0 && c != b[i-1] {
			pairs[int(b[i-1])<<8|int(c)]++
		}
	}
	type pair struct {
		at     int
		excess float64
	}
	var best []pair
	for i, n := range pairs {
		if expect := single[i>>8] * single[i&255] / float64(len(b)); n >= 6 && float64(n) > 4*expect {
			best = append(best, pair{i, float64(n) * math.Log2(float64(n)/expect)})
		}
	}
	slices.SortFunc(best, func(x, y pair) int { return int(y.excess - x.excess) })
	for _, p := range best {
		x, y := byte(p.at>>8), byte(p.at)
		if slices.ContainsFunc(out, func(t string) bool { return strings.Contains(t, string([]byte{x, y})) }) {
			continue
		}
		if out = append(out, d.grown(x, y)); len(out) == 12 {
			break
		}
	}
	return out
}

// grown is the pair x y with the bytes before and after it that nearly all its
// places share.
func (d *detector) grown(x, y byte) string {
	b := d.b
	var at []int
	for i := 1; i < len(b) && len(at) < 256; i++ {
		if b[i-1] == x && b[i] == y {
			at = append(at, i-1)
		}
	}
	from, to := 0, 2
	for _, step := range []int{1, -1} {
		for to-from < 4*longMark {
			var count [256]int
			next := to
			if step < 0 {
				next = from - 1
			}
			for _, i := range at {
				if i+next >= 0 && i+next < len(b) {
					count[b[i+next]]++
				}
			}
			if 10*slices.Max(count[:]) < 9*len(at) {
				break
			}
			if step < 0 {
				from--
			} else {
				to++
			}
		}
	}
	i := len(at) / 2
	for at[i]+from < 0 || at[i]+to > len(b) {
		i = (i + 1) % len(at)
	}
	return string(b[at[i]+from : at[i]+to])
}

// chosen reports whether mark looks as if someone chose it for a delimiter: words and
// numbers are repeated for other reasons.
func chosen(mark string) bool {
	return len(mark) >= 3 && len(mark) < longMark && !plainText([]byte(mark)) && !strings.Contains(mark, "\x00")
}

const longMark = 8

// rare reports whether a mark takes far more bits to write by chance than to say where the
// next one comes.
func (d *detector) rare(mark string) bool {
	bits := -math.Log2(float64(len(d.b)) / float64(bytes.Count(d.b, []byte(mark))))
	for i := range len(mark) {
		bits += math.Log2(float64(len(d.b)) / float64(bytes.Count(d.b, []byte{mark[i]})))
	}
	return bits >= 14
}

// fixed looks for a size of frames of which some bytes are always the same.
func (d *detector) fixed() {
	b := d.b[:min(len(d.b), 4<<10)]
	best, most := 0, 0.0
	for size := 2; size <= min(512, len(b)/4); size++ {
		same := 0
		for i := size; i < len(b); i++ {
			if b[i] == b[i-size] {
				same++
			}
		}
		if share := float64(same) / float64(len(b)-size); share > most*1.1 {
			best, most = size, share
		}
	}
	if best == 0 {
		return
	}
	b = d.b
	most = d.recordBits(0, best)
	for size := best / 2; size > 1; size-- { // each record may be several
		if best%size == 0 {
			if bits := d.recordBits(0, size); bits >= 0.8*most {
				best, most = size, bits
			}
		}
	}
	frames := len(b) / best
	c := chain{bits: d.records(0, best), loose: true}
	for i := range frames {
		c.add((i + 1) * best)
	}
	if d.ended && c.end < len(b) {
		c.bits -= tokenLeft
	}
	d.keep(c, fmt.Sprintf("fixed:%d", best), 12)
}

// records returns the evidence, in bits, that the stream is made of records of one size from
// start on: some of their bytes are alike, or count.
func (d *detector) records(start, size int) float64 {
	key := [2]int{start, size}
	bits, ok := d.recorded[key]
	if !ok {
		if d.recorded == nil {
			d.recorded = map[[2]int]float64{}
		}
		bits = soft(d.recordBits(start, size), len(d.b))
		d.recorded[key] = bits
	}
	return bits
}

func (d *detector) recordBits(start, size int) (sum float64) {
	columns := make([]column, size)
	for i := start; i < len(d.b); i++ {
		d.habit(&columns[(i-start)%size], i, i+1)
	}
	for i := range columns {
		sum += max(0, columns[i].sum-2)
	}
	return sum
}
