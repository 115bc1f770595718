package detect

import (
	"fmt"
	"math"
	"strings"
)

// A rule is a hypothesis of the family length: where the field is and what it counts.
type rule struct {
	offset, size int
	little       bool
	adjust       int
	header       int
	name         string // the short name of size and byte order
	spec         string
	exotic       bool    // not tried from later starts
	prior        float64 // bits that naming it among all rules costs
}

// longerBy are headers that go on after the length field: mysql's sequence number, an
// HTTP/2 frame's type and stream, …
var longerBy = []int{1, 2, 3, 4, 5, 6, 7, 8, 12, 16}

// makeLengthRules makes the hypotheses that are tried, simple ones first. A rule costs more
// the further it is from the plain ones, which most protocols use.
func makeLengthRules() (rules []rule) {
	for offset := 0; offset <= 16; offset++ {
		for _, size := range []int{4, 2, 1, 3, 8} {
			for _, little := range []bool{false, true} {
				if size == 1 && little {
					continue
				}
				name := fmt.Sprintf("u%d", 8*size)
				if size > 1 {
					name += endian(little)
				}
				r := rule{offset: offset, size: size, little: little, prior: 3, name: name, spec: name}
				var args []string
				if offset > 0 {
					r.prior += 4
					args = append(args, fmt.Sprintf("offset=%d", offset))
				}
				add := func(adjust int, prior float64, more ...string) {
					v := r
					v.header = offset + size + max(0, adjust)
					v.adjust = adjust
					v.exotic = adjust > 0 || size == 1 && offset > 1
					v.prior += prior
					if all := append(args[:len(args):len(args)], more...); len(all) > 0 {
						v.spec += ":" + strings.Join(all, ",")
					}
					rules = append(rules, v)
				}
				add(0, 0)
				add(-offset-size, 1, "counts=frame")
				if offset > 0 {
					add(-size, 2, fmt.Sprintf("adjust=%d", -size))
				}
				for _, more := range longerBy {
					add(more, 6, fmt.Sprintf("header=%d", offset+size+more), "counts=payload")
				}
			}
		}
	}
	return rules
}

// value reads the field at the start of b.
func (r *rule) value(b []byte) (v uint64) {
	if r.little {
		for i := r.size - 1; i >= 0; i-- {
			v = v<<8 | uint64(b[i])
		}
		return v
	}
	for _, c := range b[:r.size] {
		v = v<<8 | uint64(c)
	}
	return v
}

// step is where the frame at at ends, which may be far beyond b. It is not ok if b does
// not show the field or no frame has its value.
func (r *rule) step(b []byte, at int) (end int, v uint64, ok bool) {
	head := at + r.offset + r.size
	if head > len(b) {
		return at, 0, false
	}
	v = r.value(b[head-r.size:])
	if v > math.MaxInt32/2 { // far beyond b, and the sum must fit an int of 32 bits
		return math.MaxInt, v, true
	}
	if int(v)+r.adjust < 0 {
		return at, v, false
	}
	return head + int(v) + r.adjust, v, true
}

// withKey returns a spec with one more argument.
func withKey(spec, arg string) string {
	if strings.Contains(spec, ":") {
		return spec + "," + arg
	}
	return spec + ":" + arg
}
