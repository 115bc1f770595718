package detect

// Numbers in a row, of 2, 4 or 8 bytes, or records of some of them, are no frames, but some length field is always
// found among them: each has bytes like those of the number before.
//
//	00 00 01 10   00 00 01 2c   00 00 01 35   00 00 01 51
//	└─ the same   ^  ^  ^  └─── a little more than 4 bytes before

// table prices bytes that are numbers of size bytes in a row: by what was in that
// column so far, and by the step from the number before.
type table struct {
	values, steps [maxRecord][256]float64
	weight        [2]float64 // of the two, by how well they did of late
}

// next is the chance of b[i], which is one of size columns.
func (t *table) next(b []byte, i, size int) float64 {
	column, n := i%size, float64(i/size)
	step := b[i] - b[i-size]
	chance := func(seen float64) float64 { return (seen + 1.0/32) / (n + 8) }
	sum := 0.0
	sum, t.weight = mixed(t.weight, chance(t.values[column][b[i]]), chance(t.steps[column][step]))
	t.values[column][b[i]]++
	t.steps[column][step]++
	return sum
}

// tables prices b as numbers, of the size that describes it best; it is nil unless that is
// clearly shorter than the bits that near takes.
func tables(b []byte, near []float32) (best []float32) {
	least := sumOf(near) * tableGain
	for _, size := range []int{2, 4, 8, 16, maxRecord} {
		t := table{weight: [2]float64{0.5, 0.5}}
		price := make([]float32, len(b))
		sum := 0.0
		for i := range b {
			price[i] = near[i]
			if i >= size {
				price[i] = float32(-log2(t.next(b, i, size)))
			}
			sum += float64(price[i])
		}
		if sum < least {
			best, least = price, sum
		}
	}
	return best
}

// maxRecord is how many bytes the largest records have.
const maxRecord = 24

// tableGain is how much shorter the description as numbers must be to take a stream for
// numbers.
const tableGain = 0.9
