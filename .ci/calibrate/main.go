// Calibrate compares the evidence that package detect claims with what is observed: over pieces of
// streams that hold no frames, a claim of B bits may be made in 10 of 2^B pieces.
//
//	go run ./.ci/calibrate [-n PIECES] [-layouts N] [-page DIR] [FILE...]
//
// It makes pieces of random, compressed, encrypted and text data, of tables of numbers and of
// pictures, and takes others from the files named: programs, databases. It prints how many pieces
// had a false claim of at least so many bits, and the share that there may be. Claims of lines in text, of
// strings that end in a zero in programs, of the records of .eh_frame, and of records of one size in
// tables and pictures, are right.
//
// With -layouts, it also draws so many protocols by lot, and prints how many are found in how many frames.
// With -page, it writes both into the page README.md of that directory, with a plot of each.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"framecat/framing"
	"framecat/framing/detect"
)

// levels are the bits at which claims are counted.
var levels = []float64{4, 8, 12, 16, 20, 24}

// A count is how many pieces of one kind had a false claim of at least the bits of a level.
type count struct {
	name   string
	pieces int
	wrong  [6]int
	right  int // claims of 24 bits or more that are right
}

func main() {
	pieces := flag.Int("n", 400, "pieces of each kind")
	drawn := flag.Int("layouts", 0, "protocols to draw by lot")
	page := flag.String("page", "", "a directory with a README.md to write to")
	flag.Parse()
	all := natures
	for _, name := range flag.Args() {
		n, err := ofFile(name)
		fail(err)
		all = append(all, n)
	}
	r := rand.New(rand.NewPCG(6, 24))
	total := count{name: "all"}
	var counts []count
	for _, n := range all {
		c := n.count(r, *pieces)
		for i, k := range c.wrong {
			total.wrong[i] += k
		}
		total.pieces += c.pieces
		total.right += c.right
		counts = append(counts, c)
	}
	counts = append(counts, total)
	text := table(counts)
	fmt.Print(text)
	var found []share
	if *drawn > 0 {
		var err error
		found, err = layouts(*drawn)
		fail(err)
		text += "\n" + shares(found)
		fmt.Print("\n" + shares(found))
	}
	if *page != "" {
		fail(write(*page, text, counts, found))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// count counts the false claims over so many pieces.
func (n *nature) count(r *rand.Rand, pieces int) count {
	c := count{name: n.name, pieces: pieces}
	for range pieces {
		b := n.make(r)[:size]
		got := detect.Detect(b, false)
		if len(got) == 0 || got[0].Frames == 0 {
			continue
		}
		if n.right(got[0], b) {
			if got[0].Bits >= detect.MinBits {
				c.right++
			}
			continue
		}
		for i, bits := range levels {
			if got[0].Bits >= bits {
				c.wrong[i]++
			}
		}
	}
	return c
}

// right reports whether a claim is no false one.
func (n *nature) right(c detect.Candidate, b []byte) bool {
	if slices.Contains([]string{"lines", "crlf", "any", "nul", "fixed"}, c.Entry.Name) {
		return true
	}
	if n.framed == nil {
		return false
	}
	f, err := framing.Parse(c.Spec)
	if err != nil {
		return false
	}
	var ends []int
	rd := framing.NewReader(bytes.NewReader(b[c.Start:]), f)
	for frame, err := range rd.Frames() {
		if err != nil {
			break
		}
		ends = append(ends, c.Start+int(frame.Offset+frame.Size))
	}
	return n.framed(ends)
}

// table prints the shares of pieces with a false claim.
func table(counts []count) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-24s %6s", "false claims", "pieces")
	for _, bits := range levels {
		fmt.Fprintf(&b, " %7.0f", bits)
	}
	fmt.Fprintf(&b, " bits or more   right, at 24\n")
	for _, c := range counts {
		fmt.Fprintf(&b, "%-24.24s %6d", c.name, c.pieces)
		for _, k := range c.wrong {
			fmt.Fprintf(&b, " %7.2g", float64(k)/float64(c.pieces))
		}
		fmt.Fprintf(&b, " %14s %d\n", "", c.right)
	}
	fmt.Fprintf(&b, "%-24s %6s", "at most, with 10 * 2^-B", "")
	for _, bits := range levels {
		fmt.Fprintf(&b, " %7.2g", bound(bits))
	}
	return b.String() + "\n"
}

// bound is the share of pieces that may have a false claim of so many bits.
func bound(bits float64) float64 { return min(1, 10*math.Exp2(-bits)) }
