package framing

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
)

// stream returns frames with random payloads, and how many there are.
func stream(f Framing, x example, rnd *rand.Rand, frames int) (wire []byte) {
	for range frames {
		payload := []byte(x.Payload)
		switch rnd.IntN(8) {
		case 0: // the payload of the example
		case 1:
			payload = fmt.Appendf(nil, "[%d,\n%d]", rnd.IntN(100), rnd.IntN(1000))
		case 2:
			payload = bytes.Repeat([]byte{byte(rnd.IntN(256))}, rnd.IntN(300))
		default:
			payload = make([]byte, rnd.IntN(24))
			for i := range payload {
				payload[i] = byte(rnd.IntN(256))
			}
		}
		out, err := f.Append(wire, Marks{}, payload)
		if err != nil {
			out, _ = f.Append(wire, Marks{}, []byte(x.Payload))
		}
		wire = out
	}
	return wire
}

// corrupt damages a stream as networks, disks and programs do.
func corrupt(wire []byte, rnd *rand.Rand) []byte {
	at := rnd.IntN(len(wire) + 1)
	switch rnd.IntN(5) {
	case 0:
		return wire[:at]
	case 1:
		return append(wire[:at:at], wire[min(len(wire), at+1+rnd.IntN(8)):]...)
	case 2:
		return append(append(wire[:at:at], byte(rnd.IntN(256)), byte(rnd.IntN(256))), wire[at:]...)
	case 3:
		out := append([]byte(nil), wire...)
		for range 1 + rnd.IntN(3) {
			out[rnd.IntN(len(out))] ^= 1 << rnd.IntN(8)
		}
		return out
	}
	return wire
}

// tokens returns what a stream of the framing may have anywhere: pieces of conversations, parts
// of its marks, and bytes that mean something in many framings.
func tokens(x example) (all []string) {
	name, _, _ := strings.Cut(x.Spec, ":")
	for range 6 { // more often than the marks
		all = append(all, pieces[name]...)
		if x.Spec != name {
			all = append(all, pieces[x.Spec]...)
		}
	}
	marks := strings.NewReplacer("|", "", "~", "").Replace(strings.ReplaceAll(x.Frame, x.Payload, ""))
	for i := range marks {
		all = append(all, marks[i:i+1], marks[i:], marks[:i+1])
	}
	return append(all, "\x00", "\x7f", "\xff", "\x10", "\r\n", "\n", "0", ":")
}

// A decoding is a stream and how to read it.
type decoding struct {
	spec  string
	f     Framing
	wire  []byte
	limit int64
	skip  bool

	resync bool  // the Reader has a Resync
	size   int64 // its Size

	large bool // it has a frame that NextReader streams
}

// randomDecoding returns a stream of the framing of x with up to three faults, and a limit.
func randomDecoding(f Framing, x example, tokens []string, rnd *rand.Rand) decoding {
	d := decoding{spec: x.Spec, f: f, skip: rnd.IntN(2) == 0}
	d.wire = stream(f, x, rnd, rnd.IntN(6))
	if rnd.IntN(2) == 0 {
		for range 1 + rnd.IntN(6) {
			at := len(d.wire)
			if rnd.IntN(3) == 0 {
				at = rnd.IntN(at + 1)
			}
			d.wire = insert(d.wire, at, tokens[rnd.IntN(len(tokens))])
		}
	}
	if rnd.IntN(200) == 0 {
		if out, err := f.Append(d.wire, Marks{}, bytes.Repeat([]byte("large"), 14_000)); err == nil {
			d.wire, d.large = append(out, stream(f, x, rnd, 2)...), true
		}
	}
	for range rnd.IntN(4) {
		d.wire = damageAt(d.wire, rnd.IntN(len(d.wire)+1), tokens, rnd)
	}
	if rnd.IntN(4) == 0 {
		d.resync, d.size = true, []int64{0, -1, int64(len(d.wire))}[rnd.IntN(3)]
	}
	d.limit = randomLimit(f, d.wire, rnd)
	return d
}

// randomLimit returns no limit, or one that matters: about the size of a frame, or such that
// the first fault is in a frame that is over it.
func randomLimit(f Framing, wire []byte, rnd *rand.Rand) int64 {
	frames, err := drain(NewReader(whole(wire), f))
	fault, _ := err.(*Error)
	switch n := rnd.IntN(8); {
	case n < 2:
		return -1
	case n < 5 && fault != nil && fault.Offset > fault.Start:
		return 1 + rnd.Int64N(fault.Offset-fault.Start)
	case n < 7 && len(frames) > 0:
		return max(1, int64(len(frames[rnd.IntN(len(frames))].Payload)+rnd.IntN(4)-2))
	}
	return 1 + rnd.Int64N(40)
}

func insert(wire []byte, at int, s string) []byte {
	return append(append(bytes.Clone(wire[:at]), s...), wire[at:]...)
}

// damageAt returns the stream with a fault at a byte.
func damageAt(wire []byte, at int, tokens []string, rnd *rand.Rand) []byte {
	token, n := tokens[rnd.IntN(len(tokens))], min(1+rnd.IntN(8), len(wire)-at)
	switch rnd.IntN(8) {
	case 0:
		return wire[:at]
	case 1:
		return append(bytes.Clone(wire[:at]), wire[at+n:]...)
	case 2: // a part comes twice
		return insert(wire, at, string(wire[at:at+n]))
	case 3, 4:
		return insert(wire, at, token)
	case 5:
		return insert(wire, at, string([]byte{byte(rnd.IntN(256))}))
	case 6:
		out := bytes.Clone(wire)
		if at < len(out) {
			out[at] ^= 1 << rnd.IntN(8)
		}
		return out
	}
	out := bytes.Clone(wire)
	copy(out[at:], token)
	return out
}

// cuts returns the stream in reads of other sizes each time.
func cuts(wire []byte, rnd *rand.Rand) io.Reader {
	switch rnd.IntN(8) {
	case 0:
		return whole(wire)
	case 1, 2:
		return single(wire)
	case 3, 4: // two reads
		first := []int{rnd.IntN(len(wire) + 1)}
		return &cutReader{wire, func() int {
			n := 1 << 20
			if len(first) > 0 && first[0] > 0 {
				n, first = first[0], nil
			}
			return n
		}}
	}
	return random(wire, rnd)
}

// clip2 returns the start of a stream, to be shown in a failure.
func clip2(b []byte) []byte { return b[:min(len(b), 2000)] }
