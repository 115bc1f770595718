package compare

import (
	"bytes"
	"hash/maphash"

	"framecat/framing"
)

// A Diff finds what is different in two streams of messages, from the first to the last. Messages that are equal in
// both streams are aligned: as many of them as possible.
//
// It needs little memory. What both streams have at the same place is read and forgotten. From a difference on, it
// reads ahead in both streams until most of the messages that it holds have a partner, and goes on from the last
// such pair:
//
//	old  a b c|d e f g h|          equal: a b c; the messages between the bars are held
//	new  a b c|d x y f g|h …       difference: e became x, y is new; goes on at h
//
// At most mostHeld messages of each stream, and mostBytes of them, are held. A run of messages that only one stream
// has, and that is longer than that, is found only as far as this reaches: what comes after it is not aligned.
type Diff struct {
	Old, New *Stream
	To       Sink
	Counts   Counts
	Headers  int64 // messages that changed only around their payload

	// Uncompared are the indexes of the first messages of Old and New that were not compared, as the other
	// stream could not be read; -1 if there are none.
	Uncompared [2]int64
}

// Counts count messages.
type Counts struct{ Equal, Changed, Removed, Added int64 }

// Differ reports whether there is a difference.
func (c *Counts) Differ() bool { return c.Changed+c.Removed+c.Added > 0 }

// A Sink takes what is equal and what is different, in the order of the streams. Messages are valid during a call.
// An error of it ends the Diff.
type Sink interface {
	Equal(n int64)
	Changed(old, new framing.Frame) error
	Removed(framing.Frame) error
	Added(framing.Frame) error
}

// firstHeld is how many messages are read ahead at first.
const firstHeld = 32

// mostEdits bounds the time to align two runs of messages: see align.
const mostEdits = 2000

// Run compares the streams. Its error is that of the Sink; Stream.Err has those of the streams.
func (d *Diff) Run() error {
	seed := maphash.MakeSeed()
	d.Old.seed, d.New.seed = seed, seed
	d.Old.alone = d.Old.Comparer.framing.String() != d.New.Comparer.framing.String()
	d.New.alone = d.Old.alone
	d.Uncompared = [2]int64{-1, -1}
	for {
		if n := d.common(); n > 0 {
			d.equal(n)
		}
		if done, err := d.differences(); done || err != nil {
			return err
		}
	}
}

func (d *Diff) equal(n int64) {
	d.Counts.Equal += n
	d.To.Equal(n)
}

// common passes over messages that are equal, and returns how many there are.
func (d *Diff) common() (n int64) {
	a, b := d.Old, d.New
	for {
		if len(a.held)+len(b.held) == 0 && !a.alone && a.load() && b.load() { // the usual case: most streams differ little
			for a.at < len(a.batch.Frames) && b.at < len(b.batch.Frames) && bytes.Equal(a.wire(), b.wire()) {
				a.at, b.at, n = a.at+1, b.at+1, n+1
			}
		}
		x, ok := a.front()
		if !ok {
			return n
		}
		y, ok := b.front()
		if !ok || !bytes.Equal(a.key(x), b.key(y)) {
			return n
		}
		a.pop()
		b.pop()
		n++
	}
}

// differences passes over some messages, of which the first are not equal. Done means that there are no more.
func (d *Diff) differences() (done bool, err error) {
	a, b := d.Old, d.New
	for n := firstHeld; ; n *= 8 {
		a.hold(n)
		b.hold(n)
		failed := a.Err != nil || b.Err != nil
		stuck := a.full() && b.full()
		done = a.exhausted() && b.exhausted() || failed && (stuck || len(a.held) == 0 || len(b.held) == 0)
		if done && len(a.held)+len(b.held) == 0 {
			return true, nil
		}
		goneA, goneB := align(a.sums(), b.sums(), mostEdits)
		pairs := 0
		for _, gone := range goneA {
			if !gone {
				pairs++
			}
		}
		if !done && !stuck && 2*pairs < min(len(goneA), len(goneB)) {
			continue
		}
		if !done {
			goneA, goneB = beforeEnd(goneA, goneB, a.exhausted(), b.exhausted())
		}
		return done, d.take(goneA, goneB, done)
	}
}

// beforeEnd leaves out what comes after the last pair: what is read next may have a partner for it. There is none if
// the other stream has ended. At least half of the messages stay, so that few pairs do not make it slow.
func beforeEnd(goneA, goneB []bool, endedA, endedB bool) (a, b []bool) {
	lastPair := func(gone []bool) int {
		n := len(gone)
		for n > 0 && gone[n-1] {
			n--
		}
		return n
	}
	toA, toB := lastPair(goneA), lastPair(goneB)
	if 2*toA < len(goneA) && 2*toB < len(goneB) {
		toA, toB = max(toA, (len(goneA)+1)/2), max(toB, (len(goneB)+1)/2)
	}
	if endedA && toA == len(goneA) || endedB && toB == len(goneB) {
		toA, toB = len(goneA), len(goneB)
	}
	return goneA[:toA], goneB[:toB]
}

// take takes messages that are held, from the first on. Gone are those that have no partner.
func (d *Diff) take(goneA, goneB []bool, last bool) error {
	a, b := d.Old, d.New
	i, j := 0, 0
	for i < len(goneA) || j < len(goneB) {
		fromA, fromB := i, j
		for i < len(goneA) && goneA[i] {
			i++
		}
		for j < len(goneB) && goneB[j] {
			j++
		}
		old, new := a.held[fromA:i], b.held[fromB:j]
		n := 0
		for i < len(goneA) && j < len(goneB) && !goneA[i] && !goneB[j] {
			i, j, n = i+1, j+1, n+1
		}
		if err := d.gap(old, new, last && n == 0); err != nil {
			return err
		}
		if n > 0 {
			d.equal(int64(n))
		}
	}
	a.drop(len(goneA))
	b.drop(len(goneB))
	return nil
}

// gap passes on messages of both streams between two pairs of equal ones. At the end of a stream that could not be
// read, it is not known which of the messages that the other one has more are missing.
func (d *Diff) gap(old, new []framing.Frame, last bool) error {
	pairs := resembling(old, new)
	if last {
		n, m := len(old), len(new)
		if len(pairs) > 0 {
			n, m = max(n, pairs[len(pairs)-1][1]+1), max(m, pairs[len(pairs)-1][0]+1)
		}
		if d.New.Err != nil && len(old) > m {
			d.Uncompared[0], old = old[m].Index, old[:m]
		}
		if d.Old.Err != nil && len(new) > n {
			d.Uncompared[1], new = new[n].Index, new[:n]
		}
	}
	i, j := 0, 0
	pass := func(toI, toJ int) error {
		for ; i < toI; i++ {
			d.Counts.Removed++
			if err := d.To.Removed(old[i]); err != nil {
				return err
			}
		}
		for ; j < toJ; j++ {
			d.Counts.Added++
			if err := d.To.Added(new[j]); err != nil {
				return err
			}
		}
		return nil
	}
	for _, p := range pairs {
		if err := pass(p[0], p[1]); err != nil {
			return err
		}
		d.Counts.Changed++
		if bytes.Equal(d.Old.Comparer.Payload(old[i].Payload), d.New.Comparer.Payload(new[j].Payload)) {
			d.Headers++
		}
		if err := d.To.Changed(old[i], new[j]); err != nil {
			return err
		}
		i, j = i+1, j+1
	}
	return pass(len(old), len(new))
}
