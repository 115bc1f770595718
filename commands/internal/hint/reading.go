package hint

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"framecat/commands/internal/report"
)

// A Reading is a way to explain a number that was taken for a length.
type Reading struct {
	Number Number
	Added  int    // what the program that printed it added to the length
	Bytes  []byte // what was taken for the length, in the order in which it was sent; nil if that does not matter
	Little bool   // it was read little-endian
	Is     string // what the bytes are: text in quotes, a length; "" if Means is enough
	Means  string // what that shows, and what happened

	score float64 // the evidence in bits, less what it takes to believe
	about string  // of several readings with this, the best counts
	text  bool    // it is text, and nothing that is known
	odd   bool    // what was added is unusual
}

// convincing is the evidence, in bits, that a number needs. Without a limit all numbers have a
// story: a random one has this much by chance once in 4,000 times.
const convincing = 12

// enoughText is the evidence, in bits, that a number needs which is text as it is. It is less than for the rest:
// text is what numbers are most often, and no adjustment is tried.
const enoughText = 1

// A text that has so many bits less than the best one is a rival still: it is read in the other byte order, or less than
// what was added to the length.
const (
	rivalOrder  = 10
	rivalLength = 4
)

// Explain returns the readings of a number, the best first. It returns nil if nothing explains it.
func Explain(n Number) (all []Reading) {
	for _, f := range n.fields() {
		for _, r := range f.readings() {
			r.odd = f.odd()
			if r.score -= f.cost(); r.score >= convincing || r.text && !r.odd && r.Added >= 0 && r.score > 0 {
				r.Means += f.adjusted()
				all = append(all, r)
			}
		}
	}
	if asIs := func(r Reading) bool { return r.Added == 0 }; slices.ContainsFunc(all, asIs) {
		// With so many adjustments, one of them often makes a better word of a text.
		all = slices.DeleteFunc(all, func(r Reading) bool { return r.text && r.odd })
	}
	if !slices.ContainsFunc(all, func(r Reading) bool { return r.score >= convincing || r.Added == 0 && r.score >= enoughText }) {
		all = nil
	}
	all = append(all, n.special()...)
	slices.SortStableFunc(all, byScore)
	seen := []string{}
	all = slices.DeleteFunc(slices.Clone(all), func(r Reading) bool {
		// What has half the evidence of another is no rival, nor is what needs an adjustment, or an unusual
		// one, if the best does not.
		adjusted, poor := r.Added != 0 && all[0].Added == 0, r.score < all[0].score/2
		if less := all[0].score - r.score; r.text && all[0].text {
			adjusted, poor = adjusted && less > rivalLength, less > rivalOrder
		}
		known := slices.Contains(seen, r.about) || poor || adjusted || r.odd && !all[0].odd
		seen = append(seen, r.about)
		return known
	})
	for i := range all {
		all[i].Number = n
	}
	return all
}

// byScore orders readings, the best first.
func byScore(a, b Reading) int { return cmp.Compare(b.score, a.score) }

// Line describes the number in one line.
func (r Reading) Line() string {
	n, is := r.Number.String(), r.Is
	if r.Bytes != nil {
		is = strings.TrimSuffix(fmt.Sprintf("% x: %s", r.Bytes, r.Is), ": ")
	}
	if r.Added == 0 {
		return n + " is " + is
	}
	held, sign := r.Number.show(r.Number.bits-uint64(r.Added)), "+"
	if r.Added < 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s = %s %s %d, and %s is %s", n, held, sign, max(r.Added, -r.Added), held, is)
}

// readings are what the bytes of the field may be.
func (f field) readings() (all []Reading) {
	add := func(score float64, about, is, means string) {
		all = append(all, Reading{Added: f.added, Bytes: f.wire, Little: f.little, Is: is, Means: means, score: score, about: about})
	}
	known, text := false, len(f.wire) >= 4 && isASCII(f.wire)
	for _, list := range [][]opening{ofFramings(), protocols, methods, files} {
		for i := range list {
			o := &list[i]
			if score := o.evidence(f.wire); score > 0 {
				known = true
				add(score, o.Means, quoted(f.wire), f.expected(o))
			} else if at := o.part(f, text); at > 0 {
				known = true
				whole := strings.TrimSpace(o.Start + o.More)
				add(float64(8*len(f.wire)-4-at), "part "+string(f.wire), fmt.Sprintf("%q, from byte %d of %q", f.wire, at, whole),
					f.expected(o)+"; "+late(at))
			}
		}
	}
	if at := lateJSON(f.wire); at > 0 && f.added == 0 {
		add(16, "late JSON", fmt.Sprintf("%q after %s", f.wire[at:], report.Count(int64(at), "byte")),
			"the peer writes JSON, and "+report.Count(int64(at), "byte")+" before it, where "+f.name()+" is expected")
	}
	if startsJSON(f.wire) {
		known = true
		add(19, "JSON", fmt.Sprintf("%q", f.wire), "the peer writes JSON where "+f.name()+" is expected")
	}
	score := textEvidence(f.wire)
	if f.added == 0 { // with an adjustment, drawings would be better than prose
		score = max(score, drawing(string(f.wire)))
	}
	if score > 0 && !known && (!f.odd() || f.array()) {
		means := "text is where " + f.name() + " is expected: the peer sends text, or a program or a start-up file of a shell prints into the stream"
		if padded(string(f.wire)) && !allOf(f.wire, isDigit) {
			means = fmt.Sprintf("hex digits are where %s is expected: the length is written in hex digits, or this is text", f.name())
		} else if allOf(f.wire, isDigit) {
			means = fmt.Sprintf("digits are where %s is expected: the length is written in digits (-f ascii:size=%d), or this is text", f.name(), len(f.wire))
		}
		if f.little {
			score-- // most lengths that are reported are big-endian
		}
		add(score, "text "+string(f.wire), fmt.Sprintf("%q", f.wire), means)
		all[len(all)-1].text = true
	}
	if at, line := requestPart(f.wire); at > 0 && !known {
		add(float64(17-at), "request", fmt.Sprintf("%q, from byte %d of %q", f.wire, at, line),
			"the peer speaks HTTP to a port that expects "+f.name()+"; "+late(at))
	}
	f.shapes(add)
	f.fits(add)
	if !f.odd() && f.added >= 0 {
		f.lengths(add)
	}
	if f.added == 0 {
		f.values(add)
	}
	return all
}

// late describes a length that is read after other bytes of what comes before it.
func late(at int) string {
	return "the length is read " + report.Count(int64(at), "byte") + " late: a shorter header comes before it, or the reader is out of step"
}

// requestPart returns where in the first line of an HTTP request with any path b begins, and as much
// of that line as is known. A part with less than " /" and two bytes of the path proves nothing.
func requestPart(b []byte) (at int, line string) {
	if len(b) != 4 || !isASCII(b) {
		return 0, ""
	}
	for _, method := range []string{"GET", "POST", "PUT", "HEAD", "DELETE", "PATCH"} {
		line = method + " /"
		for at = len(line) - 3; at < len(line)-1; at++ {
			path, ok := strings.CutPrefix(string(b), line[at:])
			if ok && allOf([]byte(path), func(c byte) bool { return isAlnum(c) || strings.IndexByte("-_.~%?", c) >= 0 }) {
				return at, line + path
			}
		}
	}
	return 0, ""
}

// evidence returns how many bits of b show the opening, if b begins with it, or is the start of it.
func (o *opening) evidence(b []byte) float64 {
	n := min(len(o.Start), len(b))
	switch {
	case b[0] != o.Start[0]: // most are not
		return 0
	case n < 2 || string(b[:n]) != o.Start[:n] || n == len(o.Start) && !o.begins(b):
		return 0
	case n < len(o.Start) && (strings.Contains(o.Start[:n], "\x00") || n == 2 && b[0] >= ' ' && !isASCII(b)):
		return 0 // small numbers are like that
	case o.Spec == "tls" && len(b) > 3 && b[3] > 0x48:
		return 0 // no record is so long
	}
	score := float64(8 * n)
	switch rest := string(b[n:]); {
	case rest == "":
	case strings.HasPrefix(o.More, rest):
		score += float64(8 * len(rest))
	case o.Next != "":
		score += 8 - math.Log2(float64(len(o.Next)))
	}
	if o.Spec == "tls" && len(b) > 3 && strings.IndexByte("\x00\x01\x02\x05\x06\x07", b[3]) >= 0 {
		score += 5 // the first record is not longer than 767 bytes, or it has a key that is large
	}
	return score
}

// part returns where in the opening the bytes of f are, if that is soon after its start. Later on, a text
// has words that others have too. What is no text must begin in Start: small numbers are in many headers.
func (o *opening) part(f field, text bool) int {
	most := 4
	if !text {
		most = len(o.Start) - 1
	}
	if o.More == "" || len(f.wire) < 4 || !text && (f.little || strings.IndexByte(o.Start, f.wire[0]) < 1) {
		return 0
	}
	if at := strings.Index(o.Start+o.More, string(f.wire)); at > 0 && at <= most {
		return at
	}
	return 0
}

// expected describes what happens if an opening comes where the length field is.
func (f field) expected(o *opening) string {
	does, isPeer := strings.CutPrefix(o.Means, "the peer ")
	switch {
	case isPeer && o.Server:
		return "the server " + does + " to a client that expects " + f.name() + "; check the address and port that the client uses"
	case isPeer:
		return o.Means + o.Or + " to a port that expects " + f.name()
	}
	advice := ""
	if o.Spec == "tls" {
		advice = "; turn on TLS on both sides, or on neither"
	}
	return o.Means + "; " + f.name() + " is expected" + advice
}

// lengths adds the readings in which the field holds a length in another form.
func (f field) lengths(add func(score float64, about, is, means string)) {
	v, other := f.value(f.little), f.value(!f.little)
	size := len(f.wire)
	if size == 2 && !f.little && f.added == 0 && f.wire[1] == 0 && !roundPages(f.wire[0]) {
		add(convincing, "order", fmt.Sprintf("%d in the other byte order", other),
			"one side writes the length little-endian, and the other side reads it big-endian, or the reverse (-f u16le and -f u16be); or the length is read 1 byte late")
	}
	if high := v >> 16; size == 4 && !f.little && f.added == 0 && v<<48 == 0 && high>>bits.TrailingZeros64(high|1<<63) > 15 && high < 1<<12 && exactSize(v) == "" {
		add(14, "short", fmt.Sprintf("%d in 2 bytes, and then zeros", high), "a 2-byte length and the 2 bytes after it are read as a 4-byte length (-f u16be), or the length is read 2 bytes early")
	}
	if size < 4 || v < 1<<24 { // it is plausible as it is
		return
	}
	if n := max(8, (bits.Len64(other)+7)/8*8); other > 0 && other < 1<<16 && (other < 256 || exactSize(v) == "") {
		add(float64(8*size-n), "order", fmt.Sprintf("%d in the other byte order", other),
			fmt.Sprintf("one side writes the length little-endian, and the other side reads it big-endian, or the reverse; -f u%dle and -f u%dbe are these orders", 8*size, 8*size))
	}
	if size != 4 || f.little {
		return
	}
	if isPrintable(f.wire[0]) && (isPrintable(f.wire[1]) || f.wire[1] == '\n') && v<<48>>48 == 0 {
		// This is before the other byte order: few first messages are of 8 KiB or more.
		add(17, "text early", fmt.Sprintf("%q, and then zeros", f.wire[:2]), "text is where "+f.name()+" is expected, or the length is read 2 bytes early: the end of a text comes before it")
	}
	switch first, rest := f.wire[0], v&(1<<24-1); {
	case rest == 0:
		add(21, "early", fmt.Sprintf("the byte %02x, and then zeros", first),
			"the length is read 1 byte early: a type, status or flag comes before a big-endian length below 256")
	case rest < 1<<12 && first&(first-1) != 0: // sizes such as 32 MiB and a few bytes are common
		add(12, "early", fmt.Sprintf("the byte %02x, and then %d in 3 bytes", first, rest),
			"a type or flag comes before a 3-byte length, or the first byte is damaged")
	}
}

// roundPages reports whether so many times 256 bytes is the size of a buffer or a packet, such as 1536:
// real lengths are often like that, or round in decimal digits, such as 19200.
func roundPages(n byte) bool { return n%4 == 0 || n>>bits.TrailingZeros8(n) < 8 || n%25 == 0 }

// quoted shows bytes as text, or "" if they are none.
func quoted(b []byte) string {
	if isASCII(b) {
		return fmt.Sprintf("%q", b)
	}
	return ""
}
