package client

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"framecat/commands/internal/formats"
	"framecat/commands/internal/link"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/replay"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// A Playing is the client's side of a recording that is played.
type Playing struct {
	Stream  *replay.Stream
	Replies *replay.Replies // checks what comes back
	Differ  *replay.Differ  // shows a reply that differs

	// A message is sent when all replies that were recorded before it have come, and then as soon as Speed allows.
	Speed float64       // how fast time passes: 1 is as recorded; 0 is no pauses
	Max   bool          // do not wait for replies either
	Wait  time.Duration // how long to wait for a reply; 0 is no limit
}

// A player plays a recording on one connection.
type player struct {
	*client
	Playing
	opened   chan struct{} // closed when the connection has the protocol of the messages
	progress chan struct{} // signalled when a reply came
	result   chan error    // how what comes back has ended: nil if the peer has closed its side
	stop     chan struct{} // closed at the end
	buf      []byte        // messages that are not sent yet
	sent     int64
}

// Play sends what the client of a recording sent, and compares the replies. It ends at the first difference, which
// has been reported then, with status 6. Of the options, those about messages do not count.
func Play(o Options, p Playing, signals <-chan os.Signal) error {
	timeout := link.Alarm(o.Timeout)
	o.Expect = -1
	c := &player{
		client: newClient(o), Playing: p, opened: make(chan struct{}), progress: make(chan struct{}, 1),
		result: make(chan error, 2), stop: make(chan struct{}),
	}
	if err := c.connect(signals, timeout); err != nil {
		return err
	}
	err := c.play(signals, timeout)
	close(c.stop)
	c.hangUp(err)
	if err == nil {
		c.Report.Note("%s sent, all replies are as recorded", report.Count(c.sent, "message"))
	}
	return err
}

func (c *player) play(signals <-chan os.Signal, timeout <-chan time.Time) error {
	c.Theirs, c.sending = pump.Replies(c.Theirs)
	c.conn.Blocks = true
	go func() { c.result <- c.receive(c.Report.Fork()) }()
	sent := make(chan error, 1)
	go func() { sent <- c.send() }()
	var closing <-chan time.Time
	over := false // the peer has closed its side
	for {
		select {
		case err := <-c.result:
			over = true
			if err == nil {
				err = c.missing("the peer closed the connection")
			}
			if err != nil || closing != nil {
				return err
			}
		case err := <-sent:
			switch {
			case err == errMissing:
				return c.missing("it did not come within --frame-timeout " + c.Wait.String())
			case err != nil:
				return c.unsent(err, over)
			case over:
				return nil
			}
			if !c.NoHalfClose {
				c.conn.CloseWrite()
			}
			closing = time.After(c.lingerTime())
		case <-closing:
			return nil
		case <-timeout:
			return report.TimedOut(c.Timeout)
		case s := <-signals:
			return report.Interrupted(s)
		}
	}
}

// unsent returns the failure for messages that could not be sent. What comes back may have the reason.
func (c *player) unsent(err error, over bool) error {
	if !over {
		select {
		case first := <-c.result:
			if first == nil {
				first = c.missing("the peer closed the connection")
			}
			if first != nil {
				return first
			}
		case <-time.After(lastWrite):
		}
	}
	return pump.OutputFailure(c.Report, c.conn.Name(), err)
}

const (
	// lastWrite is how long what comes back may take after the peer no longer reads.
	lastWrite = 200 * time.Millisecond
	// lastReplies is how long to wait for replies that were not recorded.
	lastReplies = 500 * time.Millisecond
)

func (c *player) lingerTime() time.Duration {
	if c.Linger >= 0 {
		return c.Linger
	}
	return lastReplies
}

// errMissing is the error of send if a reply does not come.
var errMissing = errors.New("a reply is missing")

// missing reports a reply that does not come. If none is missing, the end is as it should be.
func (c *player) missing(why string) error {
	m := c.Replies.Missing()
	if m == nil {
		return nil
	}
	return c.differs(fmt.Sprintf("%s is missing: %s", c.reply(m.Index), why), m, nil)
}

// reply names a reply.
func (c *player) reply(index int64) string {
	return fmt.Sprintf("reply #%d of stream %d", index, c.Stream.Index)
}

// differs reports a difference.
func (c *player) differs(text string, recorded *replay.Message, came *framing.Frame) error {
	f := &report.Failure{Status: report.StatusUnmet, Text: text, Reported: true}
	var old *framing.Frame
	if recorded != nil {
		old = &recorded.Frame
	}
	c.Differ.Report(c.Report.Fork(), c.conn.Name(), f, old, came)
	return f
}

// receive compares the replies. Its error has been reported; it is nil if the peer closes its side.
func (c *player) receive(r *report.Reporter) error {
	if err := c.open(); err != nil {
		return err
	}
	close(c.opened)
	in := c.Incoming(&checked{c}, r)
	frames := in.NewReader(c.conn)
	err := in.Receive(c.conn, frames)
	if errors.Is(err, report.ErrDone) {
		<-c.stop // the difference has been returned
	}
	return err
}

// open changes the connection to the protocol of the messages, if the recording begins so.
func (c *player) open() error {
	head := c.Stream.Heads[replay.Client]
	if len(head) == 0 {
		return nil
	}
	if _, err := c.conn.Write(head); err != nil {
		return pump.OutputFailure(c.Report.Fork(), "", err)
	}
	for {
		start, err := c.conn.Peek(replay.MostHead)
		if n, whole := replay.HeadSize(start); whole {
			c.conn.Unpeek(n)
			return c.checkHead(string(start[:n]))
		}
		if len(start) >= replay.MostHead || err != nil && err != framing.ErrWait {
			return c.differs("the head of HTTP that was recorded did not come", nil, nil)
		}
	}
}

// checkHead compares the first line of a head: other lines have times and the names of programs.
func (c *player) checkHead(head string) error {
	came, _, _ := strings.Cut(head, "\r\n")
	recorded, _, _ := strings.Cut(string(c.Stream.Heads[replay.Server]), "\r\n")
	if came == recorded {
		return nil
	}
	return c.differs(fmt.Sprintf("the head of the reply is %q, and not %q", came, recorded), nil, nil)
}

// send sends the messages. Its error is errMissing, or that of a write.
func (c *player) send() error {
	select {
	case <-c.opened:
	case <-c.stop:
		return nil
	}
	began := time.Now()
	to := pump.Sending(c.conn, c.sending)
	for i := range c.Stream.Messages {
		m := &c.Stream.Messages[i]
		if m.Dir != replay.Client {
			continue
		}
		if !c.Max && !c.Replies.Before(i) {
			if err := c.await(to, i); err != nil {
				return err
			}
		}
		if c.Speed > 0 {
			if err := c.sleep(to, began.Add(replay.Scaled(m.At, c.Speed))); err != nil {
				return err
			}
		}
		c.buf = append(append(append(c.buf, m.Header...), m.Body...), m.Trailer...)
		c.sent++
		if len(c.buf) >= formats.FlushAt {
			if err := c.flush(to); err != nil {
				return err
			}
		}
	}
	return c.await(to, len(c.Stream.Messages))
}

// flush sends what is buffered.
func (c *player) flush(to io.Writer) error {
	if len(c.buf) == 0 {
		return nil
	}
	_, err := to.Write(c.buf)
	c.buf = c.buf[:0]
	return err
}

// await waits until all replies before a message have come.
func (c *player) await(to io.Writer, index int) error {
	if err := c.flush(to); err != nil {
		return err
	}
	for !c.Replies.Before(index) {
		select {
		case <-c.progress:
		case <-link.Alarm(c.Wait):
			if !c.Replies.Before(index) {
				return errMissing
			}
		case <-c.stop:
			return report.ErrDone
		}
	}
	return nil
}

// sleep waits until a time.
func (c *player) sleep(to io.Writer, due time.Time) error {
	wait := time.Until(due)
	if wait <= 0 {
		return nil
	}
	if err := c.flush(to); err != nil {
		return err
	}
	select {
	case <-time.After(wait):
		return nil
	case <-c.stop:
		return report.ErrDone
	}
}

// checked is the sink of the replies.
type checked struct{ *player }

// Write compares the replies of a batch with those that were recorded.
func (c *checked) Write(b *framing.Batch, _ formats.Origin) (int, error) {
	for i := range b.Frames {
		f := b.Frame(i)
		recorded, equal := c.Replies.Came(&f)
		if equal {
			continue
		}
		text := fmt.Sprintf("%s was not recorded", c.reply(f.Index))
		if recorded != nil {
			text = fmt.Sprintf("%s differs", c.reply(recorded.Index))
		}
		c.result <- c.differs(text, recorded, &f)
		return i, report.ErrDone
	}
	select {
	case c.progress <- struct{}{}:
	default:
	}
	return len(b.Frames), nil
}

// TakesSilent returns true: frames without a message are compared too.
func (c *checked) TakesSilent() bool { return true }

// Flush does nothing: replies are compared at once.
func (c *checked) Flush() error { return nil }
