package probe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"framecat/commands/internal/report"
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
		wrong.Header += len(field) - l.Size
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

// mostReplies returns how many replies a malformed case may get: those to each frame that can be found in
// it, those to the rest, and an error.
func (p *Plan) mostReplies(c *Case, perMessage int) int {
	frames := 0
	r := framing.NewReader(bytes.NewReader(slices.Concat(c.Writes...)), p.Framing)
	for {
		_, err := r.Next()
		if err == io.EOF {
			break
		}
		frames++
		if err != nil {
			break
		}
	}
	return frames*max(1, perMessage) + 1
}

const (
	// memoryNoise is how much more memory a peer may use than it was sent: buffers and the memory that a
	// garbage collector has not freed yet are no fault.
	memoryNoise = 16 << 20
	// reservedNoise is the same for its address space, of which much is never used.
	reservedNoise = 1 << 30
)

// judgeMalformed returns the verdict on a malformed case, and the reason for it. Most reactions are no
// fault: an error, silence, the end of the connection.
func (x *run) judgeMalformed(c *Case, out *outcome) (v Verdict, reason string) {
	switch {
	case died(out):
		return Fail, ending(out)
	case out.stuck && (!x.Client || x.standard.output != nil && !x.standard.output.stuck):
		return Fail, fmt.Sprintf("the process did not end within %s after its input had ended", exitWait)
	}
	if reason = x.wrongReaction(c, out); reason != "" {
		return Fail, reason
	}
	return Info, x.reaction(out)
}

// wrongReaction describes what a peer has done with a malformed frame that no peer should do, or returns
// "".
func (x *run) wrongReaction(c *Case, out *outcome) string {
	greeting, perMessage := x.after[0], 0
	for i := 1; i < len(x.after); i++ {
		perMessage = max(perMessage, x.after[i]-x.after[i-1])
	}
	sent := 0
	for _, w := range c.Writes {
		sent += len(w)
	}
	if n, most := len(out.replies)-greeting, x.options.Plan.mostReplies(c, perMessage); n > most && !x.Client {
		return fmt.Sprintf("%s came to what is %d at most", report.Count(int64(n), x.unit()), most)
	}
	payload := c.Cut.Frame[c.Cut.headerEnd():]
	for _, r := range out.replies {
		if n := int64(len(r.Payload)); n == c.Announced && n > int64(len(payload)) && len(payload) > 0 && bytes.HasPrefix(r.Payload, payload) {
			return fmt.Sprintf("a %s has the %s that came, and %s that were never sent", x.unit(),
				report.Count(int64(len(payload)), "byte"), report.Count(n-int64(len(payload)), "byte"))
		}
	}
	if grown := out.grown(); grown > memoryNoise+int64(sent) {
		return fmt.Sprintf("its memory grew by %s after %s", report.Bytes(float64(grown)), report.Count(int64(sent), "byte"))
	}
	return ""
}

// reaction describes what a peer has done with a malformed frame.
func (x *run) reaction(out *outcome) string {
	got := out.replies[min(x.after[0], len(out.replies)):]
	text := report.Count(int64(len(got)), x.unit()) + " came"
	if len(got) == 0 {
		text = "no " + x.unit() + " came"
	}
	if first := x.standard.replies[min(x.after[0], len(x.standard.replies)):]; len(got) == 1 && len(first) > 0 && x.same(first[:1], got, false) {
		text = "answered as the first message is when nothing is wrong"
	}
	if bad := broken(out); bad != "" {
		text += "; " + bad
	}
	if end := ending(out); end != "" {
		text += "; " + end
	}
	if grown := out.memory.Reserved - out.before.Reserved; out.memory.Reserved > 0 && out.before.Reserved > 0 && grown > reservedNoise {
		text += "; it reserved " + report.Bytes(float64(grown)) + " of its address space"
	}
	return text
}

// grown returns by how much the memory of the peer has grown, as far as that is known.
func (out *outcome) grown() int64 {
	if out.memory.Peak == 0 || out.before.Peak == 0 {
		return 0
	}
	return max(out.memory.Peak-out.before.Peak, out.memory.Now-out.before.Now)
}
