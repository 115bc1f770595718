// Package replay plays one side of a recording again: that of the server to a client, or that of the client to a
// server.
//
// Read reads a Tape. Answers finds what the server is to send, and Replies checks what a server has sent. The
// connections are up to the packages that use this one.
package replay

import (
	"fmt"
	"io"
	"math"
	"time"

	"framecat/commands/internal/capture"
	"framecat/commands/internal/compare"
	"framecat/commands/internal/formats"
	"framecat/commands/internal/input"
	"framecat/commands/internal/pump"
	"framecat/commands/internal/report"
	"framecat/framing"
)

// The directions of a Stream.
const (
	Client = 0 // what the client sends
	Server = 1 // what the server sends
)

// A Tape is a recording of connections, in memory.
type Tape struct {
	Name     string
	Sides    [2]Side   // how each direction is read
	Streams  []*Stream // those that have messages
	damage   []string  // what is wrong with all of it
	recorded int       // how many streams it has, with those that were not chosen
}

// A Side is the framing of a direction.
type Side struct {
	Framing framing.Framing
	Kind    *framing.Entry // the row of Framing; nil if it has none
	Spec    string
}

// A Stream is a connection that was recorded.
type Stream struct {
	Index    int       // as --stream counts
	Messages []Message // of both directions, in the order in which they were complete
	Heads    [2][]byte // of HTTP, which change the connection to the protocol of the messages
	Closed   *Closing  // how the server closed its side, if it did so before the client

	began   time.Time
	read    [2]framing.State // of the frames in records
	closed  bool             // one side has closed it
	damage  []string         // what is missing or wrong
	refused string           // why it cannot be played; "" if it can
}

// A Closing is the end of what one side sends.
type Closing struct {
	Before int // how many messages of the Stream came before
	At     time.Duration
}

// A Message is a whole frame that one side sent.
type Message struct {
	framing.Frame
	Dir int
	At  time.Duration // when it was complete, since the stream began
}

// Compared returns what is compared of a frame.
func Compared(f *framing.Frame) compare.Message {
	return compare.Message{Header: f.Header, Body: f.Body, Trailer: f.Trailer, Payload: f.Payload}
}

// Options are what is known of a Tape before it is read.
type Options struct {
	Sides     [2]Side // without a Framing, it is found
	Stream    int64   // the only one to be read; -1 is all
	Direction string  // the only one to be read, as capture.Directions names it; "" is both
	Max       int64   // limits payloads: see framing.Reader
	Detail    func(format string, args ...any)
}

// Read reads a recording. If the input is none, the tape is nil, and the text of the input is returned.
func Read(in input.Input, o Options) (t *Tape, text string, err error) {
	t = &Tape{Name: in.Shown(), Sides: o.Sides}
	if in, err = in.Recognise(input.Choice{Kind: "auto", Stream: -1}); err != nil {
		return nil, "", t.unreadable(err)
	}
	if in.IsCapture() {
		return t, "", t.readCapture(in, o)
	}
	src, err := in.Open()
	if err != nil {
		return nil, "", t.unreadable(err)
	}
	defer src.Close()
	all, err := io.ReadAll(src)
	if err != nil {
		return nil, "", t.unreadable(err)
	}
	found, err := t.readRecords(all, o)
	if !found {
		return nil, string(all), err
	}
	return t, "", err
}

// unreadable returns the failure for an input that cannot be read.
func (t *Tape) unreadable(err error) error {
	f := *pump.InputFailure(err)
	f.Text = t.Name + ": " + f.Text
	return &f
}

// chosen reports whether a stream is to be read.
func (o *Options) chosen(stream int) bool { return o.Stream < 0 || o.Stream == int64(stream) }

// notThere returns the failure for a stream that was chosen and has nothing to read.
func (t *Tape) notThere(o *Options) error {
	of := map[string]string{"": "", "c2s": " of the client", "s2c": " of the server"}[o.Direction]
	f := &report.Failure{Status: report.StatusMalformed}
	switch n := int64(t.recorded); {
	case o.Stream < 0:
		f.Text = t.Name + ": the recording has no messages" + of
	case o.Stream < n:
		f.Text = fmt.Sprintf("%s: stream %d has no messages%s", t.Name, o.Stream, of)
	default:
		return report.Usage("%s: there is no stream %d: the recording has %s", t.Name, o.Stream, report.Count(n, "stream"))
	}
	if len(t.damage) > 0 { // its bytes are no messages of the framings
		f.Text += fmt.Sprintf(" of %s: %s", t.Sides[Client].Spec, t.damage[0])
		f.Hints = []string{"to find its framing, run framecat inspect -f auto FILE"}
	}
	return f
}

// add adds a message that was complete at a time. Its bytes are copied.
func (s *Stream) add(dir int, f framing.Frame, at time.Time) {
	block := make([]byte, 0, len(f.Header)+len(f.Body)+len(f.Trailer)+len(f.Payload))
	keep := func(b []byte) []byte {
		from := len(block)
		block = append(block, b...)
		return block[from:len(block):len(block)]
	}
	shared := len(f.Payload) == len(f.Body) && (len(f.Body) == 0 || &f.Payload[0] == &f.Body[0])
	f.Header, f.Body, f.Trailer = keep(f.Header), keep(f.Body), keep(f.Trailer)
	if shared {
		f.Payload = f.Body
	} else {
		f.Payload = keep(f.Payload)
	}
	m := Message{Frame: f, Dir: dir}
	if s.began.IsZero() {
		s.began = at
	}
	m.At = s.since(at)
	s.Messages = append(s.Messages, m)
}

// since returns the time since the stream began; 0 if that is not known.
func (s *Stream) since(at time.Time) time.Duration {
	if at.IsZero() || s.began.IsZero() {
		return 0
	}
	return max(0, at.Sub(s.began))
}

// Scaled returns a recorded time at a speed; 1 is as recorded.
func Scaled(d time.Duration, speed float64) time.Duration {
	return time.Duration(min(float64(d)/speed, math.MaxInt64/2))
}

// Wire returns the bytes of the frame.
func (m *Message) Wire() []byte {
	c := Compared(&m.Frame)
	return c.Wire()
}

// note notes what is wrong with a direction of a stream.
func (s *Stream) note(dir int, format string, args ...any) {
	s.damage = append(s.damage, fmt.Sprintf("stream %d %s: ", s.Index, capture.Directions[dir])+fmt.Sprintf(format, args...))
}

// Check returns the failure of a tape that cannot be played, or that is damaged. With force, damage does not count.
func (t *Tape) Check(force bool) error {
	damage := t.damage
	for _, s := range t.Streams {
		if s.refused != "" {
			return &report.Failure{Status: report.StatusMalformed, Text: fmt.Sprintf("%s: stream %d cannot be played: %s", t.Name, s.Index, s.refused)}
		}
		damage = append(damage, s.damage...)
	}
	if len(damage) == 0 || force {
		return nil
	}
	text := t.Name + ": " + damage[0]
	if more := int64(len(damage) - 1); more > 0 {
		text += fmt.Sprintf(", and %s", report.Count(more, "other place"))
	}
	return &report.Failure{Status: report.StatusMalformed, Text: text, Hints: []string{"to play what there is, use --force"}}
}

// Only returns the only stream of a tape.
func (t *Tape) Only() (*Stream, error) {
	if len(t.Streams) == 1 {
		return t.Streams[0], nil
	}
	f := report.Usage("%s: the recording has %s, and one can be played", t.Name, report.Count(int64(len(t.Streams)), "stream"))
	f.Hints = []string{"choose one with --stream N, from 0; to list them, run framecat inspect --list FILE"}
	return nil, f
}

// jsonFormat is how records hold messages.
func jsonFormat() formats.Format {
	f, _ := formats.In("json")
	return f
}
