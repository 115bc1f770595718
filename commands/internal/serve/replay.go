package serve

import (
	"bytes"
	"sync/atomic"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/replay"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Replay answers connections as the server of a recording did.
type Replay struct {
	Answers *replay.Answers
	Speed   float64 // how fast time passes: 1 is as recorded, 0 is without pauses

	// What is sent for a message that was not recorded. Without both, its connection is closed.
	Echo    bool   // the message itself
	Instead []byte // these frames; nil is none

	Differ *replay.Differ // shows such messages
	Missed atomic.Int64   // how many there were
}

// result returns the failure of a run in which messages came that were not recorded. They have been reported.
func (r *Replay) result() error {
	if r == nil || r.Missed.Load() == 0 {
		return nil
	}
	return &report.Failure{Status: report.StatusUnmet, Reported: true}
}

// A playback answers one connection for a Replay. It is the sink of the messages that are to be answered.
type playback struct {
	*Replay
	codec    *pump.Codec
	c        *link.Conn
	box      *outbox // for answers that have to wait
	out      pump.Answer
	report   *report.Reporter
	stopping <-chan struct{}

	player  *replay.Player
	opened  bool // the greeting was sent
	skipped int  // bytes before the first frame
	missed  bool // the connection ends, because a message was not recorded
	index   int64
	buf     []byte // answers that were not sent yet
	ends    bool   // our side is to be closed after them
}

// open sends what comes before all answers. It returns framing.ErrWait if the client must send the head of HTTP first.
func (p *playback) open() error {
	if p.opened {
		return nil
	}
	if head := p.player.Head(); head != nil {
		start, err := p.c.Peek(replay.MostHead)
		n, whole := replay.HeadSize(start)
		switch {
		case !whole && err != nil:
			return err
		case !whole && len(start) < replay.MostHead:
			return framing.ErrWait
		case !whole:
			return p.miss(nil, "its first bytes are no request of HTTP, which the recording begins with")
		}
		answer, ok := p.player.AnswerHead(start[:n])
		if !ok {
			return p.miss(nil, "its request of HTTP is not in the recording")
		}
		p.c.Unpeek(n)
		p.skipped = n
		p.buf = append(p.buf, answer...)
	}
	p.opened = true
	p.answer(p.player.Greeting())
	return p.Flush()
}

// Write answers the messages of a batch.
func (p *playback) Write(b *framing.Batch, o formats.Origin) (int, error) {
	for i := range b.Frames {
		f := b.Frame(i)
		f.Index = p.index
		p.index++
		list, ok := p.player.Answer(&f)
		if ok {
			p.answer(list)
		} else if err := p.instead(b, i, o, &f); err != nil {
			p.Flush()
			return i, err
		}
		if len(p.buf) >= formats.FlushAt {
			if err := p.Flush(); err != nil {
				return i, err
			}
		}
	}
	return len(b.Frames), nil
}

// TakesSilent returns true: frames without a message are answered too.
func (p *playback) TakesSilent() bool { return true }

// answer sends answers: those that have to wait, later.
func (p *playback) answer(list []replay.Answer) {
	now := time.Now()
	for _, a := range list {
		switch {
		case p.Speed > 0:
			after := replay.Scaled(a.After, p.Speed)
			p.box.put(outgoing{p: a.Wire, due: now.Add(after)})
		case a.Wire == nil:
			p.ends = true
		default:
			p.buf = append(p.buf, a.Wire...)
		}
	}
}

// Flush sends the answers that need not wait. If too many wait, it waits too.
func (p *playback) Flush() error {
	for p.Speed > 0 && p.box.full() {
		select {
		case <-p.stopping:
			return report.ErrDone
		case <-time.After(fullTime):
		}
	}
	if len(p.buf) > 0 {
		_, err := p.out.Write(p.buf)
		if p.buf = p.buf[:0]; err != nil {
			return err
		}
	}
	if p.ends {
		p.ends = false
		p.c.CloseWrite() // if that fails, the client has gone
	}
	return nil
}

// fullTime is how long a playback waits until it looks again whether its outbox is full.
const fullTime = 5 * time.Millisecond

// instead sends what is to be sent for a message that was not recorded. Its error ends the connection.
func (p *playback) instead(b *framing.Batch, i int, o formats.Origin, f *framing.Frame) error {
	switch {
	case p.Instead != nil:
		p.buf = append(p.buf, p.Instead...)
	case p.Echo:
		var echo bytes.Buffer
		one := formats.Slice(b, i, i+1)
		sink := p.codec.Frames(formats.Frames(p.codec.Theirs), &echo, p.report.Fork())
		if _, err := sink.Write(&one, o); err != nil {
			return err
		}
		if err := sink.Flush(); err != nil {
			return err
		}
		p.buf = append(p.buf, echo.Bytes()...)
	default:
		return p.miss(f, "")
	}
	p.note(f, "")
	p.player.Skip()
	return nil
}

// miss reports something that was not recorded, and ends the connection. A message is shown beside the one that was to come.
func (p *playback) miss(f *framing.Frame, text string) error {
	p.note(f, text)
	p.missed = true
	return report.ErrDone
}

func (p *playback) note(f *framing.Frame, text string) {
	p.Missed.Add(1)
	p.Differ.Missed(p.report.Fork(), p.c.Name(), text, p.player.Expected(), f)
}
