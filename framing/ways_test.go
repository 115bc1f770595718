package framing

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
)

// An outcome is all that a Reader returns for a stream, small enough to keep for a million
// frames.
type outcome struct {
	frames int
	sum    uint64 // of every frame's index, offset, marks and payload
	errs   string
}

var seed = maphash.MakeSeed()

func (o *outcome) add(f Frame, payload []byte) {
	var h maphash.Hash
	h.SetSeed(seed)
	fmt.Fprintf(&h, "%d %d %d %d %d %d ", o.sum, f.Index, f.Offset, f.Size, len(f.Header), len(payload))
	h.Write(f.Header)
	h.Write(payload)
	o.frames++
	o.sum = h.Sum64()
}

// failed notes an error and reports whether to go on after it.
func (o *outcome) failed(r *Reader, err error, skip bool) bool {
	if err == ErrWait {
		return true
	}
	if e, ok := err.(*Error); ok {
		o.errs += fmt.Sprintf("%s %d %d %d %d %d %s\n", e.Fault, e.Frame, e.Start, e.Offset, e.Have, e.Need, e.Detail)
	} else {
		o.errs += err.Error() + "\n"
	}
	if err == io.EOF {
		return false
	}
	o.errs += fmt.Sprintf("before frame %d\n", r.Index())
	if !skip {
		return false
	}
	n, again := r.Recover()
	for tries := 0; again == ErrWait && tries < 1<<16; tries++ {
		var more int64
		more, again = r.Recover()
		n += more
	}
	o.errs += fmt.Sprintf("skipped %d, %v\n", n, again)
	return again == nil
}

// A way is one of the ways to read all frames of a Reader. With skip it goes on after errors.
type way struct {
	name string
	read func(r *Reader, skip bool) outcome
}

var ways = []way{
	{"Next", readNext}, {"Frames", readFrames}, {"NextBatch", readBatches}, {"NextReader, copied", readCopies}, {"NextReader, in pieces", readPieces},
}

// readNext also checks that each byte before the end is in one frame or part of none.
func readNext(r *Reader, skip bool) (o outcome) {
	at := r.Offset()
	r.Fill = func(b []byte) { at += int64(len(b)) }
	defer func() {
		if at != r.Offset() {
			o.errs += fmt.Sprintf("%d bytes are in frames and between them, but the offset is %d\n", at, r.Offset())
		}
	}()
	for {
		f, err := r.Next()
		if err == nil {
			if f.Offset != at {
				o.errs += fmt.Sprintf("frame %d is at %d, expected %d\n", f.Index, f.Offset, at)
			}
			at = f.Offset + f.Size
			o.add(f, f.Payload)
		} else if !o.failed(r, err, skip) {
			return o
		}
	}
}

func readFrames(r *Reader, skip bool) (o outcome) {
	for f, err := range r.Frames() {
		if err == nil {
			o.add(f, f.Payload)
		} else if !o.failed(r, err, skip) {
			return o
		}
	}
	o.failed(r, io.EOF, skip)
	return o
}

func readBatches(r *Reader, skip bool) (o outcome) {
	for {
		b, err := r.NextBatch()
		for i := range b.Frames {
			f := b.Frame(i)
			o.add(f, f.Payload)
		}
		if err != nil && !o.failed(r, err, skip) {
			return o
		}
	}
}

func readCopies(r *Reader, skip bool) (o outcome) {
	var w bytes.Buffer
	for {
		w.Reset()
		f, err := copyNext(r, &w)
		if err == nil {
			o.add(f, w.Bytes())
		} else if !o.failed(r, err, skip) {
			return o
		}
	}
}

// copyNext copies the payload of the next frame with io.Copy.
func copyNext(r *Reader, w io.Writer) (Frame, error) {
	f, body, err := r.NextReader()
	if err == nil {
		_, err = io.Copy(w, body)
	}
	return f, err
}

// readPieces reads payloads in pieces of 1, 2, 4 … bytes, and some batches.
func readPieces(r *Reader, skip bool) (o outcome) {
	r.Stream = true
	for {
		b, err := r.NextBatch()
		for i := range b.Frames {
			f := b.Frame(i)
			o.add(f, f.Payload)
		}
		if err == nil && len(b.Frames) == 0 {
			var f Frame
			var body io.Reader
			if f, body, err = r.NextReader(); err == nil {
				var payload []byte
				if payload, err = readInPieces(body); err == nil {
					o.add(f, payload)
				}
			}
		}
		if err != nil && !o.failed(r, err, skip) {
			return o
		}
	}
}

func readInPieces(src io.Reader) (all []byte, err error) {
	for size := 1; ; size = 2*size%100_003 + 1 {
		p := make([]byte, size)
		n, err := src.Read(p)
		all = append(all, p[:n]...)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}

// readSuspended reads a source that waits, and suspends the stream each time.
func readSuspended(wire []byte, r *Reader, rnd *rand.Rand) (o outcome) {
	src := &waiting{data: wire, size: func() int { return 1 + rnd.IntN(40) }}
	r.Reset(src)
	for {
		b, err := r.NextBatch()
		for i := range b.Frames {
			f := b.Frame(i)
			o.add(f, f.Payload)
		}
		if err == ErrWait {
			if s, ok := r.Suspend(); ok {
				r.Resume(src, s)
			}
			continue
		}
		if err != nil {
			o.failed(r, err, false)
			return o
		}
	}
}
