package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"framecat/framing"
)

// checked adds the checksum of a framing to its spec, if all of its frames have one: which, what
// it covers, and whether the length counts it. Each one that is right is evidence.
func (d *detector) checked(f *found) {
	records := f.run == f.frames // these are found as such
	if f.frames < minChecked || f.bits <= 0 && (!d.exact(f) || records) || strings.Contains(f.spec, "crc=") {
		return
	}
	bits, spec := 0.0, ""
	short := d.shortest(f)
	likely := d.likelySums(f, short)
	for _, s := range f.sums() {
		for _, name := range sumNames() {
			for from := -1; from < s.header; from++ {
				if f.rule != nil && !likely[sumPlace{name, (from + s.header + 1) % (s.header + 1)}] {
					continue
				}
				arg := "crc=" + name + s.args
				if from >= 0 {
					arg += fmt.Sprintf(",crc-from=%d", from)
				}
				sum, err := framing.Parse(withKey(s.spec, arg))
				if err != nil {
					continue
				}
				e, ok := sum.(framing.Escaper)
				if !ok || !d.sumsFit(sum, e, short) {
					continue
				}
				if got := d.sumsHold(sum, e, f.start); got > bits {
					bits, spec = got, sum.String()
				}
			}
		}
	}
	if bits -= sumPrior; bits > 0 {
		f.spec = spec
		f.bits += bits
		f.synced = true
	}
}

// checkExact looks for checksums in frames that fill the stream and prove little else: a length of one
// byte always fits somehow.
func (d *detector) checkExact() {
	best := map[uint64]*found{} // by the places where frames end
	var order []*found
	for i := range d.found {
		f := &d.found[i]
		if !d.exact(f) {
			continue
		}
		if b := best[f.hash]; b == nil {
			order = append(order, f)
			best[f.hash] = f
		} else if f.bits > b.bits {
			best[f.hash] = f
		}
	}
	for _, f := range order[:min(len(order), maxExact)] {
		if f = best[f.hash]; f.rule != nil && f.bits < MinBits {
			d.checked(f)
		}
	}
}

const (
	maxExact   = 8
	minChecked = 3  // frames that must have a checksum
	sumPrior   = 10 // what naming a checksum costs
	maxChecked = 64 // frames whose checksum is computed

	sumBudget = 4 << 20 // bytes of which checksums are tried
)

// A sumForm is how frames of a rule may carry a checksum.
type sumForm struct {
	spec   string
	args   string
	header int // bytes of the header, at any of which the coverage may begin
}

// sums are the ways in which frames of f may carry a checksum: as the last bytes of the payload,
// or after it, where the length does not count them.
func (f *found) sums() (forms []sumForm) {
	r := f.rule
	if r == nil {
		return []sumForm{{spec: f.spec}}
	}
	for _, size := range []int{1, 2, 4} {
		if after := r.adjust - size; after >= 0 {
			spec := r.name
			if r.offset > 0 {
				spec = withKey(spec, fmt.Sprintf("offset=%d", r.offset))
			}
			if after > 0 {
				spec = withKey(spec, fmt.Sprintf("header=%d,counts=payload", r.offset+r.size+after))
			}
			if f.magic != "" {
				spec = withKey(spec, fmt.Sprintf("magic=0x%x", f.magic))
			}
			forms = append(forms, sumForm{spec, ",crc-counted=no", r.offset + r.size + after})
		}
	}
	return append(forms, sumForm{f.spec, "", min(r.header, headBytes)})
}

// sumNames returns the names of all checksums, with both byte orders.
func sumNames() []string { return framing.Lookup("slip").Details().Checksums() }

// A sumPlace is a checksum in the last bytes of a frame, which covers those from an offset on.
type sumPlace struct {
	name string
	from int
}

// likelySums returns the checksums that these frames of a rule have, but for one of them.
func (d *detector) likelySums(f *found, short []part) map[sumPlace]bool {
	if f.rule == nil {
		return nil
	}
	details := framing.Lookup("slip").Details()
	count, likely := map[sumPlace]int{}, map[sumPlace]bool{}
	for _, p := range short {
		for from := 0; from <= min(f.rule.header, headBytes) && p.at+from < p.end && d.summed < sumBudget; from++ {
			d.summed += p.end - p.at
			for _, name := range details.Sums(d.b[p.at+from : p.end]) {
				at := sumPlace{name, from}
				if count[at]++; count[at] >= len(short)-1 {
					likely[at] = true
				}
			}
		}
	}
	return likely
}

// shortest returns those of the first frames whose checksums take the least time.
func (d *detector) shortest(f *found) []part {
	rule, err := framing.Parse(f.spec)
	if err != nil {
		return nil
	}
	parts, _ := d.walk(rule, f.start, "")
	parts = slices.Clone(parts[:min(len(parts), maxChecked)])
	parts = slices.DeleteFunc(parts, func(p part) bool { return p.cut })
	slices.SortStableFunc(parts, func(p, q part) int { return cmp.Compare(p.end-p.at, q.end-q.at) })
	return parts[:min(len(parts), minChecked)]
}

// sumsFit reports whether the checksums of these frames hold, but for one. It does not try when that
// takes too long.
func (d *detector) sumsFit(f framing.Framing, e framing.Escaper, frames []part) bool {
	wrong := 0
	for i := range frames {
		at := frames[i].at
		if d.summed > sumBudget {
			return false
		}
		x, err := d.scan(f, d.b[at:], &framing.Cursor{EOF: d.ended})
		if left := int64(len(d.b) - at - x.Header); err != nil || x.Skip > 0 || x.Body > left || x.Body+int64(x.Trailer) > left {
			return false
		}
		body := at + x.Header + int(x.Body)
		d.summed += body - at
		if d.out, err = e.Unescape(d.out[:0], d.b[at:at+x.Header], d.b[at+x.Header:body], d.b[body:body+x.Trailer]); err != nil {
			if wrong++; wrong > 1 {
				return false
			}
		}
	}
	return true
}

// sumsHold returns the evidence of the checksums of the frames from start on; 0 if some do not hold.
func (d *detector) sumsHold(f framing.Framing, e framing.Escaper, start int) (bits float64) {
	var c framing.Cursor
	var out []byte
	seen := map[string]bool{}
	tried, right := 0, 0
	for at := start; at < len(d.b) && tried < maxChecked; {
		c.Seen, c.Pending, c.EOF = 0, 0, d.ended
		x, err := d.scan(f, d.b[at:], &c)
		if err != nil {
			break
		}
		at += x.Skip
		header := at + x.Header
		if x.Body > int64(len(d.b)-header) || x.Body+int64(x.Trailer) > int64(len(d.b)-header) {
			break
		}
		body := header + int(x.Body)
		end := body + x.Trailer
		if end == at {
			break
		}
		tried++
		if out, err = e.Unescape(out[:0], d.b[at:header], d.b[header:body], d.b[body:end]); err == nil {
			right++
			if frame := string(d.b[at:end]); !seen[frame] { // the same frame has the same checksum
				seen[frame] = true
				bits += d.noise.low(end-min(x.Trailer, 4), end)
			}
		}
		if tried == minChecked && right < minChecked-1 || tried-right > 1+tried/10 {
			return 0
		}
		at = end
	}
	if len(seen) < minChecked-1 { // of the few frames that come again and again, some checksum holds
		return 0
	}
	return bits
}

// exact reports whether frames fill the stream from its start to its end.
func (d *detector) exact(f *found) bool {
	return f.start == 0 && f.end == len(d.b) && !f.broken && f.frames >= minExact
}
