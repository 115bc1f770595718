package capture

import "slices"

// How many bytes and chunks of one direction may wait for a missing segment. If there are
// more, the segment counts as lost. A receiver's window is seldom larger.
const (
	maxHeld   = 4 << 20
	maxChunks = 4096
)

// maxWaiting is how many chunks may wait in all directions together.
const maxWaiting = 128 << 10

// oldest is how many bytes before the next byte a retransmitted segment may start. Every
// other sequence number lies ahead. Sequence numbers wrap every 4 GiB.
const oldest = 64 << 20

// knownGap is the longest gap with a reliable length.
const knownGap = 1 << 30

// A half puts the segments that one end of a connection sent in order:
//
//	pos          pending[0]      pending[1]
//	│ bytes lost │ held │ hole   │ held
//
// Positions are sequence numbers that do not wrap; position 0 is sequence number base. If
// segments overlap, the bytes that came first are used.
type half struct {
	base    uint32
	other   uint32 // base according to another SYN; see choose
	started bool   // pos is known: the SYN was seen, or the recording starts after the SYN
	syn     bool   // base-1 is the sequence number of a SYN
	over    bool   // this end sent a FIN or RST
	pos     int64  // position of the next byte
	top     int64  // the end of the segment that reaches furthest
	end     int64  // position of the FIN; -1 if it was not seen

	acked    uint32 // what the other end acknowledged
	hasAcked bool
	sure     int64 // the furthest position that it acknowledged; without acknowledgements, top

	pending []chunk // chunks that wait, sorted and without overlaps
	held    int64   // bytes in pending
	waiting *int    // number of chunks that wait in all directions
	lost    int64   // bytes lost before pos and not reported yet; -1 is unknown

	bytes          int64
	segments, gaps int32
	packets        int32 // all that this end sent
	to             taker // takes the bytes; nil if they are only counted
}

// A taker takes the bytes of a direction, in their order.
type taker interface {
	// add takes bytes that came at a time, and the number of bytes that were lost before them; -1
	// is unknown. Data is valid until add returns.
	add(lost int64, data []byte, at int64)
}

// A chunk is a part of a segment that waits because bytes before it are missing.
type chunk struct {
	pos, n, at int64
	data       []byte // nil if bytes are only counted
}

// position returns the position of a sequence number. It lies between oldest bytes before
// pos and 4 GiB less oldest after pos, unless the end has sent much more meanwhile that was
// not recorded: it is at most 2 GiB before sure.
func (h *half) position(seq uint32) int64 {
	near := h.pos
	if !h.started && len(h.pending) > 0 {
		near = h.pending[0].pos
	}
	d := int64(seq - h.base - uint32(near))
	if d >= 1<<32-oldest {
		d -= 1 << 32
	}
	pos := near + d
	if behind := h.sure - pos; behind > 1<<31 {
		pos += (behind + 1<<31) >> 32 << 32
	}
	return pos
}

// open starts the direction with a SYN.
func (h *half) open(seq uint32) {
	if h.started {
		if h.syn && h.top == 0 {
			h.other, h.base, h.sure = h.base, seq+1, 0
		}
		return
	}
	if len(h.pending) > 0 { // they came before the SYN
		shift := int64(int32(h.base - seq - 1))
		for i := range h.pending {
			h.pending[i].pos += shift
		}
		h.top += shift
		for len(h.pending) > 0 && h.pending[0].pos < 0 {
			h.drop()
		}
	}
	h.base, h.other, h.pos, h.started, h.syn = seq+1, seq+1, 0, true, true
	h.drain()
}

// choose chooses between two SYNs with different numbers, such as two answers to the SYN of
// the client. The one that the first data follows counts.
func (h *half) choose(seq uint32) {
	if h.syn && h.top == 0 && seq-h.other < seq-h.base {
		h.base, h.sure = h.other, 0
	}
}

// segment adds a segment. Its payload has size bytes; data is the captured part.
func (h *half) segment(seq uint32, data []byte, size int, at int64) {
	if size == 0 {
		return
	}
	if !h.started && len(h.pending) == 0 {
		if size == 1 && h.hasAcked && h.acked == seq+1 {
			return // a keep-alive: it repeats the last byte before the recording
		}
		h.base, h.pos, h.top = seq, 0, 0
	}
	h.choose(seq)
	pos := h.position(seq)
	if h.end < 0 {
		h.top = max(h.top, pos+int64(size))
	}
	if !h.hasAcked {
		h.sure = h.top
	}
	if h.started && pos < h.pos {
		data = data[min(int64(len(data)), h.pos-pos):]
		pos = h.pos
	}
	if h.end >= 0 {
		data = data[:max(0, min(int64(len(data)), h.end-pos))]
	}
	if len(data) == 0 {
		return
	}
	if h.started && pos == h.pos && len(h.pending) == 0 {
		h.segments++
		h.deliver(chunk{pos, int64(len(data)), at, data})
		return
	}
	if h.insert(pos, data, at) {
		h.segments++
	}
	h.settle()
}

// insert adds the parts of data that pending does not have yet. It reports whether there
// were any.
func (h *half) insert(pos int64, data []byte, at int64) (fresh bool) {
	i, _ := slices.BinarySearchFunc(h.pending, pos, func(c chunk, pos int64) int {
		if c.pos+c.n <= pos {
			return -1
		}
		return 1
	})
	for len(data) > 0 {
		free := int64(len(data)) // up to the next chunk
		if i < len(h.pending) {
			free = min(free, max(0, h.pending[i].pos-pos))
		}
		if free > 0 {
			c := chunk{pos: pos, n: free, at: at}
			if h.to != nil {
				c.data = slices.Clone(data[:free])
			}
			h.pending = slices.Insert(h.pending, i, c)
			h.held += free
			*h.waiting++
			pos, data, fresh = pos+free, data[free:], true
			i++
		}
		if i < len(h.pending) && len(data) > 0 {
			over := min(int64(len(data)), h.pending[i].pos+h.pending[i].n-pos)
			pos, data = pos+over, data[over:]
			i++
		}
	}
	return fresh
}

// settle delivers all bytes that it can, and gives up on bytes that are missing for too long.
func (h *half) settle() {
	if !h.started {
		first := h.pending[0].pos
		h.started = h.hasAcked && int32(h.acked-h.base-uint32(first)) >= 0 || len(h.pending) >= 8 || h.held >= 64<<10
		if !h.started {
			return
		}
		h.pos = first
	}
	h.drain()
	for h.held > maxHeld || len(h.pending) > maxChunks || *h.waiting > maxWaiting && len(h.pending) > 0 {
		h.skip()
	}
}

// skip gives up on the bytes before the first pending chunk: they are lost.
func (h *half) skip() {
	h.lose(h.pending[0].pos - h.pos)
	h.pos = h.pending[0].pos
	h.drain()
}

func (h *half) lose(n int64) {
	if h.lost < 0 || h.lost+n > knownGap {
		h.lost = -1
		return
	}
	h.lost += n
}

// drain delivers the pending chunks that start at pos or before it.
func (h *half) drain() {
	for len(h.pending) > 0 && h.pending[0].pos <= h.pos {
		c := h.pending[0]
		h.drop()
		if over := h.pos - c.pos; over >= c.n {
			continue
		} else if c.pos, c.n = h.pos, c.n-over; c.data != nil {
			c.data = c.data[over:]
		}
		h.deliver(c)
	}
	if len(h.pending) == 0 {
		h.pending = nil // most directions never need it again
	}
}

func (h *half) drop() {
	h.held -= h.pending[0].n
	h.pending[0].data = nil
	h.pending = h.pending[1:]
	*h.waiting--
}

func (h *half) deliver(c chunk) {
	if h.lost != 0 {
		h.gaps++
	}
	if h.to != nil {
		h.to.add(h.lost, c.data, c.at)
	}
	h.bytes += c.n
	h.pos += c.n
	h.lost = 0
}

// finish adds a FIN. It ignores one that is far away: it belongs to an earlier connection.
func (h *half) finish(seq uint32) {
	if !h.started && len(h.pending) == 0 {
		h.over = true
		return
	}
	h.choose(seq)
	if pos := h.position(seq); h.end < 0 && pos >= h.top && pos-h.top < oldest {
		h.end, h.top, h.over = pos, pos, true
	}
}

// acknowledge records what the other end has received.
func (h *half) acknowledge(ack uint32) {
	h.acked, h.hasAcked = ack, true
	if h.started {
		h.sure = max(h.sure, h.sure+int64(int32(ack-h.base-uint32(h.sure))))
	}
	if !h.started && len(h.pending) > 0 {
		h.settle()
	}
}

// flush ends the direction: nothing more will come.
func (h *half) flush() {
	if !h.started && len(h.pending) > 0 {
		h.started, h.pos = true, h.pending[0].pos
		h.drain()
	}
	for len(h.pending) > 0 {
		h.skip()
	}
	if !h.started {
		return
	}
	top := h.top
	if h.hasAcked && h.end < 0 {
		// Acknowledged bytes were sent. One byte more may be a FIN that was not captured.
		if ahead := int64(h.acked - h.base - uint32(top)); ahead > 1 && ahead < oldest {
			top += ahead
		}
	}
	if top > h.pos {
		h.lose(top - h.pos)
		h.pos = top
	}
	if h.lost != 0 {
		h.gaps++
		if h.to != nil {
			h.to.add(h.lost, nil, 0)
		}
		h.lost = 0
	}
}
