package redact

import (
	"bytes"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/conversation"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A flow is one direction of a stream. It holds events until it is decided what their bytes
// become. A held event has stars for bytes, over which whole frames are written: so nothing that
// is not in a whole frame can be passed on.
type flow struct {
	redactor *Redactor
	d        *conversation.Direction
	frames   frameRedactor

	held    []heldEvent
	start   int64 // offset of the first byte of held
	decided int64 // offset up to which the bytes are as they are to be
	end     int64 // offset after held
}

// A heldEvent is an event Bytes or Lost, and how many bytes of the direction it is.
type heldEvent struct {
	capture.Event
	size int64
}

// mostEvents is how many events are held at most. Of a frame in more reads, the last of them become
// one event, so that memory follows the bytes that came and not the reads.
const mostEvents = 16 << 10

// hold adds an event.
func (f *flow) hold(e capture.Event) {
	h := heldEvent{e, max(0, e.Lost)}
	if e.Kind == capture.Bytes {
		h.size = int64(len(e.Data))
		h.Data = bytes.Repeat([]byte{star}, len(e.Data))
	}
	f.end += h.size
	if n := len(f.held); n >= mostEvents && h.Kind == capture.Bytes && f.held[n-1].Kind == capture.Bytes {
		last := &f.held[n-1]
		last.Data, last.size = append(last.Data, h.Data...), last.size+h.size
		return
	}
	f.held = append(f.held, h)
}

// write writes a redacted frame over the stars from an offset on. What was passed on before stays
// hidden, and so does the rest of such a frame.
func (f *flow) write(offset int64, frame []byte) {
	end := offset + int64(len(frame))
	if offset < f.decided {
		f.decide(end)
		return
	}
	f.decide(offset)
	at := f.start
	for i := 0; len(frame) > 0 && i < len(f.held); i++ {
		h := &f.held[i]
		if from := offset - at; from < h.size && h.Kind == capture.Bytes {
			n := copy(h.Data[from:], frame)
			frame, offset = frame[n:], offset+int64(n)
		}
		at += h.size
	}
	f.decide(end)
}

// decide decides the bytes up to an offset, and passes on the events that are decided whole.
func (f *flow) decide(to int64) {
	f.decided = min(max(f.decided, to), f.end)
	n := 0
	for ; n < len(f.held) && f.start+f.held[n].size <= f.decided; n++ {
		f.start += f.held[n].size
		f.redactor.take(f.held[n].Event)
		f.held[n].Data = nil
	}
	if f.held = f.held[n:]; len(f.held) == 0 {
		f.held = nil
	}
}

// pass passes on the first part of an event that is decided only so far: the next frame may be
// long in coming.
func (f *flow) pass() {
	n := f.decided - f.start
	if n <= 0 || len(f.held) == 0 || f.held[0].Kind != capture.Bytes {
		return
	}
	h := &f.held[0]
	part := h.Event
	part.Data = h.Data[:n:n]
	f.redactor.take(part)
	h.Data, h.size = h.Data[n:], h.size-n
	f.start += n
}

// hide passes on all that is held as it is: stars.
func (f *flow) hide() { f.decide(f.end) }

// lost passes on what is held up to the first gap.
func (f *flow) lost() {
	to := f.start
	for i := range f.held {
		to += f.held[i].size
		if f.held[i].Kind == capture.Lost {
			f.decide(to)
			return
		}
	}
}

// Next redacts the next frame.
func (f *flow) Next(r *framing.Reader) error {
	fr, err := r.Next()
	if err == framing.ErrWait {
		f.pass()
	}
	if err == nil {
		f.write(fr.Offset, f.frames.redact(f.d.Framing, &fr))
		err = f.d.Saw(&fr)
	}
	return err
}

// Fault leaves the bytes of a malformed frame hidden.
func (f *flow) Fault(_ *framing.Reader, e *framing.Error) error {
	if e.Fault == framing.Truncated {
		return report.ErrDone
	}
	return nil
}

// Gap goes on after missing bytes.
func (f *flow) Gap(*framing.Reader, *capture.Gap) error { return nil }

// Skipped hides what is left if no other frame can be found.
func (f *flow) Skipped(r *framing.Reader, _ int64, err error) error {
	if err == nil {
		return nil
	}
	f.decide(r.Offset() + int64(len(r.Buffered())))
	return report.ErrDone
}

// Fill hides bytes that are in no frame, except for delimiters: readers need them to find the next
// frame.
func (f *flow) Fill(offset int64, b []byte) { f.write(offset, hideFill(f.d.Framing, b)) }

// Undecoded hides bytes in which no frames are searched.
func (f *flow) Undecoded(offset int64, b []byte) { f.decide(offset + int64(len(b))) }

// Upgraded has nothing to do: Open is called again.
func (f *flow) Upgraded(string) {}

// Ended has nothing to do: what is held is passed on by Happened.
func (f *flow) Ended() {}

// streamFlows are the two directions of a stream.
type streamFlows [2]flow

// over passes on an event, and what is held before it, when no frames are searched any more.
func (s *streamFlows) over(e capture.Event) {
	s[0].hide()
	s[1].hide()
	if e.Kind != capture.Bytes && e.Kind != capture.Lost {
		s[e.Dir].redactor.take(e)
	}
}
