package capture

import (
	"fmt"
	"strconv"
)

// A dump turns the rows of one stream into bytes. It holds the last row until the offset of
// the next row is known. That offset shows how often the row is repeated, how many of its
// bytes are padding, and whether bytes are missing.
type dump struct {
	queue  *queue
	little bool // xxd's groups are little-endian numbers

	bases []int  // bases that offsets may be written in, the likeliest first
	at    string // digits of the offset of last
	begun bool   // there was a row
	last  []byte // the row that is held
	word  int    // bytes per number: so many may be padding
	star  bool   // last is repeated
	more  int64  // bytes that were left out after last

	most     int64 // bytes that stars may still stand for
	repeated []byte
	again    int64 // how often repeated must still be written, before other bytes
	lost     int64 // bytes missing before what is written next; -1 is unknown

	bytes, gaps int64
}

// take adds a row. Its error is a *SyntaxError without a line number. An incomplete last
// row is no error: the part that cannot be read is left out.
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
		return &SyntaxError{Detail: "expected an offset and bytes"}
	}
	switch r.kind {
	case rowRepeat:
		if !d.begun || d.star {
			return &SyntaxError{Detail: "a * without a row before it"}
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
		d.release(int64(len(d.last)))
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

// follow compares the offset of a row with the row before, and writes that row.
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
		return &SyntaxError{Detail: fmt.Sprintf("%s is not a valid offset", r.offset)}
	case d.star && (n == 0 || step <= 0 || step%n != 0):
		return &SyntaxError{Detail: fmt.Sprintf("the * covers %d bytes, which is not a whole number of rows", step-n)}
	case d.star && step-n > d.most:
		return &SyntaxError{Detail: fmt.Sprintf("the * stands for %d bytes, more than %d: to read so many, set --length", step-n, d.most)}
	case d.star:
		d.most -= step - n
		d.repeated, d.again, d.star = append(d.repeated[:0], d.last...), step/n, false
	case step == n:
		d.release(n)
	case r.kind == rowEnd && step < n && !fits(step, n, false, d.word):
		return &SyntaxError{Detail: fmt.Sprintf("the end offset %s is too small for the row before it", r.offset)}
	case r.kind == rowEnd && step < n:
		d.release(step)
	default:
		d.release(n)
		if d.lost = step - n; step < n {
			d.lost = -1 // the offset goes back, so the size of the gap is unknown
		}
	}
	d.at, d.more = string(r.offset), 0
	return nil
}

// bases returns the bases that the offset may be written in: od prints octal or decimal
// offsets, other programs print hexadecimal ones. The likeliest base comes first.
func (r *row) bases() []int {
	if r.octal {
		return []int{8, 10, 16}
	}
	return []int{16, 10, 8}
}

// offsetStep returns second minus first, both written in this base.
func offsetStep(first string, second []byte, base int) (step int64, ok bool) {
	a, err1 := strconv.ParseInt(first, base, 62)
	b, err2 := strconv.ParseInt(string(second), base, 62)
	return b - a, err1 == nil && err2 == nil
}

// fits reports whether the offset after a row of n bytes may be larger by step: by a
// multiple of n after a star, and by less than n if the last number is padded.
func fits(step, n int64, star bool, word int) bool {
	return n > 0 && (step == n || star && step > n && step%n == 0 || step > 0 && step < n && step > n-int64(word))
}

// release writes the first n bytes of the row that is held.
func (d *dump) release(n int64) {
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

// writeRepeats writes repeated rows, up to about 64 KiB of them. It reports whether there are
// more; call take only if there are none. If bytes are only counted, it takes no time.
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

// end writes the row that is held, as the last one.
func (d *dump) end() {
	d.release(int64(len(d.last)))
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
