package link

import (
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Chunking is a way to cut or merge the writes of a stream on purpose, to test a receiver.
//
//	frame          one write per frame
//	N              writes of N bytes, wherever the frames end
//	3,3,4,1        writes of these sizes; the last size repeats
//	random[:SEED]  writes of 1 to 4096 bytes, small ones more often
//	header         two writes per frame: its header, then the rest
//	merge[:N]      all frames that are waiting, in one write of at most N bytes (64 KiB)
//
// The cuts depend only on the bytes and the seed, not on time: the same seed cuts the same
// bytes at the same places.
type Chunking struct {
	Kind  string // "frame", "sizes", "random", "header" or "merge"; "" is none
	sizes []int
	Seed  uint64
	max   int // bytes in a merged write
}

const (
	mergeSize = 64 << 10
	// pendingTime is how long bytes wait for more bytes of the same write.
	pendingTime = 50 * time.Millisecond
)

// ParseChunking reads the value of --chunk. A random chunking without a seed gets one.
func ParseChunking(text string) (c Chunking, err error) {
	kind, arg, given := strings.Cut(text, ":")
	bad := func() (Chunking, error) {
		return c, report.Usage("--chunk: want frame, N, N,N,…, random[:SEED], header or merge[:N], not %q", text)
	}
	c.Kind = kind
	switch kind {
	case "":
		return Chunking{}, nil
	case "frame", "header":
		if given {
			return bad()
		}
	case "random":
		c.Seed = rand.Uint64() >> 32
		if given {
			if c.Seed, err = strconv.ParseUint(arg, 10, 64); err != nil {
				return bad()
			}
		}
	case "merge":
		c.max = mergeSize
		if given {
			n, err := report.ParseSize(arg)
			if err != nil || n < 1 || n > 1<<30 {
				return bad()
			}
			c.max = int(n)
		}
	default:
		c.Kind = "sizes"
		for _, s := range strings.Split(text, ",") {
			n, err := report.ParseSize(s)
			if err != nil || n < 1 || n > 1<<30 {
				return bad()
			}
			c.sizes = append(c.sizes, int(n))
		}
	}
	return c, nil
}

// A Cutter takes one whole frame with each Write. It passes the bytes on in the writes that
// its Chunking asks for, with a pause between them.
type Cutter struct {
	Chunking
	Done <-chan struct{} // ends the pause between two writes when it is closed; nil is never

	dst     io.Writer
	framing framing.Framing
	gap     time.Duration

	mu     sync.Mutex
	buf    []byte // not written yet
	frames int    // how many frames were taken
	next   int    // bytes up to the next cut
	cuts   int    // how many sizes were used
	rnd    *rand.Rand
	last   time.Time // when the last write ended
	timer  *time.Timer
	err    error
}

// NewCutter returns a Cutter that writes frames of f to dst, with at least gap between two
// writes.
func NewCutter(c Chunking, dst io.Writer, f framing.Framing, gap time.Duration) *Cutter {
	k := &Cutter{Chunking: c, dst: dst, framing: f, gap: gap, rnd: rand.New(rand.NewPCG(c.Seed, 0))}
	k.next = k.size()
	return k
}

// size returns the size of the next write.
func (k *Cutter) size() int {
	k.cuts++
	switch k.Kind {
	case "sizes":
		return k.sizes[min(k.cuts, len(k.sizes))-1]
	case "random":
		return 1 + k.rnd.IntN(1<<k.rnd.IntN(13))
	}
	return 0
}

func (k *Cutter) Write(frame []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.frames++
	switch k.Kind {
	case "header":
		at := k.headerEnd(frame)
		k.emit(frame[:at])
		k.emit(frame[at:])
	case "merge":
		if len(k.buf)+len(frame) > k.max {
			k.writePending()
		}
		k.buf = append(k.buf, frame...)
		for len(k.buf) >= k.max {
			k.take(k.max)
		}
	case "sizes", "random":
		k.buf = append(k.buf, frame...)
		for len(k.buf) >= k.next {
			k.take(k.next)
			k.next = k.size()
		}
	default:
		k.emit(frame)
	}
	if k.err != nil {
		return 0, k.err
	}
	return len(frame), nil
}

// headerEnd returns where the header of a frame ends or, without a header, where its trailer
// starts.
func (k *Cutter) headerEnd(frame []byte) int {
	e, err := k.framing.Scan(frame, &framing.Cursor{EOF: true})
	switch {
	case err != nil:
		return 0
	case e.Header > 0:
		return min(e.Skip+e.Header, len(frame))
	}
	return min(e.Skip+int(e.Body), len(frame))
}

func (k *Cutter) take(n int) {
	k.emit(k.buf[:n])
	k.buf = k.buf[n:]
}

// writePending writes the pending bytes. The place of the next cut in the stream does not
// change.
func (k *Cutter) writePending() {
	if n := len(k.buf); n > 0 {
		k.take(n)
		k.next -= n
	}
}

func (k *Cutter) emit(p []byte) {
	if len(p) == 0 || k.err != nil {
		return
	}
	if wait := k.gap - time.Since(k.last); wait > 0 && !k.last.IsZero() {
		select {
		case <-time.After(wait):
		case <-k.Done:
		}
	}
	_, k.err = k.dst.Write(p)
	k.last = time.Now()
}

// Flush writes the pending bytes.
func (k *Cutter) Flush() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.writePending()
	return k.err
}

// Idle is called when no frame is there for now. Pending bytes are written if no frame comes
// within pendingTime. So a slow source does not change the cuts, and no byte waits forever.
func (k *Cutter) Idle() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.timer != nil {
		k.timer.Stop()
	}
	if before := k.frames; len(k.buf) > 0 {
		k.timer = time.AfterFunc(pendingTime, func() {
			k.mu.Lock()
			defer k.mu.Unlock()
			if k.frames == before {
				k.writePending()
			}
		})
	}
	return k.err
}
