package probe

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"framecat/framing"
)

// garbageSize is how many random bytes are sent.
const garbageSize = 32

// malformed returns the cases in which one frame is wrong: its length, its checksum, or the bytes around
// it.
func (p *Plan) malformed() []Case {
	if !p.Malformed {
		return nil
	}
	list := p.lengths()
	if c, ok := p.checksum(); ok {
		list = append(list, c)
	}
	m := &p.Messages[0]
	garbage := make([]byte, garbageSize)
	rand.NewChaCha8([32]byte{byte(p.Seed), byte(p.Seed >> 8), byte(p.Seed >> 16), byte(p.Seed >> 24)}).Read(garbage)
	seed := fmt.Sprintf("%d random bytes of --seed %d", garbageSize, p.Seed)
	before, after := *m, *m
	before.Frame, before.Start = slices.Concat(garbage, m.Frame), m.Start+garbageSize
	after.Frame = m.Frame
	list = append(list, Case{ID: "garbage/before", Place: seed + ", then the message", Cut: &before, Malformed: true},
		Case{ID: "garbage/after", Place: "the message, then " + seed, Cut: &after, Malformed: true})
	for i := range list {
		list[i].add(list[i].Cut.Frame, Pause{})
	}
	list[len(list)-1].add(garbage, Pause{})
	return list
}

// lengths returns the cases in which the length of the first message's frame is wrong. All other bytes
// of the frame are sent as they are, and then nothing more.
func (p *Plan) lengths() (list []Case) {
	m := &p.Messages[0]
	row := framing.EntryOf(p.Framing)
	if row == nil {
		return nil
	}
	l, ok := row.Details().LengthField(p.Framing, m.Frame)
	if !ok {
		return nil
	}
	add := func(id string, field []byte, place string) {
		c := Case{ID: "length/" + id, Place: place, Malformed: true, Announced: -1}
		wrong := *m
		wrong.Frame = slices.Concat(m.Frame[:l.At], field, m.Frame[l.At+l.Size:])
		if l.At < m.headerEnd() {
			wrong.Header += len(field) - l.Size
		} else {
			wrong.Body += len(field) - l.Size
		}
		if e, err := p.Framing.Scan(wrong.Frame, &framing.Cursor{EOF: true}); err == nil {
			c.Announced = e.Body
		}
		c.Cut = &wrong
		if field != nil && !bytes.Equal(wrong.Frame, m.Frame) && !slices.ContainsFunc(list, func(other Case) bool { return bytes.Equal(other.Cut.Frame, wrong.Frame) }) {
			list = append(list, c)
		}
	}
	number := func(v uint64) string { return "length " + strconv.FormatUint(v, 10) }
	add("zero", l.Put(0), "length 0, then the payload")
	add("max", l.Put(l.Full), number(l.Full)+", the largest that can be written")
	switch {
	case l.Max < l.Full:
		add("over", l.Put(l.Max+1), number(l.Max+1)+", one more than the framing allows")
	case l.Value < l.Full:
		add("over", l.Put(l.Value+1), number(l.Value+1)+", one more than what follows")
	}
	huge := min(math.MaxInt32, l.Full/2)
	add("huge", l.Put(huge), number(huge))
	add("negative", l.Negative, fmt.Sprintf("a length below 0, written as % x", l.Negative))
	add("overlong", l.Long, fmt.Sprintf("%s, written in more bytes than it needs", number(l.Value)))
	if l.Value > 0 {
		add("short", l.Put(l.Value-1), number(l.Value-1)+", one less than what follows")
	}
	return list
}

// checksum returns the case in which one bit is wrong, so that the checksum does not match.
func (p *Plan) checksum() (c Case, ok bool) {
	m := p.Messages[0]
	m.Frame = slices.Clone(m.Frame)
	for i := len(m.Frame) - 1; i >= m.Start; i-- { // a checksum is most often at the end
		m.Frame[i] ^= 1
		var fault *framing.Error
		if _, err := framing.NewReader(bytes.NewReader(m.Frame), p.Framing).Next(); errors.As(err, &fault) && fault.Fault == framing.Checksum {
			return Case{ID: "checksum", Place: fmt.Sprintf("a wrong bit in byte %d, so that the checksum does not match", i), Cut: &m, Malformed: true, Announced: -1}, true
		}
		m.Frame[i] ^= 1
	}
	return c, false
}
