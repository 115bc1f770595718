package rewrite

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/hint"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/relay"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// messages copies the messages of a direction, one by one.
type messages struct {
	*Rules
	side     *Side
	way      relay.Way
	exchange *exchange
	sending  func([]byte) // that of the exchange
	key      uint64
	faults   []fault

	src    io.Reader
	r      *framing.Reader
	hinter hint.Hinter
	out    outlet
	sink   *formats.FrameSink // writes frames of To into frame; nil if frames are passed on as they are
	frame  bytes.Buffer
	came   time.Time // when the messages that are being copied were read
	copied []byte    // a frame with a bit that is flipped

	answer pump.SwitchHead // the head of an answer 101 of HTTP that is being read
}

// Copy implements relay.Copier.
func (m *messages) Copy(dst io.Writer, src io.Reader) error {
	m.key, m.src, m.out = m.Rules.key(m.way), src, m.outlet(m.way, dst)
	m.r = pump.NewReader(ending{m}, m.side.From, m.Max)
	m.r.BufferSize = joinedSize
	m.r.BeforeRead = m.out.Idle
	m.hinter = hint.New(m.r)
	m.r.Stream = m.side.To == nil && !(m.side.Chunk && NeedsFrames(m.Chunk))
	if m.side.Faults {
		for i := range m.Faults {
			f, err := m.Faults[i].on(m.side)
			if err != nil {
				return err
			}
			m.r.Stream = m.r.Stream && !f.whole()
			m.faults = append(m.faults, f)
		}
	}
	if m.side.To != nil {
		m.sink = formats.NewFrameSink(m.side.To, formats.Frames(m.side.From), m.side.Flag, &m.frame, m.Report)
	}
	m.r.Fill = func(b []byte) {
		if m.sink == nil {
			m.out.Write(b) // the next Write fails too
		}
	}
	for {
		b, err := m.r.NextBatch()
		m.came = time.Now()
		switch {
		case err != nil:
		case len(b.Frames) == 0:
			err = m.large()
		default:
			m.hinter.Saw(&b)
			err = m.batch(&b)
		}
		if err != nil {
			return m.ended(err)
		}
	}
}

// batch copies the messages of a batch, and the bytes between them.
func (m *messages) batch(b *framing.Batch) error {
	at := 0
	for i, s := range b.Frames {
		if m.sink == nil && at < s.Start {
			if _, err := m.out.Write(b.Wire[at:s.Start]); err != nil {
				return err
			}
		}
		at = s.End
		if err := m.message(b, i); err != nil {
			return err
		}
		if m.upgraded(b.Frame(i).Payload) {
			_, err := m.out.Write(b.Wire[at:b.Frames[len(b.Frames)-1].End])
			return cmp.Or(err, errOver)
		}
	}
	return nil
}

// message copies a message of a batch.
func (m *messages) message(b *framing.Batch, i int) error {
	s := b.Frames[i]
	f := b.Frame(i)
	wire, header, body := b.Wire[s.Start:s.End], s.HeaderEnd-s.Start, s.BodyEnd-s.Start
	if m.sink != nil {
		if b.Silent && !m.sink.TakesSilent() {
			return nil
		}
		if err := m.translate(b, i, f); err != nil {
			return err
		}
		wire = m.frame.Bytes()
	}
	if b.Silent || len(m.faults) == 0 {
		m.sending(wire)
		_, err := m.out.Write(wire)
		return err
	}
	if drop, err := m.before(f, int64(len(f.Payload))); drop || err != nil {
		return err
	}
	if m.sink != nil {
		header, body = m.parts(wire)
	}
	return m.write(f, wire, header, body)
}

// write writes a message, with the faults that change what is written. Header and body are where
// these end in wire.
func (m *messages) write(f framing.Frame, wire []byte, header, body int) error {
	times := 1
	for j := range m.faults {
		x, rnd := &m.faults[j], m.faults[j].choices(m.key, f.Index)
		if x.Kind < Flip || !x.meets(f, int64(len(f.Payload)), rnd) {
			continue
		}
		from, to := header, body
		if x.Header {
			from, to = 0, header
		}
		switch {
		case x.Kind == Dup:
			times++
		case from == to: // there is no bit
			continue
		default:
			m.copied = append(m.copied[:0], wire...)
			wire = m.copied
			flip(wire[from:to], rnd)
		}
		m.made[x.Kind].Add(1)
	}
	for range times {
		m.sending(wire)
		if _, err := m.out.Write(wire); err != nil {
			return err
		}
	}
	return nil
}

// before makes the faults of a message that come before it is written. Delays count from when the
// message was read, so those of messages that came together do not add up.
func (m *messages) before(f framing.Frame, size int64) (drop bool, err error) {
	due := m.came
	for j := range m.faults {
		x := &m.faults[j]
		if x.Kind > Reset || !x.meets(f, size, x.choices(m.key, f.Index)) {
			continue
		}
		m.made[x.Kind].Add(1)
		if x.Kind == Drop {
			return true, nil
		}
		if due = due.Add(x.After); x.Kind == Delay && time.Until(due) <= 0 {
			continue
		}
		if err := m.out.Flush(); err != nil {
			return false, err
		}
		if x.Kind == Reset {
			return false, &relay.Cut{Why: fmt.Sprintf("--reset: %s", m.name(f))}
		}
		if err := m.sleep(time.Until(due)); err != nil {
			return false, err
		}
	}
	return false, nil
}

// sleep waits, unless the connection ends.
func (m *messages) sleep(d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-m.way.Done:
		return net.ErrClosed
	}
}

// translate writes a message as a frame of To.
func (m *messages) translate(b *framing.Batch, i int, f framing.Frame) error {
	m.frame.Reset()
	one := formats.Slice(b, i, i+1)
	_, err := m.sink.Write(&one, formats.Origin{Index: f.Index})
	if err == nil {
		err = m.sink.Flush()
	}
	if err == nil || !errors.Is(err, framing.ErrPayload) {
		return err
	}
	if err := m.out.Flush(); err != nil {
		return err
	}
	fail := &report.Failure{Status: report.StatusPayload, Text: fmt.Sprintf("%s: %s", m.name(f), err)}
	if m.Secret {
		fail.Text = fmt.Sprintf("%s: %s cannot carry it (the reason is redacted)", m.name(f), m.side.To)
		return fail
	}
	if fits := formats.Carriers(f.Payload, "lines", "nul", "netstring", "u32be"); len(fits) > 0 {
		fail.Hints = []string{fmt.Sprintf("%s cannot carry the message; these can: %s", m.side.To, strings.Join(fits, ", "))}
	}
	return fail
}

// parts returns where the header and the body of a frame of To end.
func (m *messages) parts(wire []byte) (header, body int) {
	e, err := m.side.To.Scan(wire, &framing.Cursor{EOF: true})
	if err != nil {
		return 0, 0
	}
	header = e.Skip + e.Header
	return header, header + int(e.Body)
}

// sender names who has sent what is copied.
func (m *messages) sender() string { return [2]string{"the client", "the target"}[m.way.Dir] }

// name names a message in texts.
func (m *messages) name(f framing.Frame) string {
	return fmt.Sprintf("%s: message %d at byte %d", m.sender(), f.Index, f.Offset)
}

// large copies a message piece by piece.
func (m *messages) large() error {
	f, body, err := m.r.NextReader()
	if err != nil {
		return err
	}
	m.hinter.SawFrame(f)
	size := pump.StreamedSize(f)
	start, whole := pump.Opening(m.side.Entry, f, body)
	switch drop, before := m.before(start, size); {
	case before != nil:
		return before
	case drop:
		_, err = io.Copy(io.Discard, whole)
	default:
		if _, err = m.out.Write(f.Header); err == nil {
			_, err = io.Copy(m.out, whole)
		}
		if err == nil {
			_, err = m.out.Write(f.Trailer)
		}
	}
	return err
}

// ended is called with the error that ends the copy, or io.EOF.
func (m *messages) ended(err error) error {
	var e *framing.Error
	switch {
	case err == io.EOF:
		return m.rest()
	case err == errOver:
		if _, err := m.out.Write(m.r.Buffered()); err != nil {
			return err
		}
		return pass(m.out, m.src, m.sending)
	case !errors.As(err, &e):
		return err
	}
	pump.NameLimit(e)
	if m.sink == nil && e.Fault == framing.Truncated {
		return m.rest()
	}
	fail := pump.Unreadable(&m.hinter, m.side.From, m.r, e)
	if m.Secret {
		fail = &report.Failure{Status: fail.Status, Text: fmt.Sprintf("frame %d at byte %d cannot be read (the reason is redacted)", e.Frame, e.Start)}
	}
	fail.Text = fmt.Sprintf("%s: %s", m.sender(), fail.Text)
	if m.sink != nil {
		if err := m.out.Flush(); err != nil {
			return err
		}
		return fail
	}
	text := fail.Text + "; from there on, bytes are passed on without faults by message"
	if m.way.Name != "" {
		text = m.way.Name + ": " + text
	}
	m.Report.Note("%s", text)
	if err := m.rest(); err != nil {
		return err
	}
	return pass(m.out, m.src, m.sending)
}

// rest passes on what is in no frame.
func (m *messages) rest() error {
	if m.sink == nil {
		if _, err := m.out.Write(m.r.Buffered()); err != nil {
			return err
		}
	}
	return m.out.Flush()
}
