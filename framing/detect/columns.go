package detect

// A column weighs the bytes at one place of all headers: a part of a sync word, a type, a counter.
// It counts only where such a byte is a habit: one that was there before, or one that is as much
// more than the last one as that was.
type column struct {
	n, hits, steps float64
	count          [256]uint16
	last, step     byte
	sum            float64
}

// weigh adds a byte that takes price bits as noise, and returns the evidence that it adds.
func (c *column) weigh(v byte, price float64) float64 {
	w, p := (c.hits+0.5)/(c.n+1), 0.0
	if c.count[v] > 0 {
		p = float64(c.count[v]) / c.n
		c.hits++
	}
	chance := w*p + (1-w)/256
	if step := v - c.last; c.n > 0 && step != 0 {
		if c.n > 1 && step == c.step {
			chance = max(chance, c.steps/c.n)
			c.steps++
		}
		c.step = step
	}
	c.last = v
	c.count[v]++
	c.n++
	was := max(0, c.sum)
	c.sum += price + log2(chance)
	return max(0, c.sum) - was
}

// constant returns the byte that all headers have here; it is not ok if they differ.
func (c *column) constant() (v byte, ok bool) {
	return c.last, c.n > 0 && float64(c.count[c.last]) == c.n
}

// habit weighs the byte at an offset in its column, if the frame, which ends at end, has it.
func (d *detector) habit(c *column, at, end int) float64 {
	if at >= end {
		return 0
	}
	return c.weigh(d.b[at], d.noise.low(at, at+1))
}
