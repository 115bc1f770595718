package capture

import (
	"fmt"
	"strconv"
)

// A dump puts the rows of one stream in order. A row waits for the offset of the next:
// that tells how often it is repeated, and how much of it are bytes.
type dump struct {
	queue  *queue
	little bool // xxd's groups are little-endian numbers

	bases []int  // that offsets may be counted in, the likeliest first
	at    string // digits of last's offset
	begun bool
	last  []byte // the row that waits
	word  int    // bytes of its numbers: so many may be padding
	star  bool   // last is repeated
	more  int64  // bytes that were left out behind last

	repeated []byte
	again    int64 // how often repeated is to be written, before anything else
	lost     int64 // before what is written next

	bytes, gaps int64
}

// take takes a row. Its error is a *SyntaxError without its line. A row that was cut is
// no error: what can't be taken of it is left out.
func (d *dump) take(r *row) error {
	err := d.accept(r)
	if r.cut && r.kind != rowBad {
		return nil
	}
	return err
}

func (d *dump) accept(r *row) error {
	switch {
	case r.kind == rowBad:
		return &SyntaxError{Detail: r.why}
	case r.stray:
		return &SyntaxError{Detail: "neither an offset nor bytes"}
	}
	switch r.kind {
	case rowRepeat:
		if !d.begun || d.star {
			return &SyntaxError{Detail: "a * with no row before it"}
		}
		d.star = true
	case rowMore:
		d.more += r.more
	case rowBytes, rowEnd:
		return d.row(r)
	}
	return nil
}

func (d *dump) row(r *row) error {
	if len(r.offset) > 0 && len(d.bases) > 0 {
		if err := d.follow(r); err != nil {
			return err
		}
	} else {
		d.settle(int64(len(d.last)))
		if d.star {
			d.star, d.lost = false, -1
		}
		d.bases = nil
		if len(r.offset) > 0 {
			d.at, d.bases = string(r.offset), r.bases()
		}
	}
	d.last, d.word, d.begun = append(d.last[:0], r.data...), r.word, true
	if d.little && r.swapped != nil {
		copy(d.last, r.swapped)
	}
	return nil
}

// follow judges the offset of a row by the one before.
func (d *dump) follow(r *row) error {
	n := int64(len(d.last))
	if len(d.bases) > 1 {
		var fit []int
		for _, base := range d.bases {
			if step, ok := offsetStep(d.at, r.offset, base); ok && fits(step, n, d.star, d.word) {
				fit = append(fit, base)
			}
		}
		if len(fit) > 0 {
			d.bases = fit
		}
	}
	step, ok := offsetStep(d.at, r.offset, d.bases[0])
	switch {
	case !ok:
		return &SyntaxError{Detail: fmt.Sprintf("%s is no offset here", r.offset)}
	case d.star && (n == 0 || step <= 0 || step%n != 0):
		return &SyntaxError{Detail: fmt.Sprintf("a * for %d bytes, which is no number of rows", step-n)}
	case d.star:
		d.repeated, d.again, d.star = append(d.repeated[:0], d.last...), step/n, false
	case step == n:
		d.settle(n)
	case r.kind == rowEnd && step < n && !fits(step, n, false, d.word):
		return &SyntaxError{Detail: fmt.Sprintf("%s ends the row before it too early", r.offset)}
	case r.kind == rowEnd && step < n:
		d.settle(step)
	default:
		d.settle(n)
		if d.lost = step - n; step < n {
			d.lost = -1 // it goes back: nobody knows over what
		}
	}
	d.at, d.more = string(r.offset), 0
	return nil
}

// bases are those that offsets like this may be counted in: od counts in eights or in
// tens, others in sixteens.
func (r *row) bases() []int {
	if r.octal {
		return []int{8, 10, 16}
	}
	return []int{16, 10, 8}
}

// offsetStep is how far second is behind first in a base.
func offsetStep(first string, second []byte, base int) (step int64, ok bool) {
	a, err1 := strconv.ParseInt(first, base, 62)
	b, err2 := strconv.ParseInt(string(second), base, 62)
	return b - a, err1 == nil && err2 == nil
}

// fits says whether the offset behind a row of n bytes may be step further: a multiple
// behind a star, less if the last number is padded.
func fits(step, n int64, star bool, word int) bool {
	return n > 0 && (step == n || star && step > n && step%n == 0 || step > 0 && step < n && step > n-int64(word))
}

// settle writes the row that waits, cut to n bytes.
func (d *dump) settle(n int64) {
	d.write(d.last[:n])
	d.last = d.last[:0]
}

func (d *dump) write(b []byte) {
	if len(b) == 0 {
		return
	}
	if d.lost != 0 {
		d.gaps++
	}
	d.bytes += int64(len(b))
	d.queue.add(d.lost, b, 0)
	d.lost = 0
}

// pump writes repeated rows, not too many at a time. It says whether there are more;
// until there are none, no row may be taken. Where bytes are only counted it takes no
// time.
func (d *dump) writeRepeats() bool {
	n := int64(len(d.repeated))
	if d.again > 1 && d.queue.closed {
		d.bytes += (d.again - 1) * n
		d.again = 1
	}
	for k := int64(0); d.again > 0 && k < 64<<10; k += n {
		d.write(d.repeated)
		d.again--
	}
	return d.again > 0
}

// end writes what waits when nothing follows.
func (d *dump) end() {
	d.settle(int64(len(d.last)))
	switch {
	case d.lost != 0:
	case d.star:
		d.lost = -1
	default:
		d.lost = d.more
	}
	d.star, d.more = false, 0
	if d.lost != 0 {
		d.gaps++
		d.queue.add(d.lost, nil, 0)
		d.lost = 0
	}
}
